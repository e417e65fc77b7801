import type { JobState } from '../../../../views/dashboard/models/jobs.ts';
import type {
  BotPanel,
  CallRow,
  CallsPanel,
  DatabasePanel,
  Health,
  JobsPanel,
  LoopPanel,
  LoopRow,
} from '../../../../views/dashboard/models/overview.ts';
import { isRed, type LoopRecord } from '../../../core/loop-record.ts';
import type { CallRates, CallVitals, Series, Vitals, VitalsView } from '../../../core/ports/vitals.ts';
import { known, tenth } from './shown-values.ts';

const FREEZES = 5;
const BEGUN = 3;
const COARSE_MS = 10_000;

export function databasePanel({ database }: Vitals, view: VitalsView, health: Health): DatabasePanel {
  const { inUse, idle, waiting, max, problem } = database;
  return {
    health,
    inUse,
    idle,
    waiting,
    max,
    waitMaxMs: database.waitingMs === 0 ? null : database.waitingMs,
    inUseHistory: view.brief('pool-in-use'),
    waitingHistory: view.brief('pool-waiting'),
    problem,
  };
}

const STATE_OF: Readonly<Record<string, JobState>> = {
  created: 'waiting',
  retry: 'retry',
  active: 'active',
  dead: 'dead',
};

export function jobsPanel(vitals: Vitals, view: VitalsView, health: Health): JobsPanel | null {
  const jobs = known(vitals.jobs);
  if (jobs === null) return null;
  const counts = Object.entries(STATE_OF).map(([stored, state]) => ({
    state,
    count: jobs.counts.filter((each) => each.state === stored).reduce((sum, each) => sum + each.count, 0),
  }));
  return {
    health,
    counts,
    donePerMinute: vitals.jobsDonePerMinute,
    waitingHistory: view.brief('jobs-waiting'),
    stuck: jobs.stuck,
    stuckTotal: jobs.stuckTotal,
  };
}

export function loopPanel({ loop, loops }: Vitals, view: VitalsView, health: Health): LoopPanel {
  return {
    health,
    p50Ms: tenth(loop.p50Ms),
    p99Ms: tenth(loop.p99Ms),
    maxMs: tenth(loop.maxMs),
    p99History: view.brief('loop-p99'),
    maxHistory: view.brief('loop-max'),
    freezes: loop.freezes.slice(0, FREEZES).map(({ running, ...freeze }) => ({
      ...freeze,
      running: running.slice(0, BEGUN).map(({ what }) => what),
    })),
    loopCount: loops.length,
    loopsRed: loops.filter(isRed).length,
    troubledLoops: loops.filter(isTroubled).map(loopRow),
  };
}

const isTroubled = (record: LoopRecord) => isRed(record) || record.failuresInRow > 0 || record.restarts > 0;

export const loopRow = (record: LoopRecord): LoopRow => ({
  name: record.name,
  // Ten seconds are as fine as anybody reads it, and the panel does not change every second.
  ageMs: record.lastSuccessAgeMs === null ? null : coarse(record.lastSuccessAgeMs),
  failuresInRow: record.failuresInRow,
  restarts: record.restarts,
  red: isRed(record),
});

const coarse = (ms: number) => Math.floor(ms / COARSE_MS) * COARSE_MS;

export function callsPanel({ calls }: Vitals, health: Health): CallsPanel {
  return { health, rows: calls.map(callRow) };
}

function callRow({ name, breaker, rates }: CallVitals): CallRow {
  return {
    name,
    breaker: breaker === 'half_open' ? 'half-open' : breaker,
    perMinute: rates.perMinute,
    failures: rates.failures,
    p95Ms: rates.p95Ms === null ? null : tenth(rates.p95Ms),
    lastFailure: rates.lastFailure,
    history: historyOf(rates),
  };
}

export function botPanel({ bot }: Vitals, health: Health): BotPanel {
  const { mode, username, updates } = bot;
  return {
    health,
    mode,
    username,
    perMinute: updates.perMinute,
    p95Ms: updates.p95Ms === null ? null : tenth(updates.p95Ms),
    failures: updates.failures,
    lastUpdateAt: updates.lastAt,
    history: historyOf(updates),
  };
}

const historyOf = ({ history, historyStepMs }: CallRates): Series => ({
  values: history,
  stepMs: historyStepMs,
});
