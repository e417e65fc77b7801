import type { PgBoss } from 'pg-boss';
import type { JobKind } from '../../core/ports/jobs.ts';
import type { JobsDatabase } from './database.ts';
import type { JobError } from './job-error.ts';
import { DEAD_LETTER } from './kinds.ts';

/** One try of one job. Each taking has its own number, so a late settle never hits somebody else's try. */
export interface Claim {
  readonly kind: JobKind;
  readonly id: string;
  readonly retryCount: number;
}

export interface FailedClaim extends Claim {
  readonly error: JobError;
  /** Comes again after this instead of the backoff's time. */
  readonly retryAfterMs: number | undefined;
}

export interface ReleasedClaim extends Claim {
  /** Not taken again before this has passed. */
  readonly afterMs: number;
}

/** The writes that end a claim or keep it alive. Each touches only claims still in force, answers how many. */
export interface ClaimWrites {
  complete(kind: JobKind, claims: readonly Claim[]): Promise<number>;
  /** Two statements for any number of jobs. */
  fail(kind: JobKind, claims: readonly FailedClaim[]): Promise<number>;
  /** Back to the queue as if never taken: the try is not counted. */
  release(kind: JobKind, claims: readonly ReleasedClaim[]): Promise<number>;
  keepAlive(kind: JobKind, claims: readonly Claim[]): Promise<number>;
}

export const claimKey = (claim: Claim): string => `${claim.id}:${claim.retryCount}`;

/** Stays in a row only when the process dies between the two statements. */
const UNTOLD: JobError = { code: 'internal', message: 'The job failed; its error was not written.' };

export function createClaimWrites(boss: PgBoss, database: JobsDatabase, schema: string): ClaimWrites {
  return {
    complete: async (kind, claims) => affected(await boss.complete(kind, [...claims])),
    keepAlive: async (kind, claims) => affected(await boss.touch(kind, [...claims])),
    async fail(kind, claims) {
      const count = affected(await boss.fail(kind, [...claims], UNTOLD));
      const failures = JSON.stringify(claims.map(toFailure));
      const ids = claims.map((claim) => claim.id);
      await database.execute(afterFailure(schema), [kind, ids, failures, DEAD_LETTER]);
      return count;
    },
    async release(kind, claims) {
      const ids = claims.map((claim) => claim.id);
      const waits = JSON.stringify(claims.map((claim) => ({ id: claim.id, after_ms: claim.afterMs })));
      return (await database.execute(release(schema), [kind, ids, claims.map(claimKey), waits])).length;
    },
  };
}

/** pg-boss answers it and declares it nowhere. */
function affected(response: unknown): number {
  return Number((response as { readonly affected?: unknown }).affected ?? 0);
}

function toFailure({ id, retryCount, error, retryAfterMs }: FailedClaim): Record<string, unknown> {
  return { id, retry_count: retryCount, error, after_ms: retryAfterMs ?? null };
}

/**
 * What pg-boss has no words for: each job its own error; its own time when one was asked for; and one step back in
 * priority, so that jobs which always fail never stand before fresh ones (F-J16). A job that died tells its error
 * in its copy among the dead too. Served by the primary key (name, id), which the planner finds without
 * statistics only when told the ids apart, and by job_common_i12 (source_root_id).
 */
function afterFailure(schema: string): string {
  return `
    WITH failure AS (
      SELECT * FROM json_to_recordset($3::text::json)
        AS x (id uuid, retry_count int, error jsonb, after_ms float8)
    ), told AS (
      UPDATE ${schema}.job j
      SET output = f.error,
          priority = j.priority - 1,
          start_after = CASE WHEN f.after_ms IS NULL THEN j.start_after
                             ELSE ${schema}.job_now() + f.after_ms * interval '1 millisecond' END
      FROM failure f
      WHERE j.name = $1 AND j.id = ANY($2::uuid[]) AND j.id = f.id
        AND j.retry_count = f.retry_count AND j.state IN ('retry', 'failed')
      RETURNING j.id, COALESCE(j.source_root_id, j.id) AS root, f.error
    )
    UPDATE ${schema}.job d
    SET source_output = t.error
    FROM told t
    WHERE d.source_root_id = t.root AND d.name = $4 AND d.source_id = t.id`;
}

/**
 * pg-boss counts a try when `started_on` is set already: cleared, the next taking has the same number. Of a job that
 * waits, `heartbeat_on` says when it was let go.
 */
function release(schema: string): string {
  return `
    UPDATE ${schema}.job j
    SET state = (CASE WHEN retry_count > 0 THEN 'retry' ELSE 'created' END)::${schema}.job_state,
        started_on = NULL,
        heartbeat_on = ${schema}.job_now(),
        start_after = CASE WHEN w.after_ms = 0 THEN j.start_after
                           ELSE ${schema}.job_now() + w.after_ms * interval '1 millisecond' END
    FROM json_to_recordset($4::text::json) AS w (id uuid, after_ms float8)
    WHERE j.name = $1 AND j.id = ANY($2::uuid[]) AND j.id = w.id AND j.state = 'active'
      AND (j.id::text || ':' || j.retry_count::text) = ANY($3::text[])
    RETURNING j.id`;
}
