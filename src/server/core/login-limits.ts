/** Tries that failed, counted under one key. */
export interface Tries {
  readonly failures: number;
  readonly lastFailedAt: Date;
  /** Null: the next try may come at once. */
  readonly blockedUntil: Date | null;
}

export type Admission =
  | { readonly kind: 'wait'; readonly until: Date }
  /** `tries` counts this try as failed already; it is taken back when it turns out right. */
  | { readonly kind: 'go'; readonly tries: Tries };

const SECOND_MS = 1000;
/** Everybody mistypes. */
const FREE_TRIES = 5;
const LONGEST_WAIT_MS = 15 * 60 * SECOND_MS;
/** After so long without a failure all is forgotten; well above the longest wait. */
const FORGOTTEN_AFTER_MS = 60 * 60 * SECOND_MS;

/** None for the first five, then 1 s, 2 s, 4 s … up to 15 minutes. */
export function waitAfter(failures: number): number {
  if (failures < FREE_TRIES) return 0;
  return Math.min(SECOND_MS * 2 ** (failures - FREE_TRIES), LONGEST_WAIT_MS);
}

/**
 * Whether a try may be made now. It is counted before it is made, so that fifty at once are counted fifty times and not
 * once.
 */
export function admitTry(before: Tries | null, now: Date): Admission {
  const known = before !== null && now.getTime() - before.lastFailedAt.getTime() < FORGOTTEN_AFTER_MS;
  if (known && before.blockedUntil !== null && before.blockedUntil > now) {
    return { kind: 'wait', until: before.blockedUntil };
  }
  const failures = (known ? before.failures : 0) + 1;
  const waitMs = waitAfter(failures);
  const blockedUntil = waitMs === 0 ? null : new Date(now.getTime() + waitMs);
  return { kind: 'go', tries: { failures, lastFailedAt: now, blockedUntil } };
}

/** The try was right after all. What failed before it still counts. */
export function takeBack(tries: Tries): Tries {
  return { ...tries, failures: Math.max(0, tries.failures - 1), blockedUntil: null };
}

/** Worth a line in the audit: the moment strangers begin to be slowed down, and every tenth failure after it. */
export const isBurst = (failures: number): boolean => failures === FREE_TRIES || failures % 10 === 0;
