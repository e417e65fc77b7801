import { sql } from 'drizzle-orm';
import type { AccountState, Device, Subscription } from '../../../core/access.ts';
import {
  type AccountId,
  accountId,
  chatId,
  deviceId,
  nodeId,
  type PublicKey,
  peerId,
  subscriptionId,
} from '../../../core/ids.ts';
import type { Language } from '../../../core/ports/words.ts';
import type { Protocol } from '../../../core/protocol.ts';
import type { TrafficCounter } from '../../../core/traffic.ts';
import type { Drizzle as Tx } from '../drizzle-session.ts';

interface AccountRow extends Record<string, unknown> {
  readonly id: string;
  readonly chat_id: string;
  readonly language: Language;
  readonly paused: boolean;
  readonly subscriptions: readonly SubscriptionJson[];
  readonly devices: readonly DeviceJson[];
}

interface SubscriptionJson {
  readonly id: string;
  readonly plan: string;
  readonly starts: number;
  readonly ends: number;
  readonly limit: number | null;
  readonly used: number;
  readonly limited: boolean;
}

interface DeviceJson {
  readonly id: string;
  readonly name: string;
  readonly state: 'active' | 'paused';
  readonly created: number;
  readonly peer: string;
  readonly node: string;
  readonly protocol: Protocol;
  readonly key: string | null;
  readonly number: number;
  readonly ip4: string | null;
  readonly ip6: string | null;
  readonly wanted: boolean;
  readonly applied: boolean;
  readonly delivered: boolean;
  readonly traffic: TrafficJson | null;
}

interface TrafficJson {
  readonly boot: string;
  readonly rawReceived: number;
  readonly rawSent: number;
  readonly received: number;
  readonly sent: number;
  readonly handshake: number | null;
}

/**
 * Accounts with their subscriptions and devices, many in one statement.
 * Indexes: accounts_pkey, subscriptions_account, devices_account, peers_device, issues_pending, peer_counters_pkey.
 */
export async function readAccounts(
  tx: Tx,
  ids: readonly AccountId[],
): Promise<ReadonlyMap<AccountId, AccountState>> {
  const rows = await tx.execute<AccountRow>(sql`
    select a.id::text, a.chat_id::text, coalesce(a.language, a.language_hint) as language,
      a.paused_at is not null as paused,
      coalesce((
        select jsonb_agg(jsonb_build_object('id', s.id, 'plan', s.plan,
                 'starts', ${epochMs('s.starts_at')}, 'ends', ${epochMs('s.ends_at')},
                 'limit', s.traffic_limit_bytes, 'used', s.used_bytes, 'limited', s.limited_at is not null))
          from adit.subscriptions s where s.account_id = a.id), '[]') as subscriptions,
      coalesce((
        select jsonb_agg(jsonb_build_object('id', d.id, 'name', d.name, 'state', d.state,
                 'created', ${epochMs('d.created_at')}, 'peer', p.id, 'node', p.node_id,
                 'protocol', p.protocol, 'key', p.public_key, 'number', p.key_number,
                 'ip4', host(p.ip4), 'ip6', host(p.ip6), 'wanted', p.wanted,
                 'applied', p.generation = p.applied_generation,
                 'delivered', not exists (
                   select from adit.issues i where i.peer_id = p.id
                      and i.delivered_at is null and i.superseded_at is null),
                 'traffic', (
                   select jsonb_build_object('boot', c.boot, 'rawReceived', c.raw_received, 'rawSent', c.raw_sent,
                            'received', c.received_bytes, 'sent', c.sent_bytes,
                            'handshake', ${epochMs('c.last_handshake_at')})
                     from adit.peer_counters c where c.peer_id = p.id))
               order by d.created_at, d.id)
          from adit.devices d join adit.peers p on p.device_id = d.id
         where d.account_id = a.id and d.state <> 'revoked'), '[]') as devices
      from adit.accounts a
     where a.id in ${[...ids]}`);
  return new Map(rows.map((row) => [accountId(Number(row.id)), toState(row)]));
}

const epochMs = (column: string) => sql.raw(`(extract(epoch from ${column}) * 1000)::bigint`);

function toState(row: AccountRow): AccountState {
  return {
    account: {
      id: accountId(Number(row.id)),
      chatId: chatId(Number(row.chat_id)),
      language: row.language,
      paused: row.paused,
    },
    subscriptions: fromJson<SubscriptionJson>(row.subscriptions).map(toSubscription),
    devices: fromJson<DeviceJson>(row.devices).map(toDevice),
  };
}

/** Drizzle's client hands JSON over as text; another client would have parsed it. */
function fromJson<T>(value: unknown): readonly T[] {
  return typeof value === 'string' ? JSON.parse(value) : (value as readonly T[]);
}

const toSubscription = (row: SubscriptionJson): Subscription => ({
  id: subscriptionId(row.id),
  plan: row.plan,
  startsAt: new Date(row.starts),
  endsAt: new Date(row.ends),
  trafficLimitBytes: row.limit,
  usedBytes: row.used,
  limited: row.limited,
});

const toCounter = ({ handshake, ...counted }: TrafficJson): TrafficCounter => ({
  ...counted,
  handshakeAt: handshake === null ? null : new Date(handshake),
});

const toDevice = (row: DeviceJson): Device => ({
  id: deviceId(row.id),
  name: row.name,
  state: row.state,
  createdAt: new Date(row.created),
  delivered: row.delivered,
  traffic: row.traffic === null ? null : toCounter(row.traffic),
  peer: {
    id: peerId(row.peer),
    nodeId: nodeId(row.node),
    protocol: row.protocol,
    publicKey: row.key as PublicKey | null,
    keyNumber: row.number,
    ip4: row.ip4,
    ip6: row.ip6,
    wanted: row.wanted,
    applied: row.applied,
  },
});
