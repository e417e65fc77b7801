import { JOB_KINDS } from '../../core/job-kinds.ts';
import { type Slice, type SliceRequest, sliceOf } from '../../core/keyset.ts';
import type { JobDetail, JobQuery, JobReader, JobRow, JobTabCount } from '../../core/ports/job-desk.ts';
import type { SqlExecutor } from '../../core/ports/sql-executor.ts';
import { jobColumns, toJobRow, wholeOrNull } from './job-columns.ts';
import { type JobSelection, selectionOf } from './job-filter.ts';
import { DEAD_LETTER } from './kinds.ts';
import { countJobs, countStuckJobs } from './reads.ts';

/** Finished jobs are counted one by one up to here; beyond it the statistics tell. */
const MOST_COUNTED = 10_000;

/** Lists, counts and single jobs from pg-boss' table: pg-boss itself has no paging. */
export function createJobReader(database: SqlExecutor, schema: string): JobReader {
  return {
    queues: JOB_KINDS,
    list: (query, page, now) => list(database, schema, query, page, now),
    counts: (now) => countTabs(database, schema, now),
    one: (id, now) => readOne(database, schema, id, now),
    async count(query, most, now) {
      const chosen = selectionOf(schema, query, now);
      const found = await database.execute(
        `SELECT count(*)::int AS count FROM (
           SELECT 1 FROM (${select(schema, chosen, 'id', '', most)}) parts LIMIT ${most}) found`,
        chosen.values,
      );
      return Number(found[0]?.count ?? 0);
    },
  };
}

async function list(
  database: SqlExecutor,
  schema: string,
  query: JobQuery,
  page: SliceRequest,
  now: Date,
): Promise<Slice<JobRow>> {
  const chosen = selectionOf(schema, query, now);
  const values = [...chosen.values];
  const backwards = page.cursor?.towards === 'prev';
  const order = backwards ? 'ASC' : 'DESC';
  let from = '';
  if (page.cursor !== null) {
    const [created, id] = page.cursor.key;
    const place = `($${values.push(created)}::text::timestamptz, $${values.push(id)}::text::uuid)`;
    from = `AND (created_on, id) ${backwards ? '>' : '<'} ${place}`;
  }
  const most = page.limit + 1;
  const sorted = `${from} ORDER BY created_on ${order}, id ${order}`;
  const columns = jobColumns(`$${values.push(now.toISOString())}::text::timestamptz`);
  const rows = await database.execute(
    `SELECT ${columns} FROM (${select(schema, chosen, '*', sorted, most)}) found
     ORDER BY created_on ${order}, id ${order} LIMIT ${most}`,
    values,
  );
  const slice = sliceOf(rows, page, (row) => [String(row.created_key), String(row.id)]);
  return { ...slice, rows: slice.rows.map(toJobRow) };
}

/**
 * Each part of a tab is one walk along adit_job_list (state, name, created_on, id), and yields at most `most` rows:
 * the cost does not depend on how many jobs there are.
 */
export function select(
  schema: string,
  chosen: JobSelection,
  columns: string,
  sorted: string,
  most: number,
): string {
  if (chosen.parts.length === 0) return `SELECT ${columns} FROM ${schema}.job WHERE false`;
  if (chosen.among !== null) {
    const parts = chosen.parts.map(({ state, name }) => `('${state}', '${name}')`).join(', ');
    return `WITH named AS MATERIALIZED (${chosen.among})
      SELECT ${columns} FROM ${schema}.job
       WHERE id IN (SELECT id FROM named) AND (state::text, name) IN (${parts})${chosen.where} ${sorted}`;
  }
  return chosen.parts
    .map(
      ({ state, name }) => `(SELECT ${columns} FROM ${schema}.job
         WHERE state = '${state}' AND name = '${name}'${chosen.where} ${sorted} LIMIT ${most})`,
    )
    .join(' UNION ALL ');
}

async function countTabs(database: SqlExecutor, schema: string, now: Date): Promise<readonly JobTabCount[]> {
  const live = await countJobs(database, schema);
  const stuck = await countStuckJobs(database, schema, now);
  const of = (state: string) =>
    live.filter((each) => each.state === state).reduce((sum, each) => sum + each.count, 0);
  const exact = (tab: JobTabCount['tab'], count: number): JobTabCount => ({ tab, count, estimated: false });
  return [
    exact('stuck', stuck),
    exact('waiting', of('created')),
    exact('active', of('active')),
    exact('retry', of('retry')),
    exact('dead', await countDead(database, schema)),
    await countFinished(database, schema, 'done', 'completed'),
    await countFinished(database, schema, 'cancelled', 'cancelled'),
  ];
}

async function countDead(database: SqlExecutor, schema: string): Promise<number> {
  const rows = await database.execute(
    `SELECT count(*)::int AS count FROM ${schema}.job
      WHERE state IN ('created', 'retry', 'failed') AND name = $1`,
    [DEAD_LETTER],
  );
  return Number(rows[0]?.count ?? 0);
}

/** The planner's statistics follow the table by themselves: autovacuum keeps them. */
async function countFinished(
  database: SqlExecutor,
  schema: string,
  tab: 'done' | 'cancelled',
  state: string,
): Promise<JobTabCount> {
  const rows = await database.execute(
    `SELECT (SELECT count(*) FROM (
        SELECT 1 FROM ${schema}.job WHERE state = '${state}' LIMIT ${MOST_COUNTED + 1}) few)::int AS counted,
      (SELECT (c.reltuples * s.most_common_freqs[array_position(s.most_common_vals::text::text[], '${state}')])::float8
         FROM pg_class c JOIN pg_stats s ON s.tablename = c.relname AND s.attname = 'state'
        WHERE c.oid = '${schema}.job_common'::regclass AND s.schemaname = '${schema}' AND c.reltuples > 0) AS estimate`,
  );
  const counted = Number(rows[0]?.counted ?? 0);
  if (counted <= MOST_COUNTED) return { tab, count: counted, estimated: false };
  const estimate = rows[0]?.estimate;
  const count = estimate == null ? null : Math.max(Math.round(Number(estimate)), counted);
  return { tab, count, estimated: true };
}

async function readOne(
  database: SqlExecutor,
  schema: string,
  id: string,
  now: Date,
): Promise<JobDetail | null> {
  const rows = await database.execute(
    `SELECT ${jobColumns('$1::text::timestamptz')}, data, COALESCE(source_output, output) AS result,
            (extract(epoch from heartbeat_on) * 1000)::float8 AS heartbeat_at,
            ${'COALESCE(source_output, output)'}->>'message' AS whole_error
       FROM ${schema}.job WHERE id = $2::text::uuid`,
    [now.toISOString(), id],
  );
  const row = rows[0];
  if (row === undefined) return null;
  const wholeError = row.whole_error === null ? null : String(row.whole_error);
  return {
    job: { ...toJobRow(row), lastError: wholeError },
    payload: row.data,
    output: row.result,
    heartbeatAt: wholeOrNull(row.heartbeat_at),
  };
}
