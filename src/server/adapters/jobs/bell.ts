import type { Clock } from '../../core/ports/clock.ts';
import { pause } from './pause.ts';

/** Wakes one sleeper. A ring with nobody asleep is remembered, so none is lost between two waits. */
export interface Bell {
  ring(): void;
  /** Returns at the ring, after `ms`, or with the signal. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export function createBell(clock: Clock): Bell {
  let rung = false;
  let sleeper: AbortController | null = null;
  return {
    ring() {
      rung = true;
      sleeper?.abort();
    },
    async wait(ms, signal) {
      if (!rung && !signal.aborted) {
        const controller = new AbortController();
        const stop = () => controller.abort();
        sleeper = controller;
        signal.addEventListener('abort', stop, { once: true });
        await pause(clock, ms, controller.signal);
        signal.removeEventListener('abort', stop);
        sleeper = null;
      }
      rung = false;
    },
  };
}
