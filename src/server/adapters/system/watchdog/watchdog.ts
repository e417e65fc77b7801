import { Worker } from 'node:worker_threads';
import type { LoopRecord } from '../../../core/loop-record.ts';
import type { Log } from '../../../core/ports/log.ts';
import { BEAT_MS, FREEZE_MS } from '../loop-freezes.ts';
import type { Board } from './board.ts';
import type { WatchdogData } from './worker.ts';

/**
 * A thread that sees the event loop stand still while it stands, says so on standard error, and past `endMs` writes a
 * last report and ends the process, whatever the main thread is doing.
 */
export interface Watchdog {
  /** Starting twice is safe. Never throws: a program without its watchdog still serves. */
  start(): void;
  /** Repeating is safe, also before `start`. */
  stop(): Promise<void>;
  record(): LoopRecord;
}

export interface WatchdogOptions {
  readonly board: Board;
  /** The worker's file; in the compiled program its place among the entry points. */
  readonly program: URL;
  /** How long the loop may stand, in milliseconds; null: as long as it likes, it is only said. */
  readonly endMs: number | null;
  readonly reportPath: string;
  readonly log: Log;
}

const RESTART_MS = 1_000;
/** It looks every 50 ms; silent for this long, it is gone. */
const RED_AFTER_MS = 10_000;

export function createWatchdog({ board, program, endMs, reportPath, log }: WatchdogOptions): Watchdog {
  // A beat that comes in time is up to one step old.
  const data: WatchdogData = { memory: board.memory, alarmMs: FREEZE_MS + BEAT_MS, endMs, reportPath };
  let worker: Worker | null = null;
  let stopping = false;
  let restarts = 0;
  let restart: ReturnType<typeof setTimeout> | undefined;

  function begin(): void {
    worker = new Worker(program, { workerData: data, env: {} });
    worker.unref();
    worker.on('error', (error) => log.error({ error }, 'the watchdog failed'));
    worker.on('exit', again);
  }

  function again(): void {
    if (stopping) return;
    log.error({}, 'the watchdog ended; it is started again');
    restarts += 1;
    restart = setTimeout(begin, RESTART_MS);
    restart.unref();
  }

  return {
    start() {
      if (worker === null) begin();
    },
    async stop() {
      stopping = true;
      clearTimeout(restart);
      board.close();
    },
    record: () => ({
      name: 'watchdog',
      lastSuccessAgeMs: board.lookAgeMs(),
      lastTurnAgeMs: board.lookAgeMs(),
      failuresInRow: 0,
      restarts,
      redAfterMs: RED_AFTER_MS,
    }),
  };
}
