import { type SQL, sql } from 'drizzle-orm';
import type { HistoryRow } from '../../../core/ports/dashboard.ts';
import type { Drizzle as Tx } from '../drizzle-session.ts';
import { ms } from './dashboard-keyset.ts';

const MOST_ROWS = 100;

/** What happened to an account and its devices, newest first. Indexes: issues_account, audit_subject. */
export function accountHistory(tx: Tx, account: string): Promise<readonly HistoryRow[]> {
  return history(
    tx,
    sql`i.account_id = ${account}::text::bigint`,
    sql`u.subject = any(array_append(array(
      select 'peer:' || p.id from adit.devices d join adit.peers p on p.device_id = d.id
       where d.account_id = ${account}::text::bigint), ${`account:${account}`}::text))`,
  );
}

/** The same of one peer. Index: issues_peer. */
export function peerHistory(tx: Tx, peer: string): Promise<readonly HistoryRow[]> {
  return history(tx, sql`i.peer_id = ${peer}::text::uuid`, sql`u.subject = ${`peer:${peer}`}`);
}

async function history(tx: Tx, ofIssues: SQL, ofAudit: SQL): Promise<readonly HistoryRow[]> {
  const rows = await tx.execute(sql`
    select * from (
      select ${ms('i.created_at')} as at,
             case when i.cause like 'reissue:%' then 'reissued' else 'issued' end as kind, null as operator, d.name as device,
             split_part(i.cause, ':', 1) as cause, null as details
        from adit.issues i join adit.devices d on d.id = i.device_id
       where (${ofIssues}) and i.cause not like 'operator:%'
      union all
      select ${ms('i.delivered_at')}, 'delivered', null, d.name, split_part(i.cause, ':', 1), null
        from adit.issues i join adit.devices d on d.id = i.device_id
       where i.delivered_at is not null and (${ofIssues})
      union all
      select ${ms('u.at')}, u.action, u.operator_name, null, null, u.details::text
        from adit.audit u where ${ofAudit}) rows
     order by at desc limit ${MOST_ROWS}`);
  return rows.map(toHistoryRow);
}

/** Operators' acts by the words of a history; an operator's re-issue stands there once, under his name. */
const KIND_OF_ACTION: Readonly<Record<string, string>> = {
  'peer-reissue': 'reissued',
  'peer-revoke': 'revoked',
  'peer-pause': 'paused',
  'peer-resume': 'resumed',
  'account-pause': 'paused',
  'account-resume': 'resumed',
  'account-grant': 'granted',
  'account-note': 'noted',
};

function toHistoryRow(row: Record<string, unknown>): HistoryRow {
  const own: Record<string, string> =
    row.device === null ? {} : { device: String(row.device), cause: String(row.cause) };
  return {
    at: Number(row.at),
    kind: KIND_OF_ACTION[String(row.kind)] ?? String(row.kind),
    values: { ...own, ...plainValues(row.details) },
    operator: row.operator === null ? null : String(row.operator),
  };
}

function plainValues(details: unknown): Record<string, string | number> {
  if (typeof details !== 'string') return {};
  const parsed = JSON.parse(details) as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(parsed).map(([key, value]) => [key, typeof value === 'number' ? value : String(value)]),
  );
}
