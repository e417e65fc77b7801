import { type SQL, sql } from 'drizzle-orm';
import { latestStart } from '../../../core/access.ts';
import { type Slice, type SliceRequest, sliceOf } from '../../../core/keyset.ts';
import type {
  AccountQuery,
  AccountRow,
  AccountSort,
  AccountStanding,
} from '../../../core/ports/dashboard.ts';
import type { Drizzle as Tx } from '../drizzle-session.ts';
import {
  contains,
  escapeLike,
  fromCursor,
  keyColumns,
  keyOf,
  MOST_COUNTED,
  ms,
  type Order,
  orderedSlice,
} from './dashboard-keyset.ts';

const ID = { column: 'a.id', type: 'bigint' } as const;
const CREATED = { column: 'a.created_at', type: 'timestamptz' } as const;

/** Indexes: accounts_created, accounts_name. By end everybody is looked at. */
const ORDERS: Readonly<Record<AccountSort, Order>> = {
  newest: { by: [CREATED, ID], descending: true },
  oldest: { by: [CREATED, ID], descending: false },
  name: { by: [{ column: 'left(a.name, 64)', type: 'text' }, ID], descending: false },
  until: { by: [{ column: "coalesce(s.ends_at, 'epoch')", type: 'timestamptz' }, ID], descending: true },
};

/**
 * With the end of each account's last subscription that has begun (one with traffic left before one that is used up): found one by one for the rows of a page (index
 * subscriptions_account), or for all accounts at once when all have to be looked at.
 */
const fromAccounts = ({ sort, state }: AccountQuery, now: Date): SQL => {
  const begun = sql`b.starts_at <= ${latestStart(now).toISOString()}`;
  const running = sql`b.limited_at is null and b.ends_at > ${now.toISOString()}`;
  const last = sql`coalesce(max(b.ends_at) filter (where ${running}), max(b.ends_at)) as ends_at,
        bool_or(${running}) as running`;
  return sort === 'until' || state !== null
    ? sql` from adit.accounts a left join (
        select b.account_id, ${last} from adit.subscriptions b where ${begun} group by 1
      ) s on s.account_id = a.id`
    : sql` from adit.accounts a left join lateral (
        select ${last} from adit.subscriptions b where b.account_id = a.id and ${begun}
      ) s on true`;
};

const standing = (now: Date): SQL => sql`
  case when a.paused_at is not null then 'paused' when a.blocked_at is not null then 'blocked'
       when s.running then 'active' when s.ends_at > ${now.toISOString()} then 'limited' when s.ends_at is not null then 'expired' else 'none' end`;

function matching({ q, state }: AccountQuery, now: Date): SQL {
  const conditions = [sql`true`, ...searched(q)];
  if (state !== null) conditions.push(sql`${standing(now)} = ${state}`);
  return sql.join(conditions, sql` and `);
}

function searched(q: string): SQL[] {
  if (q === '') return [];
  if (/^\d{1,16}$/.test(q)) return [sql`a.id = ${q}::text::bigint`];
  if (q.startsWith('@')) return [username(q.slice(1))];
  return [sql`(${contains('a.name', q)} or ${username(q)})`];
}

/** Index: accounts_username. */
const username = (beginning: string): SQL =>
  sql`left(lower(a.username), 64) like ${`${escapeLike(beginning.toLowerCase().slice(0, 64))}%`}`;

const columns = (now: Date): SQL => sql`
  a.id::text as id, left(a.name, 4096) as name, a.username, ${standing(now)} as state,
  (select b.plan from adit.subscriptions b where b.account_id = a.id and b.ends_at = s.ends_at limit 1) as plan,
  ${ms('s.ends_at')} as until, ${ms('a.created_at')} as created_at,
  (select count(*)::int from adit.devices d where d.account_id = a.id and d.state <> 'revoked') as devices`;

export async function readAccountRows(
  tx: Tx,
  query: AccountQuery,
  page: SliceRequest,
  now: Date,
): Promise<Slice<AccountRow>> {
  const order = ORDERS[query.sort];
  const rows = await tx.execute(sql`
    select ${columns(now)}, ${keyColumns(order)} ${fromAccounts(query, now)}
     where ${matching(query, now)}${fromCursor(order, page)}${orderedSlice(order, page)}`);
  const slice = sliceOf([...rows], page, keyOf(order));
  return { ...slice, rows: slice.rows.map(toAccountRow) };
}

export async function countAccountRows(tx: Tx, query: AccountQuery, now: Date): Promise<number | null> {
  const rows = await tx.execute<{ count: number }>(sql`
    select count(*)::int as count from (
      select 1 ${fromAccounts({ ...query, sort: 'until' }, now)} where ${matching(query, now)} limit ${MOST_COUNTED + 1}) found`);
  const count = rows[0]?.count ?? 0;
  return count > MOST_COUNTED ? null : count;
}

export async function readAccountRow(
  tx: Tx,
  id: string,
  now: Date,
): Promise<(AccountRow & { readonly language: string }) | null> {
  const rows = await tx.execute(sql`
    select ${columns(now)}, coalesce(a.language, a.language_hint) as language
      ${fromAccounts({ q: '', state: null, sort: 'newest' }, now)}
     where a.id = ${id}::text::bigint`);
  const row = rows[0];
  return row === undefined ? null : { ...toAccountRow(row), language: String(row.language) };
}

const toAccountRow = (row: Record<string, unknown>): AccountRow => ({
  id: String(row.id),
  name: String(row.name),
  username: row.username === null ? null : String(row.username),
  state: row.state as AccountStanding,
  plan: row.plan === null ? null : String(row.plan),
  until: row.until === null ? null : Number(row.until),
  devices: Number(row.devices),
  createdAt: Number(row.created_at),
});
