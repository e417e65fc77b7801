import type { Slice, SliceRequest } from '../keyset.ts';
import type { SqlExecutor } from './sql-executor.ts';

export const JOB_TABS = ['stuck', 'waiting', 'active', 'retry', 'dead', 'done', 'cancelled'] as const;
/** `stuck`: live jobs somebody should look at, whatever their state. */
export type JobTab = (typeof JOB_TABS)[number];
/** `waiting`: ready or to come. `retry`: failed, to be tried again. `dead`: given up, waits for a person. */
export type JobState = Exclude<JobTab, 'stuck'>;

export interface JobQuery {
  readonly tab: JobTab;
  /** Null: all kinds. */
  readonly queue: string | null;
  /** A job's id, the peer it is about, or part of its last error; empty: all. */
  readonly q: string;
}

/** Moments are epoch milliseconds. */
export interface JobRow {
  readonly id: string;
  readonly queue: string;
  readonly state: JobState;
  readonly stuck: boolean;
  readonly attempt: number;
  readonly maxAttempts: number;
  /** The peer or node it is about. */
  readonly subject: string | null;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  /** When it is tried next, while it waits. */
  readonly nextAt: number | null;
  readonly lastError: string | null;
}

export interface JobDetail {
  readonly job: JobRow;
  readonly payload: unknown;
  readonly output: unknown;
  readonly heartbeatAt: number | null;
}

export interface JobTabCount {
  readonly tab: JobTab;
  /** Null: too many to count, and not estimated yet. */
  readonly count: number | null;
  /** From the statistics of the database: finished jobs are a million. */
  readonly estimated: boolean;
}

/** What one may look at. Newest first. */
export interface JobReader {
  readonly queues: readonly string[];
  list(query: JobQuery, page: SliceRequest, now: Date): Promise<Slice<JobRow>>;
  /** Exact for live jobs and for up to 10,000 finished ones. */
  counts(now: Date): Promise<readonly JobTabCount[]>;
  one(id: string, now: Date): Promise<JobDetail | null>;
  /** How many match, counted up to `most`. */
  count(query: JobQuery, most: number, now: Date): Promise<number>;
}

/** What an operator may do to jobs. Each leaves out those it does not fit, and answers how many it touched. */
export interface JobOperations {
  /** Runs them as soon as possible: waiting for their time, dead, or cancelled ones. Active and done ones never. */
  retry(ids: readonly string[]): Promise<number>;
  /** Waiting, failing or active. Work in hand goes on, and its end is not written. */
  cancel(ids: readonly string[]): Promise<number>;
  /** Forgets them for ever. Active ones are left. */
  discard(ids: readonly string[]): Promise<number>;
  /**
   * Up to `limit` jobs that match, the oldest first, from behind `after` on; locked until the transaction ends, and
   * without those somebody else has locked. `last` is where to go on; null: that was all.
   */
  matching(query: JobQuery, limit: number, after: readonly string[] | null, now: Date): Promise<JobBatch>;
}

export interface JobBatch {
  readonly ids: readonly string[];
  readonly last: readonly string[] | null;
}

/** The operations inside somebody's transaction. */
export type JobOperationsIn = (executor: SqlExecutor) => JobOperations;
