import type { LoopRecord } from '../loop-record.ts';
import type { Begun } from './activity.ts';
import type { BreakerState } from './breaker.ts';
import type { JobRow } from './job-desk.ts';
import type { HeldRemoval } from './reconcile-store.ts';
import type { ReconcileRun } from './store.ts';

/**
 * How the program fares, as one picture a second. Moments are epoch milliseconds, durations are milliseconds; null
 * says that nobody knows.
 */
export interface Vitals {
  readonly at: number;
  readonly database: DatabaseVitals;
  readonly loop: LoopVitals;
  readonly jobs: Reading<JobVitals>;
  /** Jobs this process did in the last minute. */
  readonly jobsDonePerMinute: number;
  readonly addresses: Reading<readonly PoolVitals[]>;
  readonly peers: Reading<PeerVitals>;
  readonly operators: Reading<OperatorVitals>;
  /** Newest first: what the database tells and what was seen in this process. */
  readonly events: Reading<readonly VitalsEvent[]>;
  readonly calls: readonly CallVitals[];
  readonly bot: BotVitals;
  /** Never empty; one lease is held for all of them. */
  readonly nodes: readonly NodeVitals[];
  /** Everything that turns in the background. */
  readonly loops: readonly LoopRecord[];
}

/** Something read from the database now and then. While it is away the last value stays, marked stale. */
export interface Reading<T> {
  readonly value: T | null;
  readonly readAt: number | null;
  readonly stale: boolean;
}

export interface DatabaseVitals {
  readonly reachable: boolean;
  /** Null: never yet. */
  readonly lastAnswerAgeMs: number | null;
  /** The last failure to reach it; null while it answers. */
  readonly problem: string | null;
  readonly inUse: number;
  readonly idle: number;
  readonly waiting: number;
  /** For how long somebody has been waiting at every look; 0: nobody waits now. */
  readonly waitingMs: number;
  readonly max: number;
}

export interface LoopVitals {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Newest first. */
  readonly freezes: readonly Freeze[];
}

/** A time the event loop stood still for more than 100 ms. `at` is when it went on, or was last seen standing. */
export interface Freeze {
  readonly at: number;
  readonly ms: number;
  /** What began last before it, newest first; not all of it was still under way. */
  readonly running: readonly Begun[];
  /** `watchdog`: it ended the process. `lost`: the process ended meanwhile, and nobody knows why. */
  readonly end: 'went-on' | 'watchdog' | 'lost';
}

export interface JobVitals {
  /** Unfinished ones; `dead` are those given up. */
  readonly counts: readonly JobCount[];
  readonly stuckTotal: number;
  /** The oldest first, a few. */
  readonly stuck: readonly JobRow[];
}

export interface JobCount {
  readonly queue: string;
  /** created, retry, active or dead. */
  readonly state: string;
  readonly count: number;
}

export interface PoolVitals {
  readonly id: number;
  readonly node: string;
  readonly cidr4: string;
  readonly cidr6: string | null;
  readonly total: number;
  readonly free: number;
  readonly leased: number;
  readonly resting: number;
  /** Addresses a day that are leased and not given back, over the last days; null: too little is known. */
  readonly growthPerDay: number | null;
}

export interface PeerVitals {
  readonly wanted: number;
  /** Wanted ones the interface holds as wanted. */
  readonly applied: number;
  /** Changes that are not carried out, past their target. */
  readonly late: number;
  readonly oldestLateMs: number | null;
}

export interface OperatorVitals {
  /** Operators who log in with a password alone. */
  readonly withoutSecondFactor: number;
}

export interface CallVitals {
  readonly name: string;
  readonly breaker: BreakerState;
  /** How long the breaker has refused calls; null while it does not. */
  readonly refusingMs: number | null;
  readonly rates: CallRates;
}

/** What was counted of one name over the last five minutes. */
export interface CallRates {
  readonly perMinute: number;
  readonly failures: number;
  readonly total: number;
  readonly p95Ms: number | null;
  readonly lastAt: number | null;
  readonly lastFailure: { readonly at: number; readonly reason: string } | null;
  /** Counts of equal steps, oldest first. */
  readonly history: readonly number[];
  readonly historyStepMs: number;
}

export interface BotVitals {
  readonly mode: 'polling' | 'webhook' | 'off';
  readonly state: 'off' | 'stopped' | 'connecting' | 'running' | 'unauthorized' | 'conflict' | 'unreachable';
  /** Since Telegram last answered; null: never, or not known. */
  readonly lastAnswerAgeMs: number | null;
  /** The bot's name without the @; null: Telegram did not tell it at the start. */
  readonly username: string | null;
  readonly updates: CallRates;
}

export interface NodeVitals {
  readonly id: string;
  /** This process may change the node. */
  readonly held: boolean;
  readonly lastRun: ReconcileRun | null;
  /** Removals that wait for an operator, or that he refused. */
  readonly question: HeldRemoval | null;
  /** Null: never since the start. */
  readonly lastSuccessAgeMs: number | null;
  /** How often a comparison is due. */
  readonly everyMs: number;
}

export interface VitalsEvent {
  readonly at: number;
  readonly tone: 'plain' | 'good' | 'warn' | 'bad';
  readonly kind: EventKind;
  readonly values: Readonly<Record<string, string | number>>;
  /** What it is about, for a link; null: nothing to open. */
  readonly about: { readonly kind: 'account' | 'peer' | 'job' | 'node'; readonly id: string } | null;
}

export type EventKind =
  | 'access-issued'
  | 'peer-revoked'
  | 'job-dead'
  | 'reconciled'
  | 'reconcile-failed'
  | 'node-taken'
  | 'node-lost'
  | 'breaker-opened'
  | 'breaker-closed'
  | 'database-away'
  | 'database-back'
  | 'bot-trouble'
  | 'bot-back'
  | 'freeze'
  | 'freeze-ended-process'
  | 'login'
  | 'operator-acted';

/**
 * What only the database knows. Every call is cheap at any number of finished jobs, holds one connection for one
 * statement, and throws AppError `unavailable` or `timeout` while the database is away.
 */
export interface VitalsReader {
  jobs(now: Date): Promise<JobVitals>;
  addresses(now: Date): Promise<readonly PoolVitals[]>;
  peers(now: Date): Promise<PeerVitals>;
  operators(): Promise<OperatorVitals>;
  /** Newest first, at most `limit`. */
  events(now: Date, limit: number): Promise<readonly VitalsEvent[]>;
}

/** The picture of now and the past, for pages. It never waits for anything. */
export interface VitalsView {
  latest(): Vitals;
  /** Five minutes in steps of five seconds, for small pictures: sent often, so short. */
  brief(name: SeriesName): Series;
  /** Five minutes by the second. */
  recent(name: SeriesName): Series;
  /** A day by the minute. */
  daily(name: SeriesName): Series;
}

/** Past values, oldest first, evenly spaced; null where nothing was measured. The last one is of now. */
export interface Series {
  readonly values: readonly (number | null)[];
  readonly stepMs: number;
}

export const SERIES = [
  'pool-in-use',
  'pool-waiting',
  'loop-p99',
  'loop-max',
  'jobs-waiting',
  'jobs-active',
  'jobs-stuck',
  'calls-per-minute',
  'calls-failed',
  'updates-per-minute',
  'update-p95',
  'addresses-free',
  'addresses-leased',
  'live-viewers',
] as const;

export type SeriesName = (typeof SERIES)[number];
