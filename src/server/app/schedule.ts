import { cron } from '@elysiajs/cron';
import { Elysia } from 'elysia';
import { LOOP_RED_MS, type LoopRecord } from '../core/loop-record.ts';
import type { JobRunner } from '../core/ports/jobs.ts';
import { createLoopBook } from '../core/supervised-loop.ts';
import type { ScheduledJob } from '../entry/schedule/table.ts';
import type { World } from './world.ts';

export interface Schedule {
  /** Starts ticking: a line begins at its `.use`, so nothing is built before. */
  start(): void;
  /** Repeating is safe. */
  stop(): void;
  records(): readonly LoopRecord[];
}

/** Ticks by @elysiajs/cron; each tick enqueues one job and nothing else. */
export function createSchedule(
  world: World,
  jobs: Pick<JobRunner, 'enqueue' | 'wake'>,
  table: readonly ScheduledJob[],
): Schedule {
  const lines = table.map((line) => createLine(world, jobs, line));
  return {
    start: () => {
      for (const line of lines) line.start();
    },
    stop: () => {
      for (const line of lines) line.stop();
    },
    records: () => lines.map((line) => line.record()),
  };
}

function createLine(world: World, jobs: Pick<JobRunner, 'enqueue' | 'wake'>, line: ScheduledJob) {
  const book = createLoopBook({
    name: `schedule:${line.name}`,
    clock: world.clock,
    redAfterMs: line.everySeconds * 1000 + LOOP_RED_MS,
  });
  let stop: (() => void) | null = null;

  async function tick(): Promise<void> {
    try {
      world.activity.began('schedule', line.name);
      await jobs.enqueue([line.job]);
      jobs.wake(line.job.kind);
      book.succeeded();
    } catch (error) {
      world.log.warn(
        { line: line.name, failuresInRow: book.failed(), error },
        'a line of the schedule could not enqueue its job',
      );
    }
    book.turned();
  }

  return {
    start() {
      // From here on it can be late.
      book.succeeded();
      // Every second, but no oftener than `interval`; `protect` keeps a slow enqueue from piling up.
      const settings = {
        name: line.name,
        pattern: '* * * * * *',
        interval: line.everySeconds,
        protect: true,
      };
      const { store } = new Elysia().use(cron({ ...settings, run: tick }));
      const job = store.cron[line.name as keyof typeof store.cron] as { stop(): void };
      stop = () => job.stop();
    },
    stop() {
      stop?.();
      stop = null;
    },
    record: book.record,
  };
}
