import {
  BrokenCircuitError,
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleType,
  type IBackoffFactory,
} from 'cockatiel';
import { AppError } from '../../core/errors.ts';
import type { Breaker, BreakerState, Breakers, Settled, Verdict } from '../../core/ports/breaker.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Metrics } from '../../core/ports/metrics.ts';

export interface BreakersDeps {
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Failures in a row that open a breaker. Default 5. */
  readonly threshold?: number;
  /** How long an open breaker waits before it lets one probe through. Default 10 s. */
  readonly halfOpenAfterMs?: number;
}

/** One breaker per name, made when first asked for, by cockatiel. Nothing to stop: it holds no timer. */
export function createBreakers(deps: BreakersDeps): Breakers {
  const byName = new Map<string, Breaker>();
  return {
    for(name, options = {}) {
      const known = byName.get(name) ?? createBreaker(name, { ...deps, ...options });
      byName.set(name, known);
      return known;
    },
    states: () => [...byName].map(([name, breaker]) => ({ name, state: breaker.state })),
  };
}

function createBreaker(name: string, deps: BreakersDeps): Breaker {
  const halfOpenAfterMs = deps.halfOpenAfterMs ?? 10_000;
  const policy = circuitBreaker(handleType(CountedFailure), {
    breaker: new ConsecutiveBreaker(deps.threshold ?? 5),
    halfOpenAfter: waitBy(deps.clock, halfOpenAfterMs),
  });
  let openedAtMs = 0;
  policy.onBreak(() => {
    openedAtMs = deps.clock.monotonicMs();
  });
  // cockatiel stays open until somebody calls. Readiness must not: a call nobody needs is no trouble of anybody's.
  const state = () => {
    const waited = deps.clock.monotonicMs() - openedAtMs >= halfOpenAfterMs;
    return policy.state === CircuitState.Open && waited ? 'half_open' : stateName(policy.state);
  };
  deps.metrics.breaker(name, () => state() === 'open');
  report(name, policy, deps);
  return {
    get state() {
      return state();
    },
    async run(work, judge) {
      // cockatiel would let the others wait for the probe, past their own deadlines.
      if (policy.state === CircuitState.HalfOpen) throw isOpen(name);
      const ended = await execute(policy, name, work, judge);
      if (ended.ok) return ended.value;
      throw ended.error;
    },
  };
}

/** Carries an ending through cockatiel, which tells success from failure only by what is thrown. */
class CountedFailure<T> extends Error {
  constructor(readonly ended: Settled<T>) {
    super('counted by the breaker');
  }
}

class Uncounted<T> extends Error {
  constructor(readonly ended: Settled<T>) {
    super('not counted by the breaker');
  }
}

async function execute<T>(
  policy: CircuitBreakerPolicy,
  name: string,
  work: () => Promise<T>,
  judge: (ended: Settled<T>) => Verdict,
): Promise<Settled<T>> {
  try {
    return await policy.execute(async () => {
      const ended = await settle(work);
      const verdict = judge(ended);
      if (verdict === 'well') return ended;
      // An uncounted error would close a half-open breaker, and a probe called off proves nothing.
      if (verdict === 'unknown' && policy.state === CircuitState.Closed) throw new Uncounted(ended);
      throw new CountedFailure(ended);
    });
  } catch (error) {
    if (error instanceof CountedFailure || error instanceof Uncounted) return error.ended as Settled<T>;
    if (error instanceof BrokenCircuitError) throw isOpen(name);
    throw error;
  }
}

async function settle<T>(work: () => Promise<T>): Promise<Settled<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, error };
  }
}

/**
 * A wait that follows our own clock. cockatiel compares `duration` with wall time each time it is called; after a
 * step of the wall clock to the past it would stay open for as long as the step.
 */
function waitBy(clock: Clock, ms: number): IBackoffFactory<unknown> {
  return {
    next() {
      const openedAt = clock.monotonicMs();
      return {
        get duration() {
          return clock.monotonicMs() - openedAt >= ms ? -Infinity : Infinity;
        },
        next: () => waitBy(clock, ms).next(undefined),
      };
    },
  };
}

function report(name: string, policy: CircuitBreakerPolicy, deps: Pick<BreakersDeps, 'log'>): void {
  policy.onBreak(() => deps.log.warn({ call: name }, 'breaker opened'));
  policy.onReset(() => deps.log.info({ call: name }, 'breaker closed'));
}

function isOpen(name: string): AppError {
  const details = { reason: 'breaker_open', call: name };
  return new AppError('unavailable', 'This service has been failing; it is tried again shortly.', {
    details,
  });
}

function stateName(state: CircuitState): BreakerState {
  if (state === CircuitState.Closed) return 'closed';
  return state === CircuitState.HalfOpen ? 'half_open' : 'open';
}
