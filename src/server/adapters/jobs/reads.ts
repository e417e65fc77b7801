import type { SqlExecutor } from '../../core/ports/sql-executor.ts';
import { DEAD_LETTER } from './kinds.ts';
import { activeTooLong, waitingTooLong } from './stuck.ts';

export interface JobCount {
  readonly queue: string;
  /** created, retry or active; `dead` in the dead letter queue. Completed jobs are not counted. */
  readonly state: string;
  readonly count: number;
}

/**
 * Cheap at any number of finished jobs: waiting jobs come from job_common_i11 (name, priority …), active ones
 * from job_common_i6, which hold nothing else.
 */
export async function countJobs(database: SqlExecutor, schema: string): Promise<readonly JobCount[]> {
  const rows = await database.execute(
    `SELECT name AS queue,
            CASE WHEN name = $1 THEN 'dead' ELSE state::text END AS state,
            count(*)::int AS count
     FROM ${schema}.job
     WHERE state < 'active' AND NOT blocked
     GROUP BY 1, 2
     UNION ALL
     SELECT name, 'active', count(*)::int
     FROM ${schema}.job
     WHERE state = 'active' AND policy = 'exclusive'
     GROUP BY 1
     ORDER BY 1, 2`,
    [DEAD_LETTER],
  );
  return rows as unknown as readonly JobCount[];
}

/** Same indexes as above. */
export async function countStuckJobs(database: SqlExecutor, schema: string, now: Date): Promise<number> {
  const rows = await database.execute(
    `WITH moment AS (SELECT $1::text::timestamptz AS now)
     SELECT (
       SELECT count(*) FROM ${schema}.job, moment
       WHERE state < 'active' AND NOT blocked AND name <> $2 AND ${waitingTooLong('moment.now')}
     )::int + (
       SELECT count(*) FROM ${schema}.job, moment
       WHERE state = 'active' AND policy = 'exclusive' AND ${activeTooLong('moment.now')}
     )::int AS count`,
    [now.toISOString(), DEAD_LETTER],
  );
  return Number(rows[0]?.count ?? 0);
}
