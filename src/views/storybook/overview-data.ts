import type { Overview, Series } from '../dashboard/models/overview.ts';
import { stuckJobs } from './job-data.ts';
import { ago, NOW, wave } from './moments.ts';

const pools: NonNullable<Overview['pools']> = [
  {
    id: 1,
    node: 'local',
    cidr4: '10.66.0.0/22',
    cidr6: 'fd00:66::/112',
    total: 1021,
    free: 34,
    leased: 961,
    resting: 26,
    growthPerDay: 10,
    daysLeft: 3.4,
    health: 'warn',
  },
  {
    id: 2,
    node: 'local',
    cidr4: '10.70.0.0/16',
    cidr6: null,
    total: 65533,
    free: 64210,
    leased: 1290,
    resting: 33,
    growthPerDay: -2.4,
    daysLeft: null,
    health: 'good',
  },
];

const series = (low: number, high: number, seed: number): Series => ({
  values: wave(120, low, high, seed),
  stepMs: 2_500,
});

const calls: NonNullable<Overview['calls']> = {
  health: 'bad',
  rows: [
    {
      name: 'telegram sendDocument',
      breaker: 'closed',
      perMinute: 41.5,
      failures: 0,
      p95Ms: 184,
      lastFailure: null,
      history: series(20, 60, 3),
    },
    {
      name: 'wg show',
      breaker: 'closed',
      perMinute: 6,
      failures: 1,
      p95Ms: 12,
      lastFailure: { at: ago(620), reason: 'timeout' },
      history: series(4, 8, 4),
    },
    {
      name: 'xray AlterInbound',
      breaker: 'open',
      perMinute: 0.2,
      failures: 12,
      p95Ms: 5_000,
      lastFailure: { at: ago(14), reason: 'unavailable: connect ECONNREFUSED 127.0.0.1:8081' },
      history: series(0, 3, 5),
    },
  ],
};

export const troubled: Overview = {
  attention: [
    {
      severity: 'warn',
      kind: 'pool-low',
      poolId: 1,
      pool: '10.66.0.0/22',
      free: 34,
      total: 1021,
      daysLeft: 3.4,
    },
    { severity: 'bad', kind: 'jobs-stuck', count: 11, oldestMs: 1_930_000 },
    { severity: 'bad', kind: 'breaker-open', call: 'xray AlterInbound', sinceMs: 95_000 },
    { severity: 'warn', kind: 'peers-late', count: 3, oldestMs: 245_000 },
  ],
  headline: {
    peersApplied: 2248,
    peersWanted: 2251,
    jobsWaiting: 17,
    jobsStuck: 11,
    addressesFree: 64244,
    addressesTotal: 66554,
    loopP99Ms: 3.2,
    updatesPerMinute: 126,
  },
  database: {
    health: 'good',
    inUse: 4,
    idle: 5,
    waiting: 0,
    max: 15,
    waitMaxMs: 38,
    inUseHistory: series(2, 11, 1),
    waitingHistory: { values: [...wave(100, 0, 0, 1), 0, 1, 2, 1, 0, ...wave(15, 0, 0, 1)], stepMs: 2_500 },
    problem: null,
  },
  pools,
  jobs: {
    health: 'bad',
    counts: [
      { state: 'waiting', count: 17 },
      { state: 'active', count: 4 },
      { state: 'retry', count: 9 },
      { state: 'dead', count: 2 },
    ],
    donePerMinute: 143,
    waitingHistory: series(0, 40, 2),
    stuck: stuckJobs.slice(0, 5),
    stuckTotal: 11,
  },
  loop: {
    health: 'good',
    p50Ms: 0.11,
    p99Ms: 3.2,
    maxMs: 41,
    p99History: series(0.4, 6, 6),
    maxHistory: series(2, 60, 7),
    freezes: [
      { at: ago(190), ms: 212, running: ['http GET /peers', 'loop vitals:sample'], end: 'went-on' },
      { at: ago(5_400), ms: 30_020, running: ['job reconcile-node', 'process wg.show'], end: 'watchdog' },
      { at: ago(9_400), ms: 1_280, running: [], end: 'lost' },
    ],
    loopCount: 19,
    loopsRed: 0,
    troubledLoops: [
      { name: 'jobs:apply-peer', ageMs: 0, failuresInRow: 0, restarts: 2, red: false },
      { name: 'vitals:read', ageMs: 20_000, failuresInRow: 7, restarts: 1, red: false },
    ],
  },
  calls,
  bot: {
    health: 'good',
    mode: 'polling',
    username: 'my_tunnel_bot',
    perMinute: 126,
    p95Ms: 310,
    failures: 0,
    lastUpdateAt: ago(1),
    history: series(40, 180, 8),
  },
  events: [
    {
      at: ago(14),
      tone: 'bad',
      kind: 'breaker-opened',
      values: { call: 'xray AlterInbound' },
      href: '/history/calls',
    },
    { at: ago(61), tone: 'good', kind: 'reconciled', values: { node: 'local', changes: 2 }, href: '/nodes' },
    {
      at: ago(190),
      tone: 'warn',
      kind: 'freeze',
      values: { ms: 212, running: 'http GET /peers' },
      href: '/history/loop',
    },
    {
      at: ago(260),
      tone: 'plain',
      kind: 'access-issued',
      values: { name: 'Maria' },
      href: '/accounts/100200300',
    },
    {
      at: ago(1_800),
      tone: 'bad',
      kind: 'job-dead',
      values: { queue: 'apply-peer' },
      href: '/jobs?state=dead',
    },
    { at: ago(86_000), tone: 'plain', kind: 'started', values: { version: '0.1.0' }, href: null },
  ],
};

