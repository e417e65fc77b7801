import type { LoopRecord } from '../core/loop-record.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Log } from '../core/ports/log.ts';

/** Does one piece of work again and again. A failure is counted and said, and the loop goes on. */
export interface TurnLoop {
  /** Starting twice is safe. */
  start(): void;
  /** Resolves when the running turn has ended. Repeating is safe. */
  stop(): Promise<void>;
  record(): LoopRecord;
}

export interface TurnLoopDeps {
  readonly name: string;
  /** From the end of one turn to the next, in milliseconds. */
  readonly pauseMs: number;
  readonly clock: Clock;
  readonly log: Log;
  work(signal: AbortSignal): void | Promise<void>;
}

/** The first of so many failures in a row is said, and each time that many more have come. */
const SAY_EVERY = 30;

export function createTurnLoop(deps: TurnLoopDeps): TurnLoop {
  const { name, clock, log } = deps;
  let stopping = new AbortController();
  let running: Promise<void> | null = null;
  let lastSuccess: number | null = null;
  let failuresInRow = 0;

  async function turn(signal: AbortSignal): Promise<void> {
    try {
      await deps.work(signal);
      lastSuccess = clock.monotonicMs();
      failuresInRow = 0;
    } catch (error) {
      if (failuresInRow % SAY_EVERY === 0) log.warn({ loop: name, error }, 'a loop failed and goes on');
      failuresInRow += 1;
    }
  }

  async function run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await turn(signal);
      await clock.sleep(deps.pauseMs, signal).catch(() => undefined);
    }
  }

  return {
    start() {
      if (running) return;
      stopping = new AbortController();
      running = run(stopping.signal);
    },
    async stop() {
      stopping.abort();
      await running;
      running = null;
    },
    record: () => ({
      name,
      lastSuccessAgeMs: lastSuccess === null ? null : clock.monotonicMs() - lastSuccess,
      failuresInRow,
    }),
  };
}
