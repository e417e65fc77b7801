import { createGroupCommit } from '../../core/group-commit.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { JobKind } from '../../core/ports/jobs.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Claim, ClaimWrites, FailedClaim, ReleasedClaim } from './claims.ts';
import type { JobError } from './job-error.ts';
import { pause } from './pause.ts';

export type Outcome =
  | { readonly type: 'complete' }
  | { readonly type: 'release'; readonly afterMs: number }
  | { readonly type: 'fail'; readonly error: JobError; readonly retryAfterMs: number | undefined };

export interface Settler {
  /**
   * Resolves when the outcome is in the database, or the claim was lost. A database that is away is tried again
   * for as long as the lease would last; then the log is told and the sweep gives the job back. Never rejects:
   * its caller could do nothing more.
   */
  settle(claim: Claim, outcome: Outcome): Promise<void>;
  /** No more repeats: what cannot be written now is given up. */
  close(): void;
}

export interface SettlerDeps {
  readonly writes: ClaimWrites;
  readonly clock: Clock;
  readonly log: Log;
  readonly leaseMs: number;
  readonly repeatMs: number;
  /** Told of jobs that this process has done, once it is in the database. */
  onDone?(kind: JobKind, count: number): void;
}

interface Settlement {
  readonly claim: Claim;
  readonly outcome: Outcome;
}

type Result = { readonly error: unknown } | null;

const MOST_AT_ONCE = 1_000;

/** Group commit: settlements that come while one statement is in flight go together in the next one. */
export function createSettler(deps: SettlerDeps): Settler {
  const closing = new AbortController();
  const commits = createGroupCommit<Settlement, Result>((items) => writeAll(deps, items), MOST_AT_ONCE);
  return {
    async settle(claim, outcome) {
      const end = deps.clock.monotonicMs() + deps.leaseMs;
      for (;;) {
        const failure = await commits.submit({ claim, outcome });
        if (failure === null) return;
        if (closing.signal.aborted || deps.clock.monotonicMs() >= end)
          return giveUp(deps.log, claim, failure.error);
        await pause(deps.clock, deps.repeatMs, closing.signal);
      }
    },
    close: () => closing.abort(),
  };
}

function giveUp(log: Log, claim: Claim, error: unknown): void {
  log.error({ queue: claim.kind, job: claim.id, error }, 'a job could not be settled and will come again');
}

/** Groups are written apart, so that one the database refuses does no harm to its neighbours. */
async function writeAll(deps: SettlerDeps, items: readonly Settlement[]): Promise<readonly Result[]> {
  const results = new Map<Settlement, Result>();
  for (const group of Map.groupBy(items, groupOf).values()) {
    const result = await writeGroup(deps, group);
    for (const item of group) results.set(item, result);
  }
  return items.map((item) => results.get(item) ?? null);
}

const groupOf = ({ claim, outcome }: Settlement): string => `${claim.kind} ${outcome.type}`;

async function writeGroup(deps: SettlerDeps, group: readonly Settlement[]): Promise<Result> {
  const first = group[0];
  if (first === undefined) return null;
  try {
    const written = await write(deps.writes, first.claim.kind, first.outcome.type, group);
    reportLost(deps.log, first.claim.kind, group.length - written);
    if (first.outcome.type === 'complete') deps.onDone?.(first.claim.kind, written);
    return null;
  } catch (error) {
    deps.log.warn({ queue: first.claim.kind, jobs: group.length, error }, 'jobs could not be settled yet');
    return { error };
  }
}

function write(
  writes: ClaimWrites,
  kind: JobKind,
  type: Outcome['type'],
  group: readonly Settlement[],
): Promise<number> {
  const claims = group.map((item) => item.claim);
  if (type === 'complete') return writes.complete(kind, claims);
  if (type === 'release') return writes.release(kind, group.flatMap(releasedClaim));
  return writes.fail(kind, group.flatMap(failedClaim));
}

function failedClaim({ claim, outcome }: Settlement): readonly FailedClaim[] {
  if (outcome.type !== 'fail') return [];
  return [{ ...claim, error: outcome.error, retryAfterMs: outcome.retryAfterMs }];
}

function releasedClaim({ claim, outcome }: Settlement): readonly ReleasedClaim[] {
  return outcome.type === 'release' ? [{ ...claim, afterMs: outcome.afterMs }] : [];
}

function reportLost(log: Log, queue: JobKind, lost: number): void {
  if (lost > 0) log.warn({ queue, lost }, 'jobs were settled after their lease had gone to another');
}
