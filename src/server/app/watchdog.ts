import { join } from 'node:path';
import { createLoopFreezes, type LoopFreezes } from '../adapters/system/loop-freezes.ts';
import { readFreezes } from '../adapters/system/watchdog/report-file.ts';
import { createWatchdog } from '../adapters/system/watchdog/watchdog.ts';
import type { Config } from '../config.ts';
import type { LoopRecord } from '../core/loop-record.ts';
import type { Freeze } from '../core/ports/vitals.ts';
import type { World } from './world.ts';

/** The heartbeat of the event loop and the thread that watches it. */
export interface WatchdogPart {
  readonly freezes: LoopFreezes;
  record(): LoopRecord;
  /** Repeating is safe. */
  stop(): Promise<void>;
}

export const REPORTS = 'freezes.jsonl';

/** Begins at once; STATE_DIR exists and is ours. `program` is the worker's file. */
export function startWatchdog(
  world: World,
  config: Pick<Config, 'stateDir' | 'watchdog'>,
  program: URL,
): WatchdogPart {
  const { log, board } = world;
  const reportPath = join(config.stateDir, REPORTS);
  const earlier = readFreezes(reportPath);
  const onFreeze = ({ ms, running }: Freeze) =>
    log.warn({ ms: Math.round(ms), running }, 'the event loop stood still');
  const freezes = createLoopFreezes({ board, earlier, onFreeze });
  const watchdog = createWatchdog({ ...config.watchdog, board, program, reportPath, log });
  watchdog.start();
  observe(world, freezes);
  sayHowItEnded(world, earlier[0]);
  return {
    freezes,
    record: watchdog.record,
    async stop() {
      freezes.stop();
      await watchdog.stop();
    },
  };
}

function observe({ metrics }: World, freezes: LoopFreezes): void {
  metrics.observe(
    'adit_event_loop_freezes',
    'The last times the event loop stood still for more than 100 ms, by how that ended; earlier starts included.',
    ['end'],
    () =>
      (['went-on', 'watchdog', 'lost'] as const).map((end) => ({
        labels: { end },
        value: freezes.read().filter((freeze) => freeze.end === end).length,
      })),
  );
}

/** The watchdog could only write; the log of this life says it once more, with what was running. */
function sayHowItEnded({ log }: World, last: Freeze | undefined): void {
  if (last === undefined || last.end === 'went-on') return;
  const { at, ms, running, end } = last;
  log.error(
    { at: new Date(at).toISOString(), ms, running, end },
    'an earlier run ended while its event loop stood still',
  );
}
