import { sql } from 'drizzle-orm';
import { type Slice, type SliceRequest, sliceOf } from '../../../core/keyset.ts';
import type { AuditQuery, AuditRow } from '../../../core/ports/dashboard.ts';
import type { Drizzle as Tx } from '../drizzle-session.ts';
import { contains, fromCursor, keyColumns, keyOf, ms, type Order, orderedSlice } from './dashboard-keyset.ts';

/** Indexes: audit_pkey, audit_operator, audit_action. */
const NEWEST: Order = { by: [{ column: 'u.id', type: 'bigint' }], descending: true };

export async function readAudit(tx: Tx, query: AuditQuery, page: SliceRequest): Promise<Slice<AuditRow>> {
  const conditions = [sql`true`];
  if (query.operator !== null) conditions.push(sql`u.operator_name = ${query.operator}`);
  if (query.action !== null) conditions.push(sql`u.action = ${query.action}`);
  if (query.q !== '') {
    conditions.push(sql`(${contains('u.subject', query.q)} or ${contains('u.details::text', query.q)})`);
  }
  const rows = await tx.execute(sql`
    select u.id::text as id, ${ms('u.at')} as at, u.operator_name, u.action, u.subject, u.address,
           u.details::text as details, ${keyColumns(NEWEST)}
      from adit.audit u
     where ${sql.join(conditions, sql` and `)}${fromCursor(NEWEST, page)}${orderedSlice(NEWEST, page)}`);
  const slice = sliceOf([...rows], page, keyOf(NEWEST));
  return { ...slice, rows: slice.rows.map(toAuditRow) };
}

/** Each distinct value is one step along its index, however long the audit is. */
export async function readAuditChoices(tx: Tx) {
  const distinct = async (column: 'operator_name' | 'action') => {
    const name = sql.raw(column);
    const rows = await tx.execute<{ value: string }>(sql`
      with recursive steps as (
        (select ${name} as value from adit.audit order by ${name} limit 1)
        union all
        select (select u.${name} from adit.audit u where u.${name} > s.value order by u.${name} limit 1)
          from steps s where s.value is not null)
      select value from steps where value is not null limit 200`);
    return rows.map((row) => row.value);
  };
  return { operators: await distinct('operator_name'), actions: await distinct('action') };
}

function toAuditRow(row: Record<string, unknown>): AuditRow {
  const action = String(row.action);
  const details = String(row.details);
  return {
    id: String(row.id),
    at: Number(row.at),
    operator: String(row.operator_name),
    action,
    subject: row.subject === null ? null : String(row.subject),
    address: String(row.address),
    outcome: outcomeOf(action),
    detail: details === '{}' ? null : details,
  };
}

/** What committed was done; tries that were not right are told by one name. */
const outcomeOf = (action: string): AuditRow['outcome'] => (action === 'login-failures' ? 'failed' : 'done');
