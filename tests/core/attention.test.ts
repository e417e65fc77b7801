import { describe, expect, test } from 'bun:test';
import { type Attention, attentionOf, daysLeft } from '../../src/server/core/attention.ts';
import { LOCAL_NODE } from '../../src/server/core/ids.ts';
import type { HeldRemoval } from '../../src/server/core/ports/reconcile-store.ts';
import type { Vitals } from '../../src/server/core/ports/vitals.ts';
import { calmVitals, fresh, loopRecord, NO_CALLS, stale } from '../support/vitals.ts';

const calm = calmVitals();
const local = calm.nodes[0]!;
const xray = { ...local, id: 'xray' };
const pool = {
  id: 7,
  node: 'local',
  cidr4: '10.66.0.0/24',
  cidr6: null,
  total: 1000,
  free: 500,
  leased: 500,
  resting: 0,
  growthPerDay: null,
};
const stuck = {
  id: 'j',
  queue: 'apply-peer',
  state: 'active',
  stuck: true,
  attempt: 1,
  maxAttempts: 5,
  subject: null,
  createdAt: calm.at - 90_000,
  startedAt: null,
  finishedAt: null,
  nextAt: null,
  lastError: null,
} as const;
const question: HeldRemoval = {
  id: 1,
  nodeId: LOCAL_NODE,
  askedAt: new Date(0),
  count: 4,
  total: 9,
  reason: 'too-many',
  keys: ['a', 'b', 'c', 'd'],
  decision: null,
  decidedBy: null,
  decidedAt: null,
};
const dead = { queue: 'dead', state: 'dead', count: 3 };
const failing = { ...NO_CALLS, total: 100, failures: 6 };

test('B8: a removal that an operator refused is settled: nobody is asked about it again', () => {
  const refused = { ...question, decision: 'refuse', decidedBy: 'anna', decidedAt: new Date(1) } as const;
  expect(attentionOf({ ...calm, nodes: [{ ...local, question: refused }] })).toEqual([]);
});

test('E3: nothing is wrong, nothing is said', () => {
  expect(attentionOf(calm)).toEqual([]);
});

const says: readonly (readonly [what: string, changes: Partial<Vitals>, said: Attention])[] = [
  [
    'the database is away',
    { database: { ...calm.database, reachable: false, lastAnswerAgeMs: 9_000, problem: 'refused' } },
    { severity: 'bad', kind: 'database-away', ageMs: 9_000, problem: 'refused' },
  ],
  [
    'somebody has waited for a connection for long',
    { database: { ...calm.database, waiting: 3, waitingMs: 5_000 } },
    { severity: 'warn', kind: 'database-waiting', waiting: 3, max: 15 },
  ],
  [
    'as many wait as there are connections',
    { database: { ...calm.database, waiting: 15, waitingMs: 5_000 } },
    { severity: 'bad', kind: 'database-waiting', waiting: 15, max: 15 },
  ],
  [
    'stuck jobs',
    { jobs: fresh({ counts: [], stuckTotal: 2, stuck: [stuck] }) },
    { severity: 'bad', kind: 'jobs-stuck', count: 2, oldestMs: 90_000 },
  ],
  [
    'dead letters',
    { jobs: fresh({ counts: [dead], stuckTotal: 0, stuck: [] }) },
    { severity: 'warn', kind: 'jobs-dead', count: 3 },
  ],
  [
    'peers wanted but not applied past their target',
    { peers: fresh({ wanted: 10, applied: 8, late: 2, oldestLateMs: 70_000 }) },
    { severity: 'bad', kind: 'peers-late', count: 2, oldestMs: 70_000 },
  ],
  [
    'a pool with little left',
    { addresses: fresh([{ ...pool, free: 99 }]) },
    {
      severity: 'warn',
      kind: 'pool-low',
      poolId: 7,
      pool: '10.66.0.0/24',
      free: 99,
      total: 1000,
      daysLeft: null,
    },
  ],
  [
    'a pool that lasts for two days',
    { addresses: fresh([{ ...pool, growthPerDay: 250 }]) },
    {
      severity: 'bad',
      kind: 'pool-low',
      poolId: 7,
      pool: '10.66.0.0/24',
      free: 500,
      total: 1000,
      daysLeft: 2,
    },
  ],
  [
    'an open breaker',
    { calls: [{ name: 'wg.set', breaker: 'open', refusingMs: 4_000, rates: NO_CALLS }] },
    { severity: 'bad', kind: 'breaker-open', call: 'wg.set', sinceMs: 4_000 },
  ],
  [
    'a loop that lags',
    { loop: { p50Ms: 1, p99Ms: 100, maxMs: 130, freezes: [] } },
    { severity: 'warn', kind: 'loop-lag', p99Ms: 100, maxMs: 130 },
  ],
  [
    'a loop that stood still once, long',
    { loop: { p50Ms: 1, p99Ms: 1, maxMs: 2_500, freezes: [] } },
    { severity: 'bad', kind: 'loop-lag', p99Ms: 1, maxMs: 2_500 },
  ],
  [
    'a reconcile overdue',
    { nodes: [{ ...local, lastSuccessAgeMs: 181_000 }] },
    { severity: 'bad', kind: 'reconcile-overdue', node: 'local', ageMs: 181_000 },
  ],
  [
    'no reconcile ever',
    { nodes: [{ ...local, lastSuccessAgeMs: null }] },
    { severity: 'bad', kind: 'reconcile-overdue', node: 'local', ageMs: null },
  ],
  [
    'removals refused in bulk',
    { nodes: [{ ...local, question }] },
    { severity: 'warn', kind: 'reconcile-refused', node: 'local', count: 4 },
  ],
  [
    'an Xray that was not compared for long, beside a node that is well',
    { nodes: [local, { ...xray, lastSuccessAgeMs: 181_000 }] },
    { severity: 'bad', kind: 'reconcile-overdue', node: 'xray', ageMs: 181_000 },
  ],
  [
    'removals held up on Xray',
    { nodes: [local, { ...xray, question }] },
    { severity: 'warn', kind: 'reconcile-refused', node: 'xray', count: 4 },
  ],
  [
    'two nodes somebody else holds by one lease',
    {
      nodes: [
        { ...local, held: false },
        { ...xray, held: false, lastSuccessAgeMs: null },
      ],
    },
    { severity: 'bad', kind: 'node-not-held', node: 'local' },
  ],
  [
    'a node somebody else holds, and nothing of its reconcile',
    { nodes: [{ ...local, held: false, lastSuccessAgeMs: null }] },
    { severity: 'bad', kind: 'node-not-held', node: 'local' },
  ],
  [
    'a refused token',
    { bot: { ...calm.bot, state: 'unauthorized' } },
    { severity: 'bad', kind: 'bot-unauthorized' },
  ],
  [
    'two programs with one token',
    { bot: { ...calm.bot, state: 'conflict' } },
    { severity: 'bad', kind: 'bot-conflict' },
  ],
  [
    'Telegram that does not answer',
    { bot: { ...calm.bot, state: 'unreachable', lastAnswerAgeMs: 5_000 } },
    { severity: 'bad', kind: 'bot-away', ageMs: 5_000 },
  ],
  [
    'updates that fail',
    { bot: { ...calm.bot, updates: failing } },
    { severity: 'warn', kind: 'bot-failing', failed: 6, total: 100 },
  ],
  [
    'operators without a second factor',
    { operators: fresh({ withoutSecondFactor: 1 }) },
    { severity: 'warn', kind: 'no-second-factor', count: 1 },
  ],
  [
    'a loop without success',
    { loops: [loopRecord({ name: 'schedule:x', lastSuccessAgeMs: 120_001, failuresInRow: 2 })] },
    { severity: 'warn', kind: 'loop-silent', name: 'schedule:x', ageMs: 120_001 },
  ],
  [
    'a loop that never had any',
    { loops: [loopRecord({ name: 'bot', lastSuccessAgeMs: null, failuresInRow: 5 })] },
    { severity: 'warn', kind: 'loop-silent', name: 'bot', ageMs: null },
  ],
];

