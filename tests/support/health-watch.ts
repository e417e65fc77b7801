/** Asks /healthz all the time a fault lasts, and remembers the worst. */
import type { AditProcess } from './adit-process.ts';
import { eventually } from './eventually.ts';

export interface HealthReport {
  readonly asked: number;
  readonly failed: number;
  /** Longest answer, in milliseconds. */
  readonly worstMs: number;
}

export interface HealthWatch {
  /** Ends the watch. */
  report(): Promise<HealthReport>;
}

const LONGEST_WATCH_MS = 120_000;

export function watchHealth(adit: AditProcess): HealthWatch {
  let over = false;
  const seen = { asked: 0, failed: 0, worstMs: 0 };
  const ask = async () => {
    const startedAt = performance.now();
    const ok = await adit.get('/healthz').then(
      ({ status }) => status === 200,
      () => false,
    );
    seen.asked += 1;
    if (!ok) seen.failed += 1;
    seen.worstMs = Math.max(seen.worstMs, performance.now() - startedAt);
    return over;
  };
  const watching = eventually(ask, { withinMs: LONGEST_WATCH_MS, everyMs: 40 });
  // A test that failed before its report must not fail the next one too.
  watching.catch(() => undefined);
  return {
    async report() {
      over = true;
      await watching;
      return seen;
    },
  };
}
