import { AppError } from '../../src/server/core/errors.ts';
import type { Clock } from '../../src/server/core/ports/clock.ts';

/** Time that stands still until a test moves it. */
export interface ManualClock extends Clock {
  /** Moves both clocks on and fires every sleep and deadline that falls due, earliest first. */
  advance(ms: number): void;
  /** Somebody sets the machine's clock: the wall time moves, forth or back, and nothing else. */
  jump(ms: number): void;
}

interface Alarm {
  readonly at: number;
  ring(): void;
}

export function createManualClock(start: Date = new Date('2026-03-01T12:00:00Z')): ManualClock {
  let elapsed = 0;
  let jumped = 0;
  let alarms: Alarm[] = [];

  function setAlarm(ms: number, ring: () => void): () => void {
    const alarm = { at: elapsed + ms, ring };
    alarms.push(alarm);
    return () => {
      alarms = alarms.filter((each) => each !== alarm);
    };
  }

  return {
    now: () => new Date(start.getTime() + elapsed + jumped),
    monotonicMs: () => elapsed,
    sleep(ms, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      if (signal?.aborted) return Promise.reject(signal.reason);
      // Nothing has to pass: only the others get their turn.
      if (ms <= 0) return Promise.resolve();
      const cancel = setAlarm(ms, resolve);
      signal?.addEventListener('abort', () => {
        cancel();
        reject(signal.reason);
      });
      return promise;
    },
    deadline(ms, parent) {
      const own = new AbortController();
      setAlarm(ms, () => own.abort(new AppError('timeout', `Nothing came within ${ms} ms.`)));
      return parent === undefined ? own.signal : AbortSignal.any([own.signal, parent]);
    },
    jump(ms) {
      jumped += ms;
    },
    advance(ms) {
      elapsed += ms;
      const due = alarms.filter((each) => each.at <= elapsed).sort((a, b) => a.at - b.at);
      alarms = alarms.filter((each) => each.at > elapsed);
      for (const each of due) each.ring();
    },
  };
}
