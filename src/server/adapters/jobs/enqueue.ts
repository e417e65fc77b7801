import type { JobInsert, PgBoss } from 'pg-boss';
import type { Random } from '../../core/ports/clock.ts';
import type { NewJob } from '../../core/ports/jobs.ts';
import type { SqlExecutor } from '../../core/ports/sql-executor.ts';
import { bossTransaction } from './database.ts';

/** Writes the jobs with one statement per kind, inside `tx` when there is one. */
export async function enqueueJobs(
  deps: { readonly boss: PgBoss; readonly random: Random },
  jobs: readonly NewJob[],
  tx?: SqlExecutor,
): Promise<void> {
  for (const [kind, group] of Map.groupBy(jobs, (job) => job.kind)) {
    const rows = group.map((job) => toRow(job, deps.random)).sort(byKey);
    await deps.boss.insert(kind, rows, tx === undefined ? {} : { db: bossTransaction(tx) });
  }
}

function toRow(job: NewJob, random: Random): JobInsert {
  const id = random.uuid();
  return {
    id,
    data: job.data,
    priority: job.priority ?? 0,
    // Our queues allow one live job per key, and no key counts as one: a job without gets its own.
    singletonKey: job.singletonKey ?? id,
    startAfter: `${(job.startAfterMs ?? 0) / 1_000} seconds`,
  };
}

/** Two transactions that write the same keys wait for each other in the same order: no deadlock. */
function byKey(a: JobInsert, b: JobInsert): number {
  const [left, right] = [a.singletonKey ?? '', b.singletonKey ?? ''];
  return left < right ? -1 : Number(left > right);
}
