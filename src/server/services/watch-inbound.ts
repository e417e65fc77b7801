import type { Clock } from '../core/ports/clock.ts';
import type { NewJob } from '../core/ports/jobs.ts';
import type { Log } from '../core/ports/log.ts';
import { createSupervisedLoop, type SupervisedLoop } from '../core/supervised-loop.ts';

export interface WatchInboundDeps {
  /** Which start of the server is running now. One small call. */
  look(signal: AbortSignal): Promise<string>;
  /** The start a whole comparison last made right; null: none since this process began. */
  comparedBoot(): string | null;
  /** Whether comparing is ours to ask for. */
  holdsNode(): boolean;
  enqueue(job: NewJob): Promise<void>;
  readonly job: NewJob;
  readonly clock: Clock;
  readonly log: Log;
}

/** With a comparison that follows at once, users are back within five seconds of the server's start (F-W8). */
const LOOK_EVERY_MS = 1000;

/**
 * An Xray that was started anew has forgotten everybody: a comparison is asked for at once, and again each second until
 * one has been made with that start. Asking is by a job with a singleton key, so that they never pile up.
 */
export function createWatchInbound(deps: WatchInboundDeps): SupervisedLoop {
  let said: string | null = null;

  async function turn(signal: AbortSignal): Promise<void> {
    if (!deps.holdsNode()) return;
    const boot = await deps.look(signal);
    if (boot === deps.comparedBoot()) return;
    if (boot !== said) deps.log.info({ boot }, 'a new start of Xray: its users are put back');
    said = boot;
    await deps.enqueue(deps.job);
  }

  const { clock, log } = deps;
  return createSupervisedLoop({ name: 'xray:watch', pause: LOOK_EVERY_MS, clock, log, work: turn });
}
