import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { createCallStatistics } from '../../src/server/core/call-statistics.ts';
import { AppError } from '../../src/server/core/errors.ts';
import type { BreakerState } from '../../src/server/core/ports/breaker.ts';
import { SERIES } from '../../src/server/core/ports/vitals.ts';
import { countCalls, countDoneJobs } from '../../src/server/services/count-calls.ts';
import { createSampleVitals, type SampleVitals } from '../../src/server/services/sample-vitals.ts';
import { createVitalsHistory } from '../../src/server/services/vitals-history.ts';
import { createDoorKit, silentLog } from '../support/door-kit.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';
import { calmVitals } from '../support/vitals.ts';

const calm = calmVitals();
const calls = createCallStatistics();
let clock: ManualClock;
let sampler: SampleVitals;
let isAway: boolean;
let breaker: BreakerState;
let waiting: number;
let questions: string[];

beforeEach(() => {
  clock = createManualClock();
  [isAway, breaker, waiting, questions] = [false, 'closed', 0, []];
  const ask = <T>(what: string, value: T) => {
    questions.push(what);
    return isAway ? Promise.reject(new AppError('unavailable', 'away')) : Promise.resolve(value);
  };
  sampler = createSampleVitals({
    clock,
    log: silentLog(),
    calls,
    breakers: { states: () => [{ name: 'wg.set', state: breaker }] },
    reader: {
      jobs: () => ask('jobs', { counts: [], stuckTotal: 3, stuck: [] }),
      addresses: () => ask('addresses', []),
      peers: () => ask('peers', { wanted: 5, applied: 5, late: 0, oldestLateMs: null }),
      operators: () => ask('operators', { withoutSecondFactor: 0 }),
      events: () => ask('events', []),
    },
    sources: {
      database: () => ({ ...calm.database, reachable: !isAway, waiting }),
      loop: () => calm.loop,
      takeLongestLateMs: () => 4,
      bot: () => calm.bot,
      nodes: () => calm.nodes,
      loops: () => [],
      liveViewers: () => 2,
    },
  });
  sampler.start();
});

afterEach(() => sampler.stop());

/** Lets what was due happen, with every promise behind it. */
async function seconds(count: number): Promise<void> {
  for (let second = 0; second < count; second += 1) {
    clock.advance(1_000);
    for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
  }
}

describe('E3: the vitals', () => {
  test('a picture a second, each told to who listens, until they stop', async () => {
    const at: number[] = [];
    const forget = sampler.onSample((vitals) => at.push(vitals.at));
    await seconds(3);
    forget();
    await seconds(2);
    expect(at.map((each) => each - at[0]!)).toEqual([0, 1_000, 2_000]);
  });

  test('a listener that fails stops neither the others nor the pictures', async () => {
    let heard = 0;
    sampler.onSample(() => {
      throw new Error('broken');
    });
    sampler.onSample(() => {
      heard += 1;
    });
    await seconds(2);
    expect(heard).toBe(2);
  });

  test('the database is asked each thing as often as it is worth', async () => {
    await seconds(1);
    questions = [];
    await seconds(20);
    const times = (what: string) => questions.filter((each) => each === what).length;
    expect([times('jobs'), times('events'), times('addresses'), times('operators')]).toEqual([10, 4, 2, 0]);
  });

  test('A2: an outage marks what is old, is told at once, and ends by itself', async () => {
    await seconds(2);
    expect(sampler.latest().jobs).toMatchObject({ stale: false });
    isAway = true;
    await seconds(10);
    const during = sampler.latest();
    expect(during.jobs).toMatchObject({ stale: true, value: { stuckTotal: 3 } });
    expect(during.events.value?.[0]).toMatchObject({ kind: 'database-away', tone: 'bad' });
    expect(sampler.recent('jobs-stuck').values.at(-1)).toBeNull();
    isAway = false;
    await seconds(3);
    expect(sampler.latest().jobs.stale).toBe(false);
    expect(sampler.latest().events.value?.[0]).toMatchObject({ kind: 'database-back' });
  });

  test('a loop that cannot read says so in its record, the other goes on', async () => {
    isAway = true;
    await seconds(5);
    const [sampling, reading] = sampler.records();
    expect(sampling).toMatchObject({ name: 'vitals:sample', failuresInRow: 0 });
    expect(reading!.failuresInRow).toBeGreaterThan(1);
  });

  test('an open breaker is told with its age, and its end', async () => {
    await seconds(1);
    breaker = 'open';
    await seconds(4);
    const call = sampler.latest().calls.find((each) => each.name === 'wg.set');
    expect(call).toMatchObject({ breaker: 'open', refusingMs: 3_000 });
    breaker = 'closed';
    await seconds(1);
    expect(sampler.latest().events.value?.map((each) => each.kind)).toEqual([
      'breaker-closed',
      'breaker-opened',
    ]);
  });

  test('jobs this process has done are counted by the minute, and are no calls', async () => {
    countDoneJobs(calls, clock)(7);
    await seconds(2);
    expect(sampler.latest().jobsDonePerMinute).toBe(7);
    expect(sampler.latest().calls.map((each) => each.name)).toEqual(['wg.set']);
    await seconds(70);
    expect(sampler.latest().jobsDonePerMinute).toBe(0);
  });

  test('a wait for a connection counts from its first look to its last', async () => {
    await seconds(1);
    waiting = 2;
    await seconds(4);
    expect(sampler.latest().database.waitingMs).toBe(3_000);
    waiting = 0;
    await seconds(1);
    expect(sampler.latest().database.waitingMs).toBe(0);
  });

  test('the past: five minutes by the second, a day by the minute, both with the present last', async () => {
    await seconds(400);
    expect(sampler.recent('live-viewers').values).toHaveLength(300);
    expect(sampler.recent('live-viewers').values.every((value) => value === 2)).toBe(true);
    const daily = sampler.daily('loop-max').values;
    expect(daily).toHaveLength(1_440);
    expect(daily.filter((value) => value === 4).length).toBeGreaterThanOrEqual(6);
    expect(sampler.brief('pool-in-use').values).toHaveLength(60);
  });
});

test('the past of every number takes about a hundred kilobytes, for ever', () => {
  const history = createVitalsHistory();
  const taken = history.bytes;
  for (let second = 0; second < 10_000; second += 1) {
    history.add(second * 1_000, calm, { takeLongestLateMs: () => 1, liveViewers: () => 1 });
  }
  expect(history.bytes).toBe(taken);
  expect(taken).toBe(SERIES.length * (60 + 300 + 1_440) * 4);
  expect(taken).toBeLessThan(128 * 1_024);
});

test('D5: what the doors report is counted here and in the metrics alike', async () => {
  const { metrics } = createDoorKit();
  const counted = createCallStatistics();
  const both = countCalls(metrics, counted, clock);
  both.call('wg.set', 0.02);
  both.call('wg.set', 0, 'breaker_open');
  both.update('handled', 0.1);
  both.update('failed', 0.1);
  expect(counted.of('wg.set', clock.monotonicMs())).toMatchObject({ total: 2, failures: 1 });
  expect(counted.of('update', clock.monotonicMs())).toMatchObject({ total: 2, failures: 1 });
  const text = await both.render();
  expect(text).toContain('adit_call_failures_total{call="wg.set",reason="breaker_open"} 1');
  expect(text).toContain('adit_updates_total{outcome="handled"} 1');
});
