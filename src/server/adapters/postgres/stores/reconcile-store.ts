import { sql } from 'drizzle-orm';
import type { NodeId } from '../../../core/ids.ts';
import type { HeldRemoval, NewHeldRemoval, ReconcileStore } from '../../../core/ports/reconcile-store.ts';
import type { GuardReason } from '../../../core/removal-guard.ts';
import {
  type AdoptionRefusal,
  BY_POLICY,
  type QuarantinedPeer,
  type Stranger,
  type StrangerState,
} from '../../../core/strangers.ts';
import type { Database } from '../client.ts';
import type { Drizzle as Tx } from '../drizzle-session.ts';
import { adoptStranger } from './adoption.ts';

/** Strangers on nodes, and removals that wait for an operator. */
export function createReconcileStore(database: Database): ReconcileStore {
  return {
    seeStrangers: (node, strangers, now) =>
      database.transaction((tx) => seeStrangers(tx, node, strangers, now)),
    strangersAmong: (node, keys) => database.read((tx) => readStrangers(tx, node, keys)),
    async adopt(node, keys, now) {
      const refused = new Map<string, AdoptionRefusal>();
      for (const key of keys) {
        const by = { name: BY_POLICY, at: now };
        const refusal = await database.transaction((tx) => adoptStranger(tx, node, key, by));
        if (refusal !== null) refused.set(key, refusal);
      }
      return refused;
    },
    async markRemoved(node, keys, now) {
      if (keys.length === 0) return;
      await database.read((tx) =>
        tx.execute(sql`
          update adit.quarantined_peers
             set state = 'removed', decided_by = coalesce(decided_by, ${BY_POLICY}),
                 decided_at = coalesce(decided_at, ${now.toISOString()}), last_seen_at = ${now.toISOString()}
           where node_id = ${node} and key = any(${textArray(keys)}) and state in ('waiting', 'removing')`),
      );
    },
    forget: (before) => database.transaction((tx) => forget(tx, before)),
    openQuestion: (node) => database.read((tx) => readOpenQuestion(tx, node)),
    ask: (question) => database.read((tx) => ask(tx, question)),
    async close({ id, decision }, now) {
      await database.read((tx) =>
        tx.execute(sql`
          update adit.held_removals set closed_at = ${now.toISOString()}
           where id = ${id} and closed_at is null and decision is not distinct from ${decision}`),
      );
    },
  };
}

const textArray = (values: readonly string[]) => sql`${sql.param([...values])}::text[]`;

/** Rows are written only where something is new: a stranger that just stays costs one write in ten minutes. */
async function seeStrangers(tx: Tx, node: NodeId, strangers: readonly Stranger[], now: Date) {
  const keys = strangers.map((each) => each.key);
  await tx.execute(sql`
    delete from adit.quarantined_peers
     where node_id = ${node} and state in ('waiting', 'removing') and key <> all(${textArray(keys)})`);
  if (keys.length === 0) return new Map<string, QuarantinedPeer>();
  // An array in an array would be a matrix: the networks come joined.
  const networks = textArray(strangers.map((each) => each.allowedIps.join(',')));
  const at = sql`${now.toISOString()}::timestamptz`;
  await tx.execute(sql`
    insert into adit.quarantined_peers as q (node_id, key, allowed_ips, first_seen_at, last_seen_at)
    select ${node}, key, string_to_array(networks, ','), ${at}, ${at}
      from unnest(${textArray(keys)}, ${networks}) as seen(key, networks)
    on conflict (node_id, key) do update set
      allowed_ips = excluded.allowed_ips, last_seen_at = excluded.last_seen_at,
      first_seen_at = case when q.state = 'removed' then excluded.first_seen_at else q.first_seen_at end,
      decided_by = case when q.state = 'removed' then null else q.decided_by end,
      decided_at = case when q.state = 'removed' then null else q.decided_at end,
      refusal = case when q.allowed_ips = excluded.allowed_ips then q.refusal end,
      state = case when q.state = 'removed' then 'waiting' else q.state end
     where q.state = 'removed' or q.allowed_ips <> excluded.allowed_ips
        or q.last_seen_at < excluded.last_seen_at - interval '10 minutes'`);
  return readStrangers(tx, node, keys);
}

