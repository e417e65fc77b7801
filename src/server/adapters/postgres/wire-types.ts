import type { Options, PostgresType } from 'postgres';

/**
 * How values cross the wire, the same on every connection, so that one pool can serve both Drizzle and plain
 * SQL. Drizzle wants dates as PostgreSQL wrote them and sends JSON as text; plain SQL may send a Date or an
 * object. So: reading leaves dates as text (`toRow` turns them), writing takes either form.
 *
 * Array types are named here because postgres.js finds them with a query on each new connection, whose failure
 * nobody catches: a connection cut at that moment would end the process.
 */
type Codec = (value: unknown) => unknown;

export interface WireTables {
  readonly parsers: Record<number, Codec>;
  readonly serializers: Record<number, Codec>;
}

/** Object ids are fixed for ever in PostgreSQL's pg_type.dat. */
const DATES = [1082, 1114, 1184] as const;
const TIMES_KEPT_AS_TEXT = [1083, 1182, 1185, 1115, 1231] as const;
const JSONS = [114, 3802] as const;
/** Array type by element type: bool, bytea, int8, int2, int4, text, json, float4, float8, inet, cidr, varchar, timestamps, numeric, uuid, jsonb. */
const ARRAYS: ReadonlyArray<readonly [element: number, array: number]> = [
  [16, 1000],
  [17, 1001],
  [20, 1016],
  [21, 1005],
  [23, 1007],
  [25, 1009],
  [114, 199],
  [700, 1021],
  [701, 1022],
  [869, 1041],
  [650, 651],
  [1043, 1015],
  [1082, 1182],
  [1114, 1115],
  [1184, 1185],
  [1700, 1231],
  [2950, 2951],
  [3802, 3807],
];

/** Changes the tables of a fresh postgres.js client in place (it hands them to its connections by reference). */
export function useWireTypes(tables: WireTables): void {
  const { parsers, serializers } = tables;
  for (const type of [...DATES, ...TIMES_KEPT_AS_TEXT]) parsers[type] = (text) => text;
  for (const type of DATES)
    serializers[type] = (value) => (value instanceof Date ? value.toISOString() : value);
  for (const type of JSONS)
    serializers[type] = (value) => (typeof value === 'string' ? value : JSON.stringify(value));
  for (const [element, array] of ARRAYS) {
    const parse = parsers[element] ?? ((text: unknown) => text);
    const write = serializers[element] ?? String;
    parsers[array] = (text) => parseArray(String(text), parse);
    serializers[array] = (value) => (Array.isArray(value) ? writeArray(value, write) : value);
  }
}

export interface WireResult extends ReadonlyArray<Record<string, unknown>> {
  readonly columns?: ReadonlyArray<{ readonly name: string; readonly type: number }>;
}

/** Rows for plain SQL: plain objects, timestamps and dates as Date. */
export function toRows(result: WireResult): readonly Record<string, unknown>[] {
  const dated = (result.columns ?? []).filter(({ type }) => DATES.some((date) => date === type));
  return Array.from(result, (row) => {
    for (const { name } of dated) if (typeof row[name] === 'string') row[name] = new Date(row[name]);
    return row;
  });
}

function writeArray(values: readonly unknown[], write: Codec): string {
  const parts = values.map((value) => {
    if (value === null || value === undefined) return 'NULL';
    if (Array.isArray(value)) return writeArray(value, write);
    return `"${String(write(value)).replace(/[\\"]/g, '\\$&')}"`;
  });
  return `{${parts.join(',')}}`;
}

/** One token: a brace, a comma, a quoted value or a bare one (PostgreSQL manual, 8.15.6). */
const TOKEN = /[{},]|"((?:[^"\\]|\\.)*)"|([^{},"]+)/gs;

function parseArray(text: string, parse: Codec): unknown {
  const root: unknown[] = [];
  const open: unknown[][] = [root];
  for (const [token, quoted, bare] of text.matchAll(TOKEN)) {
    const current = open.at(-1) as unknown[];
    if (token === '{') {
      const inner: unknown[] = [];
      current.push(inner);
      open.push(inner);
    } else if (token === '}') open.pop();
    else if (quoted !== undefined) current.push(parse(quoted.replace(/\\(.)/gs, '$1')));
    else if (bare !== undefined) current.push(bare === 'NULL' ? null : parse(bare));
  }
  return root[0];
}

export type ClientOptions = Options<Record<string, PostgresType>>;
