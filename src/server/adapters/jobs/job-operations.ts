import type { PgBoss } from 'pg-boss';
import { JOB_KINDS } from '../../core/job-kinds.ts';
import type { JobBatch, JobOperations, JobQuery } from '../../core/ports/job-desk.ts';
import type { SqlExecutor } from '../../core/ports/sql-executor.ts';
import { bossTransaction } from './database.ts';
import { CREATED_KEY } from './job-columns.ts';
import { selectionOf } from './job-filter.ts';
import { select } from './job-reader.ts';
import { DEAD_LETTER } from './kinds.ts';

export interface JobOperationsDeps {
  readonly boss: PgBoss;
  readonly schema: string;
}

/** What an operator does to jobs, inside a transaction of the caller's. */
export function createJobOperations(deps: JobOperationsDeps, executor: SqlExecutor): JobOperations {
  const { schema } = deps;
  const touch = async (text: string, ids: readonly string[]) =>
    (await executor.execute(text, [ids, JOB_KINDS, DEAD_LETTER])).length;

  return {
    async retry(ids) {
      if (ids.length === 0) return 0;
      const again = await touch(runNow(schema), ids);
      return again + (await reviveDead(deps, executor, ids));
    },
    async cancel(ids) {
      if (ids.length === 0) return 0;
      return touch(
        `UPDATE ${schema}.job SET state = 'cancelled', completed_on = ${schema}.job_now()
          WHERE name = ANY($2::text[]) AND name <> $3 AND id = ANY($1::uuid[]) AND state <= 'active' RETURNING id`,
        ids,
      );
    },
    async discard(ids) {
      if (ids.length === 0) return 0;
      return touch(
        `DELETE FROM ${schema}.job
          WHERE (name = ANY($2::text[]) OR name = $3) AND id = ANY($1::uuid[]) AND state <> 'active' RETURNING id`,
        ids,
      );
    },
    matching: (query, limit, after, now) => matching(schema, executor, query, limit, after, now),
  };
}

async function matching(
  schema: string,
  executor: SqlExecutor,
  query: JobQuery,
  limit: number,
  after: readonly string[] | null,
  now: Date,
): Promise<JobBatch> {
  const chosen = selectionOf(schema, query, now);
  const values = [...chosen.values];
  const place = after?.map(
    (part, index) => `$${values.push(part)}::text::${index === 0 ? 'timestamptz' : 'uuid'}`,
  );
  const from = place ? `AND (created_on, id) > (${place.join(', ')})` : '';
  const sorted = 'ORDER BY created_on, id';
  const found = await executor.execute(
    `SELECT id, ${CREATED_KEY} AS created_key FROM (
       ${select(schema, chosen, 'id, created_on', `${from} ${sorted}`, limit)}) found ${sorted} LIMIT ${limit}`,
    values,
  );
  const last = found.length < limit ? undefined : found.at(-1);
  // Locked apart, since a UNION takes no locks. What changed in between is left out by each operation itself.
  const locked = await executor.execute(
    `SELECT id FROM ${schema}.job WHERE name = ANY($2::text[]) AND id = ANY($1::uuid[])
      ORDER BY id FOR UPDATE SKIP LOCKED`,
    [found.map((row) => String(row.id)), [...JOB_KINDS, DEAD_LETTER]],
  );
  return {
    ids: locked.map((row) => String(row.id)),
    last: last ? [String(last.created_key), String(last.id)] : null,
  };
}

/**
 * Waiting and failing jobs lose their waiting time; cancelled ones come back, unless a living job has their key. A try
 * more is allowed where none was left.
 */
const runNow = (schema: string) => `
  UPDATE ${schema}.job j
     SET state = (CASE WHEN j.state = 'cancelled' AND j.retry_count = 0 THEN 'created'
                       WHEN j.state = 'cancelled' THEN 'retry' ELSE j.state::text END)::${schema}.job_state,
         start_after = ${schema}.job_now(), completed_on = NULL,
         retry_limit = greatest(j.retry_limit, j.retry_count + 1)
   WHERE j.name = ANY($2::text[]) AND j.name <> $3 AND j.id = ANY($1::uuid[])
     AND (j.state < 'active' OR (j.state = 'cancelled' AND NOT EXISTS (
       SELECT FROM ${schema}.job o WHERE o.name = j.name AND o.policy = 'exclusive' AND o.state <= 'active'
          AND COALESCE(o.singleton_key, '') = COALESCE(j.singleton_key, ''))))
  RETURNING j.id`;

/** Dead jobs go back to the queue they came from as fresh ones. One with a living twin stays dead, in sight. */
async function reviveDead(
  { boss, schema }: JobOperationsDeps,
  executor: SqlExecutor,
  ids: readonly string[],
) {
  const db = bossTransaction(executor);
  const moved = await boss.redrive(DEAD_LETTER, { ids: [...ids], limit: ids.length, db });
  // pg-boss parks a collision as failed, where no later redrive would see it.
  const parked = await executor.execute(
    `SELECT id FROM ${schema}.job WHERE name = $1 AND id = ANY($2::uuid[]) AND state = 'failed'`,
    [DEAD_LETTER, ids],
  );
  if (parked.length > 0)
    await boss.retry(
      DEAD_LETTER,
      parked.map((row) => String(row.id)),
      { db },
    );
  return moved;
}
