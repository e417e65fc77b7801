import type { Slice, SliceRequest } from '../keyset.ts';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'fatal'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LogQuery {
  /** This level and worse. */
  readonly level: LogLevel;
  /** Part of a line, whatever the case; empty: all. */
  readonly q: string;
}

export interface LogRow {
  /** Rises with time; the key of paging. */
  readonly id: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly level: LogLevel;
  readonly message: string;
  /** The other fields as indented JSON; null: none. */
  readonly fields: string | null;
}

/** The last hour of this process's own log, as far as it fits: lines as they were printed, secrets gone. */
export interface LogHistory {
  /** Newest first. */
  list(query: LogQuery, page: SliceRequest, now: Date): Slice<LogRow>;
  /** Lines let go before their hour was over, because more came than are kept. */
  dropped(): number;
}
