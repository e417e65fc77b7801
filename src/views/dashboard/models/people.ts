import type { Filters, FormState, Page } from '../models.ts';

/** `limited`: its traffic is used up before its time. `none`: never had access. `blocked`: blocked the bot. */
export type AccountState = 'active' | 'expired' | 'limited' | 'paused' | 'none' | 'blocked';

export interface AccountRow {
  /** Telegram's id. */
  readonly id: string;
  readonly name: string;
  readonly username: string | null;
  readonly state: AccountState;
  readonly plan: string | null;
  readonly until: number | null;
  readonly devices: number;
  readonly createdAt: number;
}

/** Filters: `q`, `state`, `sort` (`newest`, `oldest`, `name`, `until`). */
export interface AccountsModel {
  readonly filters: Filters;
  readonly page: Page<AccountRow>;
}

export interface AccountModel {
  readonly account: AccountRow;
  readonly language: string;
  readonly devices: readonly PeerRow[];
  /** The address at which clients fetch its VLESS links; null: none is in force. */
  readonly subscriptionLink: { readonly createdAt: number; readonly fetchedAt: number | null } | null;
  readonly subscriptions: readonly SubscriptionRow[];
  readonly history: readonly HistoryRow[];
  readonly notes: readonly NoteRow[];
  /** A refused grant or note; `values` hold `days`, `reason`, `note`. */
  readonly form: FormState;
  /** Goes into the hidden field `once` of its forms: sent twice, they have one effect. */
  readonly once?: string;
}

export interface SubscriptionRow {
  readonly plan: string;
  readonly startsAt: number;
  readonly endsAt: number;
  /** Bytes in both directions. */
  readonly usedBytes: number;
  /** Null: no limit. */
  readonly limitBytes: number | null;
  readonly usedUp: boolean;
}

export interface NoteRow {
  readonly at: number;
  readonly operator: string;
  readonly text: string;
}

/** What happened to it: an operator's act, an issue, a delivery. `kind` is a key `history-<kind>` of the words. */
export interface HistoryRow {
  readonly at: number;
  readonly kind: string;
  readonly values: Readonly<Record<string, string | number>>;
  /** Who did it; null: the user or the program. */
  readonly operator: string | null;
}

/**
 * `applied`: on the interface as wanted. `pending`: changing. `late`: changing for too long. `removing`: not wanted
 * and still there. `gone`: revoked and removed. `paused`: kept, not connected.
 */
export type PeerState = 'applied' | 'pending' | 'late' | 'removing' | 'paused' | 'gone';

export interface PeerRow {
  readonly id: string;
  readonly device: string;
  readonly accountId: string;
  readonly accountName: string;
  readonly node: string;
  /** `wireguard` or `vless`. */
  readonly protocol: string;
  /** Null: VLESS has no address. */
  readonly ip4: string | null;
  readonly ip6: string | null;
  readonly publicKey: string | null;
  readonly wanted: boolean;
  readonly state: PeerState;
  readonly changedAt: number;
  readonly createdAt: number;
  /** Null: never, or the node does not tell. */
  readonly handshakeAt: number | null;
  /** All it ever moved, whatever was restarted since. */
  readonly receivedBytes: number | null;
  readonly sentBytes: number | null;
}

/** Filters: `q` (name, address, key), `state`, `node`, `sort` (`newest`, `handshake`, `traffic`, `address`). */
export interface PeersModel {
  readonly filters: Filters;
  readonly nodes: readonly string[];
  readonly page: Page<PeerRow>;
}

export interface PeerModel {
  readonly peer: PeerRow;
  readonly generation: number;
  readonly appliedGeneration: number;
  readonly appliedAt: number | null;
  readonly endpoint: string | null;
  readonly history: readonly HistoryRow[];
  readonly can: { readonly reissue: boolean; readonly revoke: boolean };
}
