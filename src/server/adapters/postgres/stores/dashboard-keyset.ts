import { type SQL, sql } from 'drizzle-orm';
import type { SliceRequest } from '../../../core/keyset.ts';

/** What a list is sorted by: all columns in one direction, the last one unique, each with the type of its key. */
export interface Order {
  readonly by: readonly {
    readonly column: string;
    readonly type: 'uuid' | 'timestamptz' | 'bigint' | 'text' | 'inet';
  }[];
  readonly descending: boolean;
}

/** The columns of the key as text, for the select list: `key0`, `key1` … */
export function keyColumns(order: Order): SQL {
  const parts = order.by.map(({ column, type }, index) => `${asText(column, type)} as key${index}`);
  return sql.raw(parts.join(', '));
}

export const keyOf = (order: Order) => (row: Record<string, unknown>) =>
  order.by.map((_, index) => String(row[`key${index}`]));

/** ` and (a, b) < (…, …)` when the slice does not start at the beginning. */
export function fromCursor(order: Order, { cursor }: SliceRequest): SQL {
  if (cursor === null) return sql``;
  const columns = sql.raw(order.by.map(({ column }) => column).join(', '));
  const values = order.by.map(({ type }, index) => sql`${cursor.key[index] ?? ''}::text::${sql.raw(type)}`);
  const less = order.descending === (cursor.towards === 'next');
  return sql` and (${columns}) ${sql.raw(less ? '<' : '>')} (${sql.join(values, sql`, `)})`;
}

/** ` order by … limit …`: backwards when the slice lies before its cursor; one row more than asked for. */
export function orderedSlice(order: Order, { cursor, limit }: SliceRequest): SQL {
  const backwards = cursor?.towards === 'prev';
  const direction = order.descending === backwards ? 'asc' : 'desc';
  const columns = order.by.map(({ column }) => `${column} ${direction}`).join(', ');
  return sql` order by ${sql.raw(columns)} limit ${limit + 1}`;
}

/** Exact to the microsecond: a rounded key would skip rows or show them twice. */
function asText(column: string, type: Order['by'][number]['type']): string {
  if (type === 'timestamptz') return `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
  return type === 'inet' ? `host(${column})` : `${column}::text`;
}

/** Epoch milliseconds of a column. */
export const ms = (column: string): SQL => sql.raw(`floor(extract(epoch from ${column}) * 1000)::float8`);

/** Counting stops here: beyond it nobody needs the number, and everybody would wait for it. */
export const MOST_COUNTED = 10_000;

/** What stands in a `like` for itself. */
export const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&');

/**
 * Whether a column contains a text, whatever the case. The bundled database has the C locale, whose `ilike` knows ASCII
 * only, and names are in all alphabets: there the usual spellings are tried. No index helps: trigrams of that locale
 * are ASCII only too.
 */
export function contains(column: string, text: string): SQL {
  const name = sql.raw(column);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII begins with them.
  if (/^[\x00-\x7f]*$/.test(text)) return sql`${name} ilike ${`%${escapeLike(text)}%`}`;
  const title = `${text.slice(0, 1).toUpperCase()}${text.slice(1).toLowerCase()}`;
  const spellings = [...new Set([text, text.toLowerCase(), text.toUpperCase(), title])];
  return sql`${name} like any(${sql.param(spellings.map((each) => `%${escapeLike(each)}%`))}::text[])`;
}
