import { LOOP_RED_MS, type LoopRecord } from '../../src/server/core/loop-record.ts';
import type { CallRates, Reading, Vitals } from '../../src/server/core/ports/vitals.ts';

export const fresh = <T>(value: T): Reading<T> => ({ value, readAt: 0, stale: false });
export const stale = <T>(value: T): Reading<T> => ({ value, readAt: 0, stale: true });

export const NO_CALLS: CallRates = {
  perMinute: 0,
  failures: 0,
  total: 0,
  p95Ms: null,
  lastAt: null,
  lastFailure: null,
  history: [],
  historyStepMs: 5_000,
};

/** A loop that fares well, and what a test changes of it. */
export const loopRecord = (changes: Partial<LoopRecord> = {}): LoopRecord => ({
  name: 'some-loop',
  lastSuccessAgeMs: 100,
  failuresInRow: 0,
  restarts: 0,
  lastTurnAgeMs: 100,
  redAfterMs: LOOP_RED_MS,
  ...changes,
});

/** A program with which all is well, and what a test changes of it. */
export function calmVitals(changes: Partial<Vitals> = {}): Vitals {
  return {
    at: 1_000_000,
    database: {
      reachable: true,
      lastAnswerAgeMs: 10,
      problem: null,
      inUse: 2,
      idle: 1,
      waiting: 0,
      waitingMs: 0,
      max: 15,
    },
    loop: { p50Ms: 0.1, p99Ms: 1, maxMs: 3, freezes: [] },
    jobs: fresh({ counts: [], stuckTotal: 0, stuck: [] }),
    jobsDonePerMinute: 0,
    addresses: fresh([]),
    peers: fresh({ wanted: 10, applied: 10, late: 0, oldestLateMs: null }),
    operators: fresh({ withoutSecondFactor: 0 }),
    events: fresh([]),
    calls: [],
    bot: { mode: 'polling', state: 'running', lastAnswerAgeMs: 100, username: null, updates: NO_CALLS },
    nodes: [
      {
        id: 'local',
        held: true,
        lastRun: null,
        question: null,
        lastSuccessAgeMs: 1_000,
        everyMs: 60_000,
      },
    ],
    loops: [],
    ...changes,
  };
}