/** Nothing is wrong. */
export const calm: Overview = {
  ...troubled,
  attention: [],
  headline: { ...troubled.headline, peersApplied: 2251, jobsWaiting: 2, jobsStuck: 0 },
  pools: pools.slice(1),
  jobs: {
    ...troubled.jobs!,
    health: 'good',
    counts: [
      { state: 'waiting', count: 2 },
      { state: 'active', count: 1 },
      { state: 'retry', count: 0 },
      { state: 'dead', count: 0 },
    ],
    stuck: [],
    stuckTotal: 0,
  },
  calls: { health: 'good', rows: calls.rows.slice(0, 2) },
  events: troubled.events!.filter((event) => event.tone === 'good' || event.tone === 'plain'),
};

/** The first minute: nothing was measured, nobody has come, no bot. */
export const fresh: Overview = {
  ...calm,
  headline: {
    peersApplied: 0,
    peersWanted: 0,
    jobsWaiting: 0,
    jobsStuck: 0,
    addressesFree: null,
    addressesTotal: null,
    loopP99Ms: null,
    updatesPerMinute: null,
  },
  pools: [],
  loop: {
    ...calm.loop!,
    freezes: [],
    loopCount: 19,
    loopsRed: 1,
    troubledLoops: [{ name: 'bot', ageMs: null, failuresInRow: 12, restarts: 0, red: true }],
    p99History: { values: [], stepMs: 1_000 },
    maxHistory: { values: [3], stepMs: 1_000 },
  },
  calls: { health: 'unknown', rows: [] },
  bot: { ...calm.bot!, health: 'unknown', mode: 'off' },
  events: [],
};

/** Every sentence of the attention list, and not one panel that could be read. */
export const everythingWrong: Overview = {
  ...fresh,
  attention: [
    { severity: 'bad', kind: 'database-away', ageMs: 42_000, problem: 'ECONNREFUSED' },
    { severity: 'bad', kind: 'database-waiting', waiting: 21, max: 15 },
    { severity: 'bad', kind: 'jobs-stuck', count: 1, oldestMs: 64_000 },
    { severity: 'warn', kind: 'jobs-dead', count: 2 },
    { severity: 'bad', kind: 'peers-late', count: 1, oldestMs: 600_000 },
    { severity: 'bad', kind: 'pool-low', poolId: 1, pool: '10.66.0.0/24', free: 0, total: 253, daysLeft: 0 },
    {
      severity: 'warn',
      kind: 'pool-low',
      poolId: 2,
      pool: '10.67.0.0/24',
      free: 9,
      total: 253,
      daysLeft: null,
    },
    { severity: 'bad', kind: 'breaker-open', call: 'telegram', sinceMs: 95_000 },
    { severity: 'warn', kind: 'loop-lag', p99Ms: 240, maxMs: 1_900 },
    { severity: 'bad', kind: 'reconcile-overdue', node: 'local', ageMs: null },
    { severity: 'bad', kind: 'reconcile-overdue', node: 'berlin', ageMs: 400_000 },
    { severity: 'bad', kind: 'reconcile-refused', node: 'local', count: 812 },
    { severity: 'warn', kind: 'bot-failing', failed: 14, total: 90 },
    { severity: 'bad', kind: 'bot-away', ageMs: 71_000 },
    { severity: 'warn', kind: 'loop-silent', name: 'housekeeping', ageMs: 90_000_000 },
    { severity: 'warn', kind: 'loop-silent', name: 'expiry', ageMs: null },
  ],
  headline: { ...fresh.headline, peersApplied: null, peersWanted: null, jobsWaiting: null, jobsStuck: null },
  database: null,
  pools: null,
  jobs: null,
  loop: null,
  calls: null,
  bot: null,
  events: null,
};

export const historyOf = {
  series: 'database' as const,
  span: '1h' as const,
  at: wave(720, 0, 0, 1).map((_, index) => NOW - (720 - index) * 5_000),
  lines: [
    { name: 'inUse', values: wave(720, 2, 13, 11) },
    {
      name: 'waiting',
      values: wave(720, 0, 4, 12).map((value) => (value !== null && value > 3 ? value : 0)),
    },
  ],
  loops: [
    { name: 'watchdog', ageMs: 0, failuresInRow: 0, restarts: 0, red: false },
    { name: 'bot', ageMs: 0, failuresInRow: 0, restarts: 0, red: false },
    { name: 'jobs:apply-peer', ageMs: 0, failuresInRow: 0, restarts: 2, red: false },
    { name: 'schedule:housekeeping', ageMs: 400_000, failuresInRow: 41, restarts: 0, red: true },
  ],
};
