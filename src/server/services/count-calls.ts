import type { CallStatistics } from '../core/call-statistics.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Metrics } from '../core/ports/metrics.ts';
import { JOBS_DONE, UPDATES } from './sample-vitals.ts';

/** Outcomes that are trouble of ours, not of who wrote. */
const FAILED: ReadonlySet<string> = new Set(['failed', 'overloaded']);

/** The same metrics, counted in this process as well: pages show the last minutes, a scraper keeps the rest. */
export function countCalls(metrics: Metrics, statistics: CallStatistics, clock: Clock): Metrics {
  const moment = () => ({ at: clock.now().getTime(), monotonicMs: clock.monotonicMs() });
  return {
    ...metrics,
    call(name, seconds, reason) {
      metrics.call(name, seconds, reason);
      // A call the breaker refused took no time: it would make an outage look fast.
      const ms = reason === 'breaker_open' ? null : seconds * 1_000;
      statistics.record(name, { ms, reason: reason ?? null, ...moment() });
    },
    update(outcome, seconds) {
      metrics.update(outcome, seconds);
      const reason = FAILED.has(outcome) ? outcome : null;
      const ms = seconds === undefined ? null : seconds * 1_000;
      statistics.record(UPDATES, { ms, reason, ...moment() });
    },
  };
}

/** Jobs this process has done, counted for the last minutes. */
export function countDoneJobs(statistics: CallStatistics, clock: Clock): (count: number) => void {
  return (count) => {
    const done = { ms: null, reason: null, at: clock.now().getTime(), monotonicMs: clock.monotonicMs() };
    for (let each = 0; each < count; each += 1) statistics.record(JOBS_DONE, done);
  };
}
