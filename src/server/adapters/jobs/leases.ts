import { JOB_KINDS } from '../../core/job-kinds.ts';
import type { JobKind } from '../../core/ports/jobs.ts';
import { type Claim, type ClaimWrites, claimKey } from './claims.ts';
import type { JobsDatabase } from './database.ts';
import type { JobError } from './job-error.ts';

/**
 * Keeps the leases of this process and ends those of processes that are gone. The clock may be set back: times that are
 * ahead of it were written before that and count as over.
 */
export interface Leases {
  /**
   * Renews what is held, and only then gives back what nobody renewed. What waits by a clock that was set back waits
   * no longer than it had left. Returns how many were given back.
   */
  sweep(held: readonly Claim[]): Promise<number>;
  /** Gives back at once every active job of the kind that is not among `held`. */
  rescue(kind: JobKind, held: readonly Claim[]): Promise<number>;
}

export interface LeasesDeps {
  readonly database: JobsDatabase;
  readonly writes: ClaimWrites;
  readonly schema: string;
  readonly leaseSeconds: number;
}

const LEASE_OVER: JobError = { code: 'timeout', message: 'The lease of the job ran out.' };
const HOLDER_GONE: JobError = { code: 'unavailable', message: 'The process that held the job is gone.' };
const PAGE = 1_000;
/** Clocks of two servers, or of a server before and after a correction, differ by less than this. */
const AHEAD = "interval '5 seconds'";

export function createLeases({ database, writes, schema, leaseSeconds }: LeasesDeps): Leases {
  async function lost(kinds: readonly JobKind[], seconds: number, held: readonly Claim[]) {
    const values = [kinds, seconds, held.map(claimKey), PAGE];
    const rows = await database.execute(lostClaims(schema), values);
    return rows as unknown as readonly Claim[];
  }

  /** Page by page: a rescued job is active no more, so each page is new. */
  async function giveBack(
    find: () => Promise<readonly Claim[]>,
    error: JobError,
    retryAfterMs: number | undefined,
  ): Promise<number> {
    let count = 0;
    for (;;) {
      const claims = await find();
      let page = 0;
      for (const [kind, group] of Map.groupBy(claims, (claim) => claim.kind)) {
        page += await writes.fail(
          kind,
          group.map((claim) => ({ ...claim, error, retryAfterMs })),
        );
      }
      count += page;
      if (claims.length < PAGE || page === 0) return count;
    }
  }

  return {
    async sweep(held) {
      for (const [kind, claims] of Map.groupBy(held, (claim) => claim.kind)) {
        await writes.keepAlive(kind, claims);
      }
      await database.execute(waitAnew(schema), [JOB_KINDS]);
      // With backoff: the job may be what ended its process.
      return giveBack(() => lost(JOB_KINDS, leaseSeconds, held), LEASE_OVER, undefined);
    },
    rescue: (kind, held) => giveBack(() => lost([kind], 0, held), HOLDER_GONE, 0),
  };
}

/** Served by job_common_i6 (name, key), which holds the live jobs of our kinds only: finished ones cost nothing. */
function lostClaims(schema: string): string {
  return `
    SELECT name AS kind, id, retry_count AS "retryCount"
    FROM ${schema}.job
    WHERE name = ANY($1::text[]) AND policy = 'exclusive' AND state = 'active'
      AND (heartbeat_on <= ${schema}.job_now() - $2::float8 * interval '1 second'
           OR heartbeat_on > ${schema}.job_now() + ${AHEAD})
      AND NOT (id::text || ':' || retry_count::text) = ANY($3::text[])
    LIMIT $4::int`;
}

/**
 * A job that waits keeps the time it was last touched: made, taken, or let go. When that is ahead of the clock, the
 * clock was set back, and its start would be as far away as the step. Served by job_common_i6.
 */
function waitAnew(schema: string): string {
  return `
    UPDATE ${schema}.job j
    SET start_after = w.now + GREATEST(j.start_after - w.touched, interval '0'),
        created_on = LEAST(j.created_on, w.now),
        started_on = LEAST(j.started_on, w.now),
        heartbeat_on = LEAST(j.heartbeat_on, w.now)
    FROM (
      SELECT name, id, ${schema}.job_now() AS now, GREATEST(created_on, started_on, heartbeat_on) AS touched
      FROM ${schema}.job
      WHERE name = ANY($1::text[]) AND policy = 'exclusive' AND state < 'active'
    ) w
    WHERE j.name = w.name AND j.id = w.id AND j.state < 'active' AND w.touched > w.now + ${AHEAD}`;
}
