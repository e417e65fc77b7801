/** How a call ended, for a judge that must not care whether it threw. */
export type Settled<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: unknown };

/**
 * What one call says about the one that was called. `well`: it answered, even if the answer was a refusal.
 * `failing`: it did not. `unknown`: nobody can tell, as the caller itself called it off.
 */
export type Verdict = 'well' | 'failing' | 'unknown';

export type BreakerState = 'closed' | 'open' | 'half_open';

/** Stops calling someone who has failed several times in a row, and tries again now and then. */
export interface Breaker {
  /**
   * Runs `work` and hands back what it gave or threw. While open, and while the one probe of the half-open state is
   * in flight, it throws AppError `unavailable` at once (details.reason `breaker_open`) and `work` is not run.
   */
  run<T>(work: () => Promise<T>, judge: (ended: Settled<T>) => Verdict): Promise<T>;
  /** `open` only while calls are refused: once a probe may go it is `half_open`, though nobody has called yet. */
  readonly state: BreakerState;
}

export interface BreakerOptions {
  /** How long it stays open before one probe may go. Milliseconds. Default: as all others. */
  readonly halfOpenAfterMs?: number;
}

export interface Breakers {
  /**
   * The breaker of this name; the same one each time, as whoever asked first wanted it. Names are labels of metrics: a
   * short, closed set.
   */
  for(name: string, options?: BreakerOptions): Breaker;
  /** Every breaker asked for so far, by name: for pages and readiness. */
  states(): readonly { readonly name: string; readonly state: BreakerState }[];
}
