import type { SqlExecutor } from '../../core/ports/sql-executor.ts';
import { DEAD_LETTER } from './kinds.ts';

export interface JobCount {
  readonly queue: string;
  /** created, retry or active; `dead` in the dead letter queue. Completed jobs are not counted. */
  readonly state: string;
  readonly count: number;
}

/** A job ready for longer than this without being taken is stuck. */
export const READY_TARGET_SECONDS = 60;
/** A job that has been failing, or running, for longer than this is stuck. */
export const LONG_SECONDS = 600;

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

/**
 * Jobs somebody should look at: active past their lease or for very long, ready longer than the target, or
 * retrying for very long. Dead jobs are told by `countJobs`. Same indexes as above.
 */
export async function countStuckJobs(database: SqlExecutor, schema: string, now: Date): Promise<number> {
  const rows = await database.execute(
    `WITH moment AS (SELECT $1::text::timestamptz AS now)
     SELECT (
       SELECT count(*) FROM ${schema}.job, moment m
       WHERE state < 'active' AND NOT blocked AND name <> $2
         AND (start_after < m.now - ${READY_TARGET_SECONDS} * interval '1 second'
              OR (state = 'retry' AND created_on < m.now - ${LONG_SECONDS} * interval '1 second'))
     )::int + (
       SELECT count(*) FROM ${schema}.job, moment m
       WHERE state = 'active' AND policy = 'exclusive'
         AND (heartbeat_on + heartbeat_seconds * interval '1 second' < m.now
              OR started_on < m.now - ${LONG_SECONDS} * interval '1 second')
     )::int AS count`,
    [now.toISOString(), DEAD_LETTER],
  );
  return Number(rows[0]?.count ?? 0);
}
