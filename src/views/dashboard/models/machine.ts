import type { Filters, FormState, Page } from '../models.ts';
import type { Health, PoolUsage, Series } from './overview.ts';

/** A refused `form` holds `node`, `cidr4`, `cidr6`. */
export interface PoolsModel {
  readonly pools: readonly (PoolUsage & { readonly createdAt: number; readonly history: Series | null })[];
  readonly nodes: readonly string[];
  readonly form: FormState;
}

export interface ReconcileRow {
  readonly at: number;
  readonly durationMs: number;
  readonly outcome: string;
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly quarantined: number;
  readonly refused: number;
  readonly error: string | null;
}

export interface NodeRow {
  readonly id: string;
  /** `wireguard` or `vless`. */
  readonly protocol: string;
  readonly endpoint: string;
  /** Null: it has no WireGuard interface. */
  readonly publicKey: string | null;
  /** `kernel`, `userspace`, `memory`; `grpc` or `http` of an Xray; null: not this process' node. */
  readonly backend: string | null;
  readonly health: Health;
  readonly peersWanted: number;
  readonly peersApplied: number;
  /** With a handshake in the last three minutes; null: not known. */
  readonly peersActive: number | null;
  readonly receivedBytes: number | null;
  readonly sentBytes: number | null;
  readonly holdsLease: boolean;
  readonly lastSuccessAt: number | null;
  /** Newest first. */
  readonly runs: readonly ReconcileRow[];
}

export interface NodesModel {
  readonly nodes: readonly NodeRow[];
}

export interface PlanRow {
  readonly name: string;
  readonly days: number;
  readonly devices: number;
  readonly accounts: number;
  /** Where it is set: a variable's name, or null when it stands in the database. */
  readonly setBy: string | null;
}

export interface PlansModel {
  readonly plans: readonly PlanRow[];
}

export interface AuditRow {
  readonly id: string;
  readonly at: number;
  readonly operator: string;
  /** Key `audit-<action>` of the words; unknown ones are shown as they are. */
  readonly action: string;
  readonly subject: string | null;
  readonly subjectHref: string | null;
  readonly address: string;
  readonly outcome: 'done' | 'refused' | 'failed';
  /** What was asked for, in short; indented JSON or a sentence. */
  readonly detail: string | null;
}

/** Filters: `q`, `operator`, `action`. */
export interface AuditModel {
  readonly filters: Filters;
  readonly operators: readonly string[];
  readonly actions: readonly string[];
  readonly page: Page<AuditRow>;
}

export interface SettingRow {
  readonly name: string;
  /** Null: unset, or hidden when `secret`. */
  readonly value: string | null;
  readonly secret: boolean;
  readonly isStandard: boolean;
  readonly standard: string;
  readonly means: string;
}

export interface SettingsModel {
  readonly groups: readonly { readonly name: string; readonly rows: readonly SettingRow[] }[];
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'fatal';

export interface LogRow {
  /** Rises with time; the key of paging. */
  readonly id: string;
  readonly at: number;
  readonly level: LogLevel;
  readonly message: string;
  /** The other fields; indented JSON. Null: none. */
  readonly fields: string | null;
}

/** Filters: `level` (this one and worse), `q`. */
export interface LogsModel {
  readonly filters: Filters;
  readonly page: Page<LogRow>;
  /** Lines dropped because more came than are kept. */
  readonly dropped: number;
}
