import type { JobRow } from '../../core/ports/job-desk.ts';
import type { SqlExecutor } from '../../core/ports/sql-executor.ts';
import type { JobVitals, VitalsEvent } from '../../core/ports/vitals.ts';
import { createJobReader } from './job-reader.ts';
import { DEAD_LETTER } from './kinds.ts';
import { countJobs, countStuckJobs } from './reads.ts';

const SHOWN = 8;
/** Before the first job there ever was: the place from which the oldest come first. */
const BEGINNING = ['1970-01-01T00:00:00Z', '00000000-0000-0000-0000-000000000000'];

/** How the jobs stand, for the overview: cheap at any number of finished ones. */
export async function readJobVitals(database: SqlExecutor, schema: string, now: Date): Promise<JobVitals> {
  const counts = await countJobs(database, schema);
  const stuckTotal = await countStuckJobs(database, schema, now);
  const stuck = stuckTotal === 0 ? [] : await oldestStuck(database, schema, now);
  return { counts, stuckTotal, stuck };
}

async function oldestStuck(database: SqlExecutor, schema: string, now: Date): Promise<readonly JobRow[]> {
  const page = { limit: SHOWN, cursor: { towards: 'prev', key: BEGINNING } } as const;
  const query = { tab: 'stuck', queue: null, q: '' } as const;
  const { rows } = await createJobReader(database, schema).list(query, page, now);
  return rows.toReversed();
}

/** Jobs given up, newest first, by adit_job_list. */
export async function readDeadEvents(
  database: SqlExecutor,
  schema: string,
  limit: number,
): Promise<readonly VitalsEvent[]> {
  const rows = await database.execute(
    `SELECT id, (extract(epoch FROM created_on) * 1000)::float8 AS at, COALESCE(source_name, name) AS queue
       FROM ${schema}.job WHERE state = 'created' AND name = $1
      ORDER BY created_on DESC, id DESC LIMIT ${limit}`,
    [DEAD_LETTER],
  );
  return rows.map((row) => ({
    at: Number(row.at),
    tone: 'bad',
    kind: 'job-dead',
    values: { queue: String(row.queue) },
    about: { kind: 'job', id: String(row.id) },
  }));
}
