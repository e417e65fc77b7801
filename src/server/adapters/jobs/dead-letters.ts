import type { PgBoss } from 'pg-boss';
import type { JobsDatabase } from './database.ts';
import { DEAD_LETTER } from './kinds.ts';

export interface RedriveRequest {
  /** The queue the dead jobs came from. */
  readonly queue: string;
  /** Most jobs to move. */
  readonly limit: number;
}

export interface RedriveResult {
  /** Back in their queue as fresh jobs, oldest first. */
  readonly moved: number;
  /** Still dead, since a live job has the same singleton key. The next redrive tries them again. */
  readonly leftBehind: number;
}

/** Moves dead jobs back to where they came from. Safe to repeat, and to run twice at once: nothing is lost. */
export async function redriveJobs(
  deps: { readonly boss: PgBoss; readonly database: JobsDatabase; readonly schema: string },
  { queue, limit }: RedriveRequest,
): Promise<RedriveResult> {
  let moved = 0;
  let conflicts: readonly string[] = [];
  for (;;) {
    const step = await deps.boss.redrive(DEAD_LETTER, { sourceName: queue, limit: limit - moved });
    moved += step;
    const known = conflicts.length;
    conflicts = await findConflicts(deps, queue);
    // A page that met nothing but collisions says nothing about the jobs behind it.
    if (moved >= limit || (step === 0 && conflicts.length === known)) break;
  }
  // pg-boss parks a collision as failed, where no later redrive would see it.
  if (conflicts.length > 0) await deps.boss.retry(DEAD_LETTER, [...conflicts]);
  return { moved, leftBehind: conflicts.length };
}

async function findConflicts(
  { database, schema }: { readonly database: JobsDatabase; readonly schema: string },
  queue: string,
): Promise<readonly string[]> {
  const rows = await database.execute(
    `SELECT id FROM ${schema}.job
     WHERE name = $1 AND source_name = $2 AND state = 'failed' AND output->>'reason' = 'redrive_conflict'`,
    [DEAD_LETTER, queue],
  );
  return rows.map((row) => String(row.id));
}
