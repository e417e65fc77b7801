import type { Clock } from '../../core/ports/clock.ts';

/** Sleeps until the time is over or the signal comes, whichever is first; never throws. */
export async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  await clock.sleep(ms, signal).catch(() => undefined);
}
