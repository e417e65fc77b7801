import { isPassing } from '../../core/errors.ts';
import { failureReason } from '../../core/outside-call.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Metrics } from '../../core/ports/metrics.ts';
import type { DatabaseCall } from './calls.ts';

/** Wraps a call so that its time and its failures are counted under its name. */
export type Timed = <A extends unknown[], T>(
  name: DatabaseCall,
  call: (...given: A) => Promise<T>,
) => (...given: A) => Promise<T>;

/** A refusal in SQL is an answer: only a server that did not give one has failed. */
export function createTimed({ metrics, clock }: { readonly metrics: Metrics; readonly clock: Clock }): Timed {
  return (name, call) =>
    async (...given) => {
      const startedAt = clock.monotonicMs();
      const seconds = () => (clock.monotonicMs() - startedAt) / 1000;
      try {
        const value = await call(...given);
        metrics.call(name, seconds());
        return value;
      } catch (error) {
        metrics.call(name, seconds(), isPassing(error) ? failureReason(error) : undefined);
        throw error;
      }
    };
}
