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

type ScheduleWorld = Pick<World, 'clock' | 'log' | 'activity'>;

/**
 * Ticks by @elysiajs/cron; each tick enqueues one job and nothing else.
 *
 * Policy. A period is time that passed, measured by the clock that never goes back: neither summer time nor a step of
 * the wall clock silences a line or runs it twice. What was missed while nothing ran, be it one period or a
 * hundred, is made up for once: every line runs within a second of the start. A job that could not be enqueued is
 * tried again after five seconds, or after the period where that is shorter.
 */
export function createSchedule(
  world: ScheduleWorld,
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

/**
 * Once a second, and no more is asked of croner. Its `interval` counts wall time anew at each of its own looks, at
 * most 30 s apart: a longer one never comes round. A fixed offset, because in local time the night when clocks are set
 * back holds its next second off by an hour; croner takes 0 for "none".
 */
const EVERY_SECOND = { pattern: '* * * * * *', utcOffset: 60, protect: true };
/** Ticks come up to this much early or late. Milliseconds. */
const SLACK_MS = 500;
const RETRY_MS = 5_000;

function createLine(
  { clock, log, activity }: ScheduleWorld,
  jobs: Pick<JobRunner, 'enqueue' | 'wake'>,
  line: ScheduledJob,
) {
  const periodMs = line.everySeconds * 1000;
  const name = `schedule:${line.name}`;
  const book = createLoopBook({ name, clock, redAfterMs: periodMs + LOOP_RED_MS });
  let dueMs = -Infinity;
  let stop: (() => void) | null = null;

  async function tick(): Promise<void> {
    const now = clock.monotonicMs();
    if (now < dueMs - SLACK_MS) return book.turned();
    try {
      activity.began('schedule', line.name);
      await jobs.enqueue([line.job]);
      jobs.wake(line.job.kind);
      dueMs = now + periodMs;
      book.succeeded();
    } catch (error) {
      dueMs = clock.monotonicMs() + Math.min(periodMs, RETRY_MS);
      const failuresInRow = book.failed();
      log.warn({ line: line.name, failuresInRow, error }, 'a line of the schedule could not enqueue its job');
    }
    book.turned();
  }

  return {
    start() {
      // From here on it can be late.
      book.succeeded();
      // `protect` keeps a slow enqueue from piling up.
      const { store } = new Elysia().use(cron({ name: line.name, ...EVERY_SECOND, run: tick }));
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
