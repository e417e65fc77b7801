import { AppError } from '../../core/errors.ts';
import type { Clock, Random } from '../../core/ports/clock.ts';
import type { MachineClock } from '../../core/ports/machine-clock.ts';
import { type BootSample, firstSeen, type KnownBoot, seenAgain } from './boot.ts';
import type { InboundPlace } from './change-users.ts';
import { readUptime } from './server-state.ts';

export interface BootWatchDeps {
  readonly clock: Clock;
  readonly machineClock: MachineClock;
  readonly random: Random;
}

/** Tells starts of the server apart. One look at a time: answers must come in the order in which they were asked for. */
export interface BootWatch {
  /** The start that is running. `remembered` is what a file knows, for the first look of this process. */
  look(remembered: KnownBoot | null, signal: AbortSignal): Promise<KnownBoot>;
  /** What was just done was done to this start, and none of it to a later one. Throws AppError `unavailable` if not. */
  stillSame(before: KnownBoot, signal: AbortSignal): Promise<KnownBoot>;
}

export function createBootWatch(deps: BootWatchDeps, place: InboundPlace): BootWatch {
  let latest: KnownBoot | null = null;

  async function look(remembered: KnownBoot | null, signal: AbortSignal): Promise<KnownBoot> {
    const sample = await takeSample(deps, place, signal);
    const known = latest ?? remembered;
    latest = (known && seenAgain(known, sample)) ?? firstSeen(deps.random.uuid(), sample);
    return latest;
  }

  return {
    look,
    async stillSame(before, signal) {
      const after = await look(before, signal);
      if (after.id === before.id) return after;
      throw new AppError('unavailable', 'The Xray was started anew meanwhile.', {
        details: { reason: 'restarted' },
      });
    },
  };
}

async function takeSample(
  { clock, machineClock }: BootWatchDeps,
  place: InboundPlace,
  signal: AbortSignal,
): Promise<BootSample> {
  const sentAtMs = machineClock.nowMs();
  const stats = await readUptime(place, signal);
  const receivedAtMs = machineClock.nowMs();
  const { machineBoot } = machineClock;
  return { ...stats, machineBoot, sentAtMs, receivedAtMs, wallMs: clock.now().getTime() };
}
