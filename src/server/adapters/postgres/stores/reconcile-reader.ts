import { sql } from 'drizzle-orm';
import type { NodeId } from '../../../core/ids.ts';
import { type Slice, type SliceRequest, sliceOf } from '../../../core/keyset.ts';
import type { ReconciledNode, ReconcileReader, StoredRun } from '../../../core/ports/reconcile-desk.ts';
import type { RunDiff } from '../../../core/ports/store.ts';
import type { Protocol } from '../../../core/protocol.ts';
import type { QuarantinedPeer } from '../../../core/strangers.ts';
import type { Database } from '../client.ts';
import type { Drizzle as Tx } from '../drizzle-session.ts';
import { fromCursor, keyColumns, keyOf, ms, type Order, orderedSlice } from './dashboard-keyset.ts';
import { readOpenQuestion, type StrangerRow, strangerColumns, toStranger } from './reconcile-store.ts';

/** What the pages of a node show, each answer over one connection. */
export function createReconcileReader(database: Database): ReconcileReader {
  return {
    node: (id) => database.read((tx) => readNode(tx, id)),
    runs: (node, page) => database.read((tx) => readRuns(tx, node, page)),
    run: (node, id) => database.read((tx) => readRun(tx, node, id)),
    strangers: (node, page) => database.read((tx) => readStrangers(tx, node, page)),
  };
}

/** Index: reconcile_runs_node. */
async function readNode(tx: Tx, id: string): Promise<ReconciledNode | null> {
  const nodes = await tx.execute<{ id: NodeId; protocol: Protocol; strangers: number }>(sql`
    select n.id, n.protocol, (select count(*)::int from adit.quarantined_peers q
                               where q.node_id = n.id and q.state <> 'removed') as strangers
      from adit.nodes n where n.id = ${id}`);
  const node = nodes[0];
  if (node === undefined) return null;
  const runs = await tx.execute(sql`
    select ${runColumns}, null as diff from adit.reconcile_runs r
     where r.node_id = ${id} and not r.dry_run order by r.id desc limit 1`);
  return { ...node, last: runs[0] ? toRun(runs[0]) : null, question: await readOpenQuestion(tx, node.id) };
}

const NEWEST: Order = { by: [{ column: 'r.id', type: 'bigint' }], descending: true };

async function readRuns(tx: Tx, node: NodeId, page: SliceRequest): Promise<Slice<StoredRun>> {
  const rows = await tx.execute(sql`
    select ${runColumns}, null as diff, ${keyColumns(NEWEST)} from adit.reconcile_runs r
     where r.node_id = ${node}${fromCursor(NEWEST, page)}${orderedSlice(NEWEST, page)}`);
  const slice = sliceOf([...rows], page, keyOf(NEWEST));
  return { ...slice, rows: slice.rows.map(toRun) };
}

async function readRun(tx: Tx, node: NodeId, id: number): Promise<StoredRun | null> {
  const rows = await tx.execute(sql`
    select ${runColumns}, r.diff::text as diff from adit.reconcile_runs r where r.id = ${id} and r.node_id = ${node}`);
  return rows[0] ? toRun(rows[0]) : null;
}

const runColumns = sql`r.id::text as id, r.node_id, ${ms('r.started_at')} as started, ${ms('r.finished_at')} as finished,
  r.outcome, r.added, r.removed, r.changed, r.quarantined, r.refused, left(r.error, 1000) as error, r.dry_run`;

const toRun = (row: Record<string, unknown>): StoredRun => ({
  id: Number(row.id),
  nodeId: row.node_id as NodeId,
  startedAt: new Date(Number(row.started)),
  finishedAt: new Date(Number(row.finished)),
  outcome: String(row.outcome),
  added: Number(row.added),
  removed: Number(row.removed),
  changed: Number(row.changed),
  quarantined: Number(row.quarantined),
  refused: Number(row.refused),
  error: row.error === null ? null : String(row.error),
  dryRun: row.dry_run === true,
  diff: row.diff === null ? null : (JSON.parse(String(row.diff)) as RunDiff),
});

/** `waiting` first: it is what an operator can do something about. A node has few of them. */
const URGENT: Order = {
  by: [
    { column: `case q.state when 'waiting' then 0 when 'removing' then 1 else 2 end`, type: 'bigint' },
    { column: 'q.key', type: 'text' },
  ],
  descending: false,
};

async function readStrangers(tx: Tx, node: NodeId, page: SliceRequest): Promise<Slice<QuarantinedPeer>> {
  const rows = await tx.execute<StrangerRow>(sql`
    select ${strangerColumns}, ${keyColumns(URGENT)} from adit.quarantined_peers q
     where q.node_id = ${node}${fromCursor(URGENT, page)}${orderedSlice(URGENT, page)}`);
  const slice = sliceOf([...rows], page, keyOf(URGENT));
  return { ...slice, rows: slice.rows.map(toStranger) };
}
