import type { LoopRecord } from '../core/loop-record.ts';
import type { Activity } from '../core/ports/activity.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Log } from '../core/ports/log.ts';
import type { Supervisor } from '../core/ports/supervisor.ts';
import { hangingLoops, type TurnLimits } from '../core/progress.ts';
import { createSupervisedLoop, type SupervisedLoop } from '../core/supervised-loop.ts';

/**
 * Tells the supervisor that the program gets on, from the main loop, so that a loop that stands tells nothing; and only
 * while the job runner and the database probe get on, so that a program that turns for nothing is started again too.
 * A database that is away is no reason to be killed: only a question that never ends is.
 */
export interface TellSupervisorDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly activity?: Activity;
  readonly supervisor: Pick<Supervisor, 'watchdog' | 'status'>;
  /** How long the supervisor waits for a word, in milliseconds; null: it does not. */
  readonly patienceMs: number | null;
  readonly limits: TurnLimits;
  loops(): readonly LoopRecord[];
  /** Empty while users are served, else why not. */
  reasons(): readonly string[];
}

const STATUS_EVERY_MS = 5_000;

export function createTellSupervisor(deps: TellSupervisorDeps): SupervisedLoop {
  const { clock, log, activity, supervisor, patienceMs } = deps;
  let startedAt: number | null = null;
  let saidHanging = '';

  function speak(hanging: readonly string[]): void {
    const names = hanging.join(', ');
    if (names !== saidHanging && names !== '')
      log.error({ loops: names }, 'loops hang: the supervisor is told no more');
    saidHanging = names;
    const [reason] = deps.reasons();
    supervisor.status(names === '' ? (reason ?? 'serving') : `hanging: ${names}`);
    if (names === '' && patienceMs !== null) supervisor.watchdog();
  }

  return createSupervisedLoop({
    name: 'supervisor',
    clock,
    log,
    activity,
    pause: Math.min(STATUS_EVERY_MS, (patienceMs ?? Number.POSITIVE_INFINITY) / 2),
    work() {
      startedAt ??= clock.monotonicMs();
      speak(hangingLoops(deps.loops(), deps.limits, clock.monotonicMs() - startedAt));
    },
  });
}
