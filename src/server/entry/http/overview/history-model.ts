import type { HistoryModel, HistoryName, HistorySpan } from '../../../../views/dashboard/models/overview.ts';
import type { Series, SeriesName, VitalsView } from '../../../core/ports/vitals.ts';
import { loopRow } from './panels.ts';

/** Which numbers a history draws; the names of the lines are those the page has words for. */
const LINES: Readonly<Record<HistoryName, readonly (readonly [name: string, series: SeriesName])[]>> = {
  database: [
    ['inUse', 'pool-in-use'],
    ['waiting', 'pool-waiting'],
  ],
  jobs: [
    ['jobsWaiting', 'jobs-waiting'],
    ['active', 'jobs-active'],
    ['stuck', 'jobs-stuck'],
  ],
  loop: [
    ['p99', 'loop-p99'],
    ['max', 'loop-max'],
  ],
  calls: [
    ['rate', 'calls-per-minute'],
    ['failures', 'calls-failed'],
  ],
  bot: [
    ['updates', 'updates-per-minute'],
    ['p95', 'update-p95'],
  ],
  pools: [
    ['leased', 'addresses-leased'],
    ['free', 'addresses-free'],
  ],
};

export const HISTORIES = Object.keys(LINES) as readonly HistoryName[];

export const isHistoryName = (text: string): text is HistoryName => Object.hasOwn(LINES, text);

export function spanOf(text: string | null): HistorySpan {
  return text === '1h' || text === '24h' ? text : '5m';
}

/** The past from the first moment anything was measured; a program that has just begun has a short one. */
export function historyOf(
  view: VitalsView,
  series: HistoryName,
  span: HistorySpan,
  now: number,
): HistoryModel {
  const read = span === '5m' ? view.recent : view.daily;
  const lines = LINES[series].map(([name, from]) => ({ name, ...lastOf(read(from), span) }));
  const stepMs = lines[0]!.stepMs;
  const length = Math.max(...lines.map(({ values }) => known(values)));
  const newest = Math.floor(now / stepMs) * stepMs;
  return {
    series,
    span,
    at: Array.from({ length }, (_, index) => newest - (length - 1 - index) * stepMs),
    loops: series === 'loop' ? view.latest().loops.map(loopRow) : null,
    lines: lines.map(({ name, values }) => ({ name, values: length === 0 ? [] : values.slice(-length) })),
  };
}

const HOUR_MS = 3_600_000;

function lastOf({ values, stepMs }: Series, span: HistorySpan): Series {
  return { values: span === '1h' ? values.slice(-HOUR_MS / stepMs) : values, stepMs };
}

/** How many values there are from the first that is known. */
function known(values: Series['values']): number {
  const first = values.findIndex((value) => value !== null);
  return first < 0 ? 0 : values.length - first;
}
