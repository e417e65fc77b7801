import type { Reading } from '../../../core/ports/vitals.ts';

/** What may be shown as true now: an answer that is too old is no answer. */
export const known = <T>({ value, stale }: Reading<T>): T | null => (stale ? null : value);

/** A tenth of a millisecond is what a reader can use; finer ones would move the page for nothing. */
export const tenth = (ms: number): number => Math.round(ms * 10) / 10;
