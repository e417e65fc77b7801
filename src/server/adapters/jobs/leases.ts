import { JOB_KINDS } from '../../core/job-kinds.ts';
import type { JobKind } from '../../core/ports/jobs.ts';
import { type Claim, type ClaimWrites, claimKey } from './claims.ts';
import type { JobsDatabase } from './database.ts';
import type { JobError } from './job-error.ts';

/** Keeps the leases of this process and ends those of processes that are gone. */
export interface Leases {
  /** Renews what is held, and only then gives back what nobody renewed. Returns how many were given back. */
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
      AND heartbeat_on <= ${schema}.job_now() - $2::float8 * interval '1 second'
      AND NOT (id::text || ':' || retry_count::text) = ANY($3::text[])
    LIMIT $4::int`;
}
