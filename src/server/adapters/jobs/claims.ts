import type { PgBoss } from 'pg-boss';
import type { JobKind } from '../../core/ports/jobs.ts';
import type { JobsDatabase } from './database.ts';
import type { JobError } from './job-error.ts';

/** One try of one job. Each taking has its own number, so a late settle never hits somebody else's try. */
export interface Claim {
  readonly kind: JobKind;
  readonly id: string;
  readonly retryCount: number;
}

export interface FailedClaim extends Claim {
  /** Comes again after this instead of the backoff's time. */
  readonly retryAfterMs: number | undefined;
}

/** The writes that end a claim or keep it alive. Each touches only claims still in force, answers how many. */
export interface ClaimWrites {
  complete(kind: JobKind, claims: readonly Claim[]): Promise<number>;
  /** One statement per distinct error, and one for the times of all. */
  fail(kind: JobKind, claims: readonly FailedClaim[], error: JobError): Promise<number>;
  /** Back to the queue as if never taken: the try is not counted. */
  release(kind: JobKind, claims: readonly Claim[]): Promise<number>;
  keepAlive(kind: JobKind, claims: readonly Claim[]): Promise<number>;
}

export const claimKey = (claim: Claim): string => `${claim.id}:${claim.retryCount}`;

export function createClaimWrites(boss: PgBoss, database: JobsDatabase, schema: string): ClaimWrites {
  return {
    complete: async (kind, claims) => affected(await boss.complete(kind, [...claims])),
    keepAlive: async (kind, claims) => affected(await boss.touch(kind, [...claims])),
    async fail(kind, claims, error) {
      const count = affected(await boss.fail(kind, [...claims], error));
      await database.execute(afterFailure(schema), [kind, JSON.stringify(claims.map(retryTime))]);
      return count;
    },
    async release(kind, claims) {
      const ids = claims.map((claim) => claim.id);
      return (await database.execute(release(schema), [kind, ids, claims.map(claimKey)])).length;
    },
  };
}

/** pg-boss answers it and declares it nowhere. */
function affected(response: unknown): number {
  return Number((response as { readonly affected?: unknown }).affected ?? 0);
}

function retryTime(claim: FailedClaim): Record<string, unknown> {
  return { id: claim.id, after_ms: claim.retryAfterMs ?? null };
}

/**
 * A failed try steps one back in priority, so that jobs which always fail never stand before fresh ones (F-J16);
 * and comes at its own time when one was asked for. Served by the primary key (name, id).
 */
function afterFailure(schema: string): string {
  return `
    UPDATE ${schema}.job j
    SET priority = j.priority - 1,
        start_after = CASE WHEN i.after_ms IS NULL THEN j.start_after
                           ELSE ${schema}.job_now() + i.after_ms * interval '1 millisecond' END
    FROM json_to_recordset($2::text::json) AS i (id uuid, after_ms float8)
    WHERE j.name = $1 AND j.id = i.id AND j.state = 'retry'`;
}

/** pg-boss counts a try when `started_on` is set already: cleared, the next taking has the same number. */
function release(schema: string): string {
  return `
    UPDATE ${schema}.job
    SET state = (CASE WHEN retry_count > 0 THEN 'retry' ELSE 'created' END)::${schema}.job_state,
        started_on = NULL,
        heartbeat_on = NULL
    WHERE name = $1 AND id = ANY($2::uuid[]) AND state = 'active'
      AND (id::text || ':' || retry_count::text) = ANY($3::text[])
    RETURNING id`;
}
