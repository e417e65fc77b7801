import type { Overview } from '../models/overview.ts';

/** Lists that say when they are not what they were; each is compared by a mark the badge carries on every page. */
export type Watched = 'peers' | `jobs-${string}`;

/** Counts the overview knows anyway, by the attribute they stand in; what could not be read has none. */
export function marksOf({ headline, jobs }: Overview): Readonly<Record<`data-${Watched}`, string>> {
  const marks: Record<`data-${Watched}`, string> = {} as never;
  if (headline.peersWanted !== null) {
    marks['data-peers'] = `${headline.peersWanted} ${headline.peersApplied}`;
  }
  if (jobs !== null) {
    marks['data-jobs-stuck'] = String(jobs.stuckTotal);
    for (const { state, count } of jobs.counts) marks[`data-jobs-${state}`] = String(count);
  }
  return marks;
}
