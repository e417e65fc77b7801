import type { Filters, Page } from '../models.ts';

/** `waiting`: ready or to come; `retry`: failed and to be tried again; `dead`: given up. */
export type JobState = 'waiting' | 'active' | 'retry' | 'dead' | 'done' | 'cancelled';
/** `stuck` is a tab of its own: jobs of any state that somebody should look at. */
export type JobTab = 'stuck' | JobState;

export interface JobRow {
  readonly id: string;
  readonly queue: string;
  readonly state: JobState;
  readonly stuck: boolean;
  readonly attempt: number;
  readonly maxAttempts: number;
  /** The peer or node it is about; null: none. */
  readonly subject: string | null;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  /** When it is tried next, while it waits. */
  readonly nextAt: number | null;
  readonly lastError: string | null;
}

/** Filters: `state` (a tab), `queue`, `q`. */
export interface JobsModel {
  readonly tab: JobTab;
  /** Null: not counted. `estimated`: from the statistics of the database, and said to be. */
  readonly tabs: readonly {
    readonly tab: JobTab;
    readonly count: number | null;
    readonly estimated?: boolean;
  }[];
  readonly queues: readonly string[];
  readonly filters: Filters;
  readonly page: Page<JobRow>;
}

export interface JobModel {
  readonly job: JobRow;
  /** Indented JSON. */
  readonly payload: string;
  /** What the last try answered or threw; indented JSON. */
  readonly output: string | null;
  /** The page of what it is about. */
  readonly subjectHref: string | null;
  readonly heartbeatAt: number | null;
  readonly can: { readonly retry: boolean; readonly cancel: boolean; readonly discard: boolean };
}
