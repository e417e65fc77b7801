import { monotonicNow } from '../libc.ts';

/**
 * Milliseconds of the machine's monotonic clock, the same in every thread: `performance.now()` of a thread counts from the
 * thread's own beginning, so the difference is taken once.
 */
const beginning = monotonicNow() - performance.now();

export const monotonicMs = (): number => beginning + performance.now();
