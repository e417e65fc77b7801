import type { LoopRecord } from '../../core/loop-record.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Log } from '../../core/ports/log.ts';

/** Keeps the record of one loop. */
export interface LoopRecorder {
  /** One turn: true when it went well. An error is counted and logged, never thrown. */
  turn(work: () => Promise<unknown>): Promise<boolean>;
  record(): LoopRecord;
}

const LOG_EVERY = 30;

export function createLoopRecorder(name: string, clock: Clock, log: Log): LoopRecorder {
  let lastSuccess: number | null = null;
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
    record: () => ({
      name,
      lastSuccessAgeMs: lastSuccess === null ? null : clock.monotonicMs() - lastSuccess,
      failuresInRow,
    }),
  };
}

/** A turn, a pause, again, until `signal`. */
export async function runEvery(
  everyMs: number,
  deps: { readonly clock: Clock; readonly recorder: LoopRecorder; readonly signal: AbortSignal },
  work: () => Promise<unknown>,
): Promise<void> {
  while (!deps.signal.aborted) {
    await deps.recorder.turn(work);
    await pause(deps.clock, everyMs, deps.signal);
  }
}

/** Sleeps until the time is over or the signal comes, whichever is first; never throws. */
export async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  await clock.sleep(ms, signal).catch(() => undefined);
}
