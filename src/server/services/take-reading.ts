import type { Clock } from '../core/ports/clock.ts';
import type { Reading } from '../core/ports/vitals.ts';
import { within } from './within.ts';

/**
 * One question to the database, asked now and then. Asked again only when the last answer has come or failed, so that
 * a database that hangs is asked once and not once a second; the last answer stays, and is marked when it is old.
 */
export interface RepeatedReading<T> {
  /** Asks when it is time, and waits for the answer as long as a turn may take. Throws what the question threw. */
  turn(now: Date, signal: AbortSignal): Promise<void>;
  current(): Reading<T>;
}

export interface RepeatedReadingDeps<T> {
  readonly clock: Clock;
  readonly everyMs: number;
  /** A turn waits no longer; the question itself ends by the deadlines of the database. */
  readonly waitMs: number;
  read(now: Date): Promise<T>;
}

/** Answers older than so many turns are stale. */
const STALE_TURNS = 3;
const STALE_SLACK_MS = 2_000;
/** A question that takes long is asked less often: at most this share of the time goes into it. */
const LARGEST_SHARE = 0.02;

export function createRepeatedReading<T>(deps: RepeatedReadingDeps<T>): RepeatedReading<T> {
  const { clock } = deps;
  let value: T | null = null;
  let read: { readonly at: number; readonly monotonicMs: number } | null = null;
  let dueAt = Number.NEGATIVE_INFINITY;
  let everyMs = deps.everyMs;
  let asking: Promise<void> | null = null;

  async function ask(now: Date): Promise<void> {
    const startedAt = clock.monotonicMs();
    dueAt = startedAt + deps.everyMs;
    try {
      value = await deps.read(now);
      const finishedAt = clock.monotonicMs();
      everyMs = Math.max(deps.everyMs, (finishedAt - startedAt) / LARGEST_SHARE);
      dueAt = startedAt + everyMs;
      read = { at: now.getTime(), monotonicMs: finishedAt };
    } finally {
      asking = null;
    }
  }

  return {
    async turn(now, signal) {
      if (asking !== null || clock.monotonicMs() < dueAt) return;
      asking = ask(now);
      await within(clock.deadline(deps.waitMs, signal), asking);
    },
    current() {
      const ageMs = read === null ? Number.POSITIVE_INFINITY : clock.monotonicMs() - read.monotonicMs;
      const stale = ageMs > STALE_TURNS * everyMs + STALE_SLACK_MS;
      return { value, readAt: read?.at ?? null, stale };
    },
  };
}