async function readStrangers(tx: Tx, node: NodeId, keys: readonly string[]) {
  if (keys.length === 0) return new Map<string, QuarantinedPeer>();
  const rows = await tx.execute<StrangerRow>(sql`
    select ${strangerColumns} from adit.quarantined_peers q
     where q.node_id = ${node} and q.key = any(${textArray(keys)})`);
  return new Map(rows.map((row) => [row.key, toStranger(row)]));
}

/** A tool that makes peers anew for ever would else leave a row behind for each of them. Once an hour, over few rows. */
async function forget(tx: Tx, before: Date): Promise<number> {
  const at = before.toISOString();
  const strangers = await tx.execute(sql`
    delete from adit.quarantined_peers where state = 'removed' and last_seen_at < ${at} returning key`);
  const questions = await tx.execute(sql`
    delete from adit.held_removals where closed_at < ${at} returning id`);
  return strangers.length + questions.length;
}

export interface StrangerRow extends Record<string, unknown> {
  readonly key: string;
  readonly networks: string;
  readonly first_seen_ms: number;
  readonly last_seen_ms: number;
  readonly state: StrangerState;
  readonly refusal: AdoptionRefusal | null;
  readonly decided_by: string | null;
  readonly decided_ms: number | null;
}

const epoch = (column: string) => `(extract(epoch from ${column}) * 1000)::float8`;

export const strangerColumns = sql.raw(`q.key, array_to_string(q.allowed_ips, ',') as networks,
  ${epoch('q.first_seen_at')} as first_seen_ms, ${epoch('q.last_seen_at')} as last_seen_ms, q.state, q.refusal,
  q.decided_by, ${epoch('q.decided_at')} as decided_ms`);

export const toStranger = (row: StrangerRow): QuarantinedPeer => ({
  key: row.key,
  allowedIps: row.networks === '' ? [] : row.networks.split(','),
  firstSeenAt: new Date(row.first_seen_ms),
  lastSeenAt: new Date(row.last_seen_ms),
  state: row.state,
  refusal: row.refusal,
  decidedBy: row.decided_by,
  decidedAt: row.decided_ms === null ? null : new Date(row.decided_ms),
});

/**
 * Index: held_removals_open. What was asked before is asked no more, and so is what was answered to it. The number is a
 * new one: a form that shows the old question answers nothing, though as many peers stand in the new one.
 */
async function ask(tx: Tx, { nodeId, askedAt, total, reason, keys }: NewHeldRemoval): Promise<HeldRemoval> {
  const rows = await tx.execute<QuestionRow>(sql`
    insert into adit.held_removals as h (node_id, asked_at, count, total, reason, keys)
    values (${nodeId}, ${askedAt.toISOString()}, ${keys.length}, ${total}, ${reason}, ${textArray(keys)})
    on conflict (node_id) where closed_at is null do update set
      id = default, asked_at = excluded.asked_at, count = excluded.count, total = excluded.total, reason = excluded.reason,
      keys = excluded.keys, decision = null, decided_by = null, decided_at = null
    returning ${questionColumns}`);
  return toQuestion(rows[0]!);
}

export async function readOpenQuestion(tx: Tx, node: NodeId): Promise<HeldRemoval | null> {
  const rows = await tx.execute<QuestionRow>(sql`
    select ${questionColumns} from adit.held_removals h where h.node_id = ${node} and h.closed_at is null`);
  return rows[0] ? toQuestion(rows[0]) : null;
}

interface QuestionRow extends Record<string, unknown> {
  readonly id: string;
  readonly node_id: string;
  readonly asked_ms: number;
  readonly count: number;
  readonly total: number;
  readonly reason: GuardReason;
  readonly held: string;
  readonly decision: HeldRemoval['decision'];
  readonly decided_by: string | null;
  readonly decided_ms: number | null;
}

const questionColumns =
  sql.raw(`h.id::text as id, h.node_id, ${epoch('h.asked_at')} as asked_ms, h.count, h.total,
  h.reason, array_to_string(h.keys, e'\\n') as held, h.decision, h.decided_by, ${epoch('h.decided_at')} as decided_ms`);

const toQuestion = (row: QuestionRow): HeldRemoval => ({
  id: Number(row.id),
  nodeId: row.node_id as NodeId,
  askedAt: new Date(row.asked_ms),
  count: row.count,
  total: row.total,
  reason: row.reason,
  keys: row.held === '' ? [] : row.held.split('\n'),
  decision: row.decision,
  decidedBy: row.decided_by,
  decidedAt: row.decided_ms === null ? null : new Date(row.decided_ms),
});
