import type { Clock } from '../../src/server/core/ports/clock.ts';
import type { Vitals, VitalsView } from '../../src/server/core/ports/vitals.ts';
import { createVitalsHistory } from '../../src/server/services/vitals-history.ts';
import { calmVitals, fresh, NO_CALLS } from '../../tests/support/vitals.ts';

const NAMES = ['telegram.sendDocument', 'telegram.sendPhoto', 'telegram.getUpdates', 'wg.addconf', 'wg.dump'];

/** Vitals of a busy day, in which every number moves each second, with five minutes of past. */
export function busyVitals(clock: Clock): VitalsView & { next(): void } {
  const history = createVitalsHistory();
  let second = 0;
  let current = pictureOf(clock.now().getTime(), 0);

  function next(): void {
    second += 1;
    current = pictureOf(clock.now().getTime(), second);
    history.add(second * 1_000, current, {
      takeLongestLateMs: () => (second * 7) % 23,
      liveViewers: () => 1,
    });
  }

  for (let past = 0; past < 300; past += 1) next();
  return { latest: () => current, brief: history.brief, recent: history.recent, daily: history.daily, next };
}

function pictureOf(at: number, second: number): Vitals {
  const moves = (size: number) => Math.abs(Math.sin(second / 9) * size);
  const calm = calmVitals({ at });
  const rates = {
    ...NO_CALLS,
    perMinute: Math.round(moves(900)),
    p95Ms: moves(80),
    total: 4_000,
    history: Array.from({ length: 60 }, (_, index) => Math.round(moves(40) + index)),
  };
  const queues = ['apply-peer', 'reconcile-node', 'housekeeping'];
  return {
    ...calm,
    database: { ...calm.database, inUse: Math.round(moves(15)), idle: 3 },
    loop: {
      p50Ms: moves(2),
      p99Ms: moves(20),
      maxMs: moves(60),
      freezes: [{ at: at - 60_000, ms: 240, running: [], end: 'went-on' }],
    },
    jobs: fresh({
      counts: queues.map((queue) => ({ queue, state: 'created', count: Math.round(moves(500)) })),
      stuckTotal: 0,
      stuck: [],
    }),
    peers: fresh({ wanted: 10_000 + second, applied: 10_000 + second, late: 0, oldestLateMs: null }),
    events: fresh(
      Array.from({ length: 20 }, (_, index) => ({
        at: at - index * 1_000,
        tone: 'good' as const,
        kind: 'access-issued' as const,
        values: { name: `Device ${second - index}` },
        about: { kind: 'account' as const, id: String(1_000 + index) },
      })),
    ),
    calls: NAMES.map((name) => ({ name, breaker: 'closed' as const, refusingMs: null, rates })),
    bot: { ...calm.bot, updates: rates },
  };
}
