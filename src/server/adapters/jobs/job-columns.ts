import { AppError } from '../../core/errors.ts';
import { JOB_KINDS } from '../../core/job-kinds.ts';
import type { JobRow, JobState, JobTab } from '../../core/ports/job-desk.ts';
import { DEAD_LETTER } from './kinds.ts';
import { activeTooLong, waitingTooLong } from './stuck.ts';

/** One part of the table that a tab shows: rows of this state in this queue of pg-boss. */
export interface Part {
  readonly state: string;
  readonly name: string;
}

const EVERY_QUEUE: readonly string[] = [...JOB_KINDS, DEAD_LETTER];
const partsOf = (states: readonly string[], names: readonly string[]): readonly Part[] =>
  states.flatMap((state) => names.map((name) => ({ state, name })));

/**
 * Where a tab's jobs lie. Dead ones wait in their own queue, as failed when a redrive met a living twin there; the
 * failed original of a dead job is left out, as in report.jobs.
 */
export function partsOfTab(tab: JobTab, queue: string | null): readonly Part[] {
  const kinds = queue === null ? JOB_KINDS : [queue];
  switch (tab) {
    case 'stuck':
      return partsOf(['created', 'retry', 'active'], kinds);
    case 'waiting':
      return partsOf(['created'], kinds);
    case 'active':
      return partsOf(['active'], kinds);
    case 'retry':
      return partsOf(['retry'], kinds);
    case 'dead':
      return partsOf(['created', 'retry', 'failed'], [DEAD_LETTER]);
    case 'done':
      return partsOf(['completed'], kinds);
    case 'cancelled':
      return partsOf(['cancelled'], queue === null ? EVERY_QUEUE : kinds);
    default:
      throw new AppError('internal', `unknown tab ${tab satisfies never}`);
  }
}

/** SQL: whether somebody should look at job `j`; the same as `stuck` in report.jobs. `now` is an SQL expression. */
export const isStuck = (now: string): string => `(name <> '${DEAD_LETTER}' AND COALESCE(
  CASE WHEN state < 'active' THEN NOT blocked AND ${waitingTooLong(now)}
       WHEN state = 'active' THEN ${activeTooLong(now)} END, false))`;

/** SQL: what went wrong last, in its words. */
export const LAST_ERROR = "COALESCE(source_output, output)->>'message'";

/** SQL: the exact moment of creation as a key. */
export const CREATED_KEY = `to_char(created_on AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

const ms = (column: string) => `(extract(epoch from ${column}) * 1000)::float8`;
/** More of an error than this is for the job's own page. */
const MOST_ERROR = 300;

/** SQL: the columns of a row of the lists, from pg-boss' table. */
export const jobColumns = (now: string): string => `
  id, ${CREATED_KEY} AS created_key,
  CASE WHEN name = '${DEAD_LETTER}' THEN COALESCE(source_name, name) ELSE name END AS queue,
  CASE WHEN name = '${DEAD_LETTER}' AND state <> 'cancelled' THEN 'dead'
       WHEN state = 'created' THEN 'waiting'
       WHEN state = 'completed' THEN 'done'
       WHEN state = 'failed' THEN 'dead'
       ELSE state::text END AS state,
  ${isStuck(now)} AS stuck,
  CASE WHEN name = '${DEAD_LETTER}' THEN COALESCE(source_retry_count, 0) + 1
       WHEN started_on IS NULL THEN retry_count
       ELSE retry_count + 1 END AS attempt,
  CASE WHEN name = '${DEAD_LETTER}' THEN COALESCE(source_retry_count, 0) + 1
       ELSE retry_limit + 1 END AS max_attempts,
  COALESCE(data->>'peerId', data->>'nodeId') AS subject,
  ${ms('COALESCE(source_created_on, created_on)')} AS created_at,
  ${ms('started_on')} AS started_at,
  ${ms('completed_on')} AS finished_at,
  CASE WHEN state < 'active' AND name <> '${DEAD_LETTER}' THEN ${ms('start_after')} END AS next_at,
  left(${LAST_ERROR}, ${MOST_ERROR}) AS last_error`;

export function toJobRow(row: Record<string, unknown>): JobRow {
  return {
    id: String(row.id),
    queue: String(row.queue),
    state: row.state as JobState,
    stuck: row.stuck === true,
    attempt: Number(row.attempt),
    maxAttempts: Number(row.max_attempts),
    subject: textOrNull(row.subject),
    createdAt: Math.floor(Number(row.created_at)),
    startedAt: wholeOrNull(row.started_at),
    finishedAt: wholeOrNull(row.finished_at),
    nextAt: wholeOrNull(row.next_at),
    lastError: textOrNull(row.last_error),
  };
}

const textOrNull = (value: unknown) => (value === null ? null : String(value));
export const wholeOrNull = (value: unknown) => (value === null ? null : Math.floor(Number(value)));
