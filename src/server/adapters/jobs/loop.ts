import type { Clock } from '../../core/ports/clock.ts';
import type { Log } from '../../core/ports/log.ts';

/** How a loop does: a loop may be slow or fail for a while, but never silently. */
export interface LoopReport {
  readonly name: string;
  /** Since its last turn that went well, or since it was made. */
  readonly lastSuccessAgeMs: number;
  readonly failuresInRow: number;
}

export interface LoopRecord {
  /** One turn: true when it went well. An error is counted and logged, never thrown. */
  turn(work: () => Promise<unknown>): Promise<boolean>;
  report(): LoopReport;
}

const LOG_EVERY = 30;

export function createLoopRecord(name: string, clock: Clock, log: Log): LoopRecord {
  let lastSuccess = clock.monotonicMs();
  let failuresInRow = 0;

  function failed(error: unknown): void {
    failuresInRow += 1;
    if (failuresInRow % LOG_EVERY !== 1) return;
    log.warn({ loop: name, failuresInRow, error }, 'a loop of the job runner failed and goes on');
  }

  return {
    async turn(work) {
      try {
        await work();
        lastSuccess = clock.monotonicMs();
        failuresInRow = 0;
        return true;
      } catch (error) {
        failed(error);
        return false;
      }
    },
    report: () => ({ name, lastSuccessAgeMs: clock.monotonicMs() - lastSuccess, failuresInRow }),
  };
}

/** A turn, a pause, again, until `signal`. */
export async function runEvery(
  everyMs: number,
  deps: { readonly clock: Clock; readonly record: LoopRecord; readonly signal: AbortSignal },
  work: () => Promise<unknown>,
): Promise<void> {
  while (!deps.signal.aborted) {
    await deps.record.turn(work);
    await pause(deps.clock, everyMs, deps.signal);
  }
}

/** Sleeps until the time is over or the signal comes, whichever is first; never throws. */
export async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  await clock.sleep(ms, signal).catch(() => undefined);
}
