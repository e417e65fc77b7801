import type { HeldJob, JobKind, JobKinds } from '../../core/ports/jobs.ts';
import type { Claim } from './claims.ts';
import { describeJobError } from './job-error.ts';
import { KIND_RULES } from './kinds.ts';
import type { Outcome, Settler } from './settler.ts';

interface Entry {
  readonly claim: Claim;
  settling: Promise<void> | null;
}

/** The jobs of one kind this process has in hand. */
export interface Holding<K extends JobKind> {
  readonly size: number;
  hold(claim: Claim, data: JobKinds[K]): HeldJob<K>;
  /** For rows nobody can handle. */
  reject(claim: Claim, error: unknown): Promise<void>;
  claims(): readonly Claim[];
  /** Gives everything back that is not being settled. */
  releaseAll(): Promise<void>;
  /** Resolves when nothing is held. */
  empty(): Promise<void>;
}

/** `freed` is called each time a job leaves the hand. */
export function createHolding<K extends JobKind>(kind: K, settler: Settler, freed: () => void): Holding<K> {
  const entries = new Set<Entry>();
  let waiters: (() => void)[] = [];

  function settle(entry: Entry, outcome: Outcome): Promise<void> {
    entry.settling ??= settler.settle(entry.claim, outcome).finally(() => letGo(entry));
    return entry.settling;
  }

  function letGo(entry: Entry): void {
    entries.delete(entry);
    freed();
    if (entries.size > 0) return;
    for (const resolve of waiters) resolve();
    waiters = [];
  }

  function take(claim: Claim): Entry {
    const entry: Entry = { claim, settling: null };
    entries.add(entry);
    return entry;
  }

  return {
    get size() {
      return entries.size;
    },
    hold(claim, data) {
      const entry = take(claim);
      return {
        id: claim.id,
        kind,
        data,
        attempt: claim.retryCount + 1,
        isLast: claim.retryCount >= KIND_RULES[kind].retryLimit,
        complete: () => settle(entry, { type: 'complete' }),
        fail: (error, retryAfterMs) => settle(entry, failure(error, retryAfterMs)),
        postpone: (afterMs) => settle(entry, { type: 'release', afterMs }),
      };
    },
    reject: (claim, error) => settle(take(claim), failure(error, undefined)),
    claims: () => [...entries].map((entry) => entry.claim),
    async releaseAll() {
      await Promise.all([...entries].map((entry) => settle(entry, { type: 'release', afterMs: 0 })));
    },
    async empty() {
      if (entries.size > 0) await new Promise<void>((resolve) => waiters.push(resolve));
    },
  };
}

/** What an error says about repeating is for its caller; a job backs off, or a long outage would use up its tries. */
function failure(error: unknown, retryAfterMs: number | undefined): Outcome {
  return { type: 'fail', error: describeJobError(error), retryAfterMs };
}
