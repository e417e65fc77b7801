import type { Attention } from './attention.ts';
import type { JobRow, JobState } from './jobs.ts';

/** Past values of one number, oldest first, evenly spaced; null where nothing was measured. */
export interface Series {
  readonly values: readonly (number | null)[];
  readonly stepMs: number;
}

/** How a panel stands; shown as an icon and a word, announced when it changes. */
export type Health = 'good' | 'warn' | 'bad' | 'unknown';

/** The five numbers under the attention list. Null: unknown. */
export interface Headline {
  readonly peersApplied: number | null;
  readonly peersWanted: number | null;
  readonly jobsWaiting: number | null;
  readonly jobsStuck: number | null;
  readonly addressesFree: number | null;
  readonly addressesTotal: number | null;
  readonly loopP99Ms: number | null;
  readonly updatesPerMinute: number | null;
}

export interface DatabasePanel {
  readonly health: Health;
  readonly inUse: number;
  readonly idle: number;
  readonly waiting: number;
  readonly max: number;
  /** Longest wait for a connection over the window. */
  readonly waitMaxMs: number | null;
  readonly inUseHistory: Series;
  readonly waitingHistory: Series;
  /** The last failure to reach it; null while it answers. */
  readonly problem: string | null;
}

export interface PoolUsage {
  readonly id: number;
  readonly node: string;
  readonly cidr4: string;
  readonly cidr6: string | null;
  readonly total: number;
  readonly free: number;
  readonly leased: number;
  readonly resting: number;
  /** Addresses a day, over the last days; null: the pool is too young to tell. */
  readonly growthPerDay: number | null;
  /** At that rate; null: not running out, as far as is known. */
  readonly daysLeft: number | null;
  readonly health: Health;
}

export interface JobsPanel {
  readonly health: Health;
  readonly counts: readonly { readonly state: JobState; readonly count: number }[];
  /** By the process that shows it. */
  readonly donePerMinute: number;
  readonly waitingHistory: Series;
  /** The worst first, at most eight; `stuckTotal` counts all. */
  readonly stuck: readonly JobRow[];
  readonly stuckTotal: number;
}

export interface LoopPanel {
  readonly health: Health;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly p99History: Series;
  readonly maxHistory: Series;
  /** The last times the loop stood still, newest first, at most five. */
  readonly freezes: readonly FreezeRow[];
  /** What turns in the background; the history lists all of it. */
  readonly loopCount: number;
  readonly loopsRed: number;
  /** Red, failing, or begun again at some time. */
  readonly troubledLoops: readonly LoopRow[];
}

export interface FreezeRow {
  readonly at: number;
  readonly ms: number;
  /** What began last before it, newest first, a few; names of the program. */
  readonly running: readonly string[];
  /** `watchdog`: it ended the process; `lost`: something else did. */
  readonly end: 'went-on' | 'watchdog' | 'lost';
}

export interface LoopRow {
  readonly name: string;
  /** Since its last success; null: never yet. */
  readonly ageMs: number | null;
  readonly failuresInRow: number;
  readonly restarts: number;
  /** Without a success for too long. */
  readonly red: boolean;
}

export interface CallRow {
  readonly name: string;
  readonly breaker: 'closed' | 'open' | 'half-open';
  readonly perMinute: number;
  readonly failures: number;
  readonly p95Ms: number | null;
  readonly lastFailure: { readonly at: number; readonly reason: string } | null;
  readonly history: Series;
}

export interface CallsPanel {
  readonly health: Health;
  readonly rows: readonly CallRow[];
}

export interface BotPanel {
  readonly health: Health;
  /** `off`: no token is set. */
  readonly mode: 'polling' | 'webhook' | 'off';
  readonly username: string | null;
  readonly perMinute: number;
  readonly p95Ms: number | null;
  readonly failures: number;
  readonly lastUpdateAt: number | null;
  readonly history: Series;
}

export interface EventRow {
  readonly at: number;
  readonly tone: 'plain' | 'good' | 'warn' | 'bad';
  /** Key `event-<kind>` of the words, with these values. */
  readonly kind: string;
  readonly values: Readonly<Record<string, string | number>>;
  readonly href: string | null;
}

/** Each part is null when it could not be read; the panel then says so. */
export interface Overview {
  readonly attention: readonly Attention[];
  readonly headline: Headline;
  readonly database: DatabasePanel | null;
  readonly pools: readonly PoolUsage[] | null;
  readonly jobs: JobsPanel | null;
  readonly loop: LoopPanel | null;
  readonly calls: CallsPanel | null;
  readonly bot: BotPanel | null;
  readonly events: readonly EventRow[] | null;
}

/** A long series, drawn by uPlot. `at` are the moments; every line has as many values. */
export interface HistoryModel {
  readonly series: HistoryName;
  readonly span: HistorySpan;
  readonly at: readonly number[];
  readonly lines: readonly { readonly name: string; readonly values: readonly (number | null)[] }[];
  /** Every background loop, beside the event loop's history; null beside others. */
  readonly loops: readonly LoopRow[] | null;
}

export type HistoryName = 'database' | 'jobs' | 'loop' | 'calls' | 'bot' | 'pools';
export type HistorySpan = '5m' | '1h' | '24h';