test.each(says)('E3: %s', (_, changes, said) => {
  expect(attentionOf(calmVitals(changes))).toEqual([said]);
});

const keepsSilent: readonly (readonly [what: string, changes: Partial<Vitals>])[] = [
  ['a wait of a moment', { database: { ...calm.database, waiting: 9, waitingMs: 4_999 } }],
  ['stuck jobs of before the outage', { jobs: stale({ counts: [dead], stuckTotal: 2, stuck: [stuck] }) }],
  ['late peers of before the outage', { peers: stale({ wanted: 1, applied: 0, late: 1, oldestLateMs: 1 }) }],
  ['a pool with a tenth free', { addresses: fresh([{ ...pool, free: 100 }]) }],
  ['a pool that shrinks', { addresses: fresh([{ ...pool, growthPerDay: -50 }]) }],
  [
    'a breaker that tries again',
    { calls: [{ name: 'a', breaker: 'half_open', refusingMs: 1, rates: NO_CALLS }] },
  ],
  [
    'no bot at all',
    { bot: { mode: 'off', state: 'off', lastAnswerAgeMs: null, username: null, updates: NO_CALLS } },
  ],
  ['two failures', { bot: { ...calm.bot, updates: { ...NO_CALLS, total: 2, failures: 2 } } }],
  ['a loop that has only begun', { loops: [loopRecord({ name: 'x', lastSuccessAgeMs: null })] }],
];

test.each(keepsSilent)('E3: silent about %s', (_, changes) => {
  expect(attentionOf(calmVitals(changes))).toEqual([]);
});

describe('E3: the list as a whole', () => {
  test('the worst comes first', () => {
    const both = calmVitals({
      operators: fresh({ withoutSecondFactor: 1 }),
      jobs: fresh({ counts: [dead], stuckTotal: 1, stuck: [stuck] }),
    });
    expect(attentionOf(both).map((item) => item.severity)).toEqual(['bad', 'warn', 'warn']);
  });

  test('an outage of the database is one line, though all its loops fall silent', () => {
    const away = calmVitals({
      database: { ...calm.database, reachable: false, problem: 'x' },
      loops: [loopRecord({ name: 'jobs:leases', lastSuccessAgeMs: 500_000, failuresInRow: 90 })],
    });
    expect(attentionOf(away).map((item) => item.kind)).toEqual(['database-away']);
  });

  test.each([
    [100, 10, 10],
    [0, null, 0],
    [5, 0, null],
    [5, null, null],
  ])('%d free at %p a day last %p days', (free, growthPerDay, days) => {
    expect(daysLeft({ free, growthPerDay })).toBe(days);
  });
});
