import { SERIES, type Series, type SeriesName, type Vitals } from '../core/ports/vitals.ts';
import { createSeriesBook } from '../core/series.ts';

/** Five minutes by the second and in short, and a day by the minute, of every number that has a past. */
export interface VitalsHistory {
  add(monotonicMs: number, vitals: Vitals, more: MoreNumbers): void;
  brief(name: SeriesName): Series;
  recent(name: SeriesName): Series;
  daily(name: SeriesName): Series;
  /** What the rings take, in bytes. */
  readonly bytes: number;
}

/** What is counted and not part of the picture. */
export interface MoreNumbers {
  takeLongestLateMs(): number;
  liveViewers(): number;
}

const GREATEST: ReadonlySet<SeriesName> = new Set([
  'pool-waiting',
  'loop-p99',
  'loop-max',
  'jobs-waiting',
  'jobs-stuck',
  'update-p95',
]);

export function createVitalsHistory(): VitalsHistory {
  const book = (stepMs: number, length: number) =>
    createSeriesBook({ names: SERIES, stepMs, length, greatest: GREATEST });
  const brief = book(5_000, 60);
  const recent = book(1_000, 300);
  const daily = book(60_000, 1_440);
  const books = [brief, recent, daily];
  const read = (from: typeof brief) => (name: SeriesName) => ({
    values: from.read(name),
    stepMs: from.stepMs,
  });
  return {
    add(monotonicMs, vitals, more) {
      const values = valuesOf(vitals, more);
      for (const each of books) each.add(monotonicMs, values);
    },
    brief: read(brief),
    recent: read(recent),
    daily: read(daily),
    bytes: books.reduce((sum, each) => sum + each.bytes, 0),
  };
}

function valuesOf(vitals: Vitals, more: MoreNumbers): Record<SeriesName, number | null> {
  const { database, loop, calls, bot, addresses } = vitals;
  const pools = addresses.stale ? null : addresses.value;
  return {
    'pool-in-use': database.inUse,
    'pool-waiting': database.waiting,
    'loop-p99': loop.p99Ms,
    'loop-max': more.takeLongestLateMs(),
    ...jobNumbers(vitals),
    'calls-per-minute': sum(calls, (each) => each.rates.perMinute),
    'calls-failed': sum(calls, (each) => each.rates.failures),
    'updates-per-minute': bot.updates.perMinute,
    'update-p95': bot.updates.p95Ms,
    'addresses-free': pools && sum(pools, (each) => each.free),
    'addresses-leased': pools && sum(pools, (each) => each.leased),
    'live-viewers': more.liveViewers(),
  };
}

function jobNumbers({ jobs }: Vitals): Record<'jobs-waiting' | 'jobs-active' | 'jobs-stuck', number | null> {
  if (jobs.stale || !jobs.value) return { 'jobs-waiting': null, 'jobs-active': null, 'jobs-stuck': null };
  const { counts, stuckTotal } = jobs.value;
  const inState = (...states: readonly string[]) =>
    sum(
      counts.filter(({ state }) => states.includes(state)),
      (each) => each.count,
    );
  return {
    'jobs-waiting': inState('created', 'retry'),
    'jobs-active': inState('active'),
    'jobs-stuck': stuckTotal,
  };
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, each) => total + of(each), 0);
}
