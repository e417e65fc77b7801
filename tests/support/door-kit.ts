import { createMetrics } from '../../src/server/adapters/metrics/metrics.ts';
import { createBreakers } from '../../src/server/adapters/resilience/breakers.ts';
import { systemClock } from '../../src/server/adapters/system/clock.ts';
import { systemRandom } from '../../src/server/adapters/system/random.ts';
import type { CallBook } from '../../src/server/core/call-rules.ts';
import type { Log } from '../../src/server/core/ports/log.ts';

export interface DoorKitOptions {
  readonly threshold?: number;
  readonly halfOpenAfterMs?: number;
}

/** What a door to the outside needs, all of it real; only the log says nothing. */
export function createDoorKit(options: DoorKitOptions = {}) {
  const clock = systemClock;
  const metrics = createMetrics({ clock });
  const log = silentLog();
  const breakers = createBreakers({ clock, metrics, log, ...options });
  return { clock, random: systemRandom, metrics, log, breakers, book: anyCall(60_000) };
}

export function silentLog(): Log {
  const log: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => log };
  return log;
}

/** Every name has a rule, with this deadline. */
export const anyCall = (limitMs: number): CallBook => ({ deadlineMs: () => limitMs });
