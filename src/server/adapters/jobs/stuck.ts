/**
 * When somebody should look at a job: it is active past its lease, or for very long; it was ready longer than the
 * target and nobody took it; or it has been failing for very long. Dead jobs are told apart, by their queue.
 */

/** Ready for longer than this without being taken. */
const READY_TARGET_SECONDS = 60;
/** Running, or failing again and again, for longer than this. */
const LONG_SECONDS = 600;

const before = (now: string, seconds: number) => `${now} - interval '${seconds} seconds'`;

/** SQL conditions over pg-boss' job table; `now` is an SQL expression. */
export const waitingTooLong = (now: string): string =>
  `(start_after < ${before(now, READY_TARGET_SECONDS)}
    OR (state = 'retry' AND created_on < ${before(now, LONG_SECONDS)}))`;

export const activeTooLong = (now: string): string =>
  `(heartbeat_on + heartbeat_seconds * interval '1 second' < ${now}
    OR started_on < ${before(now, LONG_SECONDS)})`;
