import { describe, expect, test } from 'bun:test';
import { createMetrics } from '../../../../src/server/adapters/metrics/metrics.ts';
import { systemClock } from '../../../../src/server/adapters/system/clock.ts';
import { timeOf } from '../../../support/failures.ts';

const setUp = () => createMetrics({ clock: systemClock });

describe('what the program reports', () => {
  test('bears the names of the contract', async () => {
    const metrics = setUp();
    metrics.call('wg.show', 0.2);
    metrics.call('wg.show', 5, 'timeout');
    metrics.breaker('wg.show', () => true);
    metrics.processStarted('wg');
    metrics.update('handled', 0.03);
    const text = await metrics.render();
    expect(text).toContain('adit_call_seconds_count{call="wg.show"} 2\n');
    expect(text).toContain('adit_call_seconds_bucket{le="0.25",call="wg.show"} 1\n');
    expect(text).toContain('adit_call_failures_total{call="wg.show",reason="timeout"} 1\n');
    expect(text).toContain('adit_breaker_open{call="wg.show"} 1\n');
    expect(text).toContain('adit_processes_started_total{program="wg"} 1\n');
    expect(text).toContain('adit_updates_total{outcome="handled"} 1\n');
    expect(text).toContain('adit_update_seconds_count 1\n');
    // Turned away at the door: counted, and no part of how long answers take.
    metrics.update('overloaded');
    const later = await metrics.render();
    expect(later).toContain('adit_updates_total{outcome="overloaded"} 1\n');
    expect(later).toContain('adit_update_seconds_count 1\n');
    expect(text).not.toContain('process_cpu');
  });

  test('leaves calls refused by a breaker out of the durations', async () => {
    const metrics = setUp();
    metrics.call('x', 0, 'breaker_open');
    const text = await metrics.render();
    expect(text).not.toContain('adit_call_seconds_count{call="x"}');
    expect(text).toContain('adit_call_failures_total{call="x",reason="breaker_open"} 1\n');
  });

  test('two of them share nothing', async () => {
    const [one, other] = [setUp(), setUp()];
    one.processStarted('wg');
    expect(await other.render()).not.toContain('program="wg"');
  });
});

describe('gauges read at scrape', () => {
  test('show the value of the moment, with their labels; the prefix is added when missing', async () => {
    const metrics = setUp();
    let free = 3;
    metrics.observe('addresses', 'Addresses by state.', ['pool', 'state'], async () => [
      { labels: { pool: 'main', state: 'free' }, value: free },
    ]);
    metrics.observe('adit_jobs_stuck', 'Stuck jobs.', [], () => [{ labels: {}, value: 2 }]);
    expect(await metrics.render()).toContain('adit_addresses{pool="main",state="free"} 3\n');
    free = 2;
    const text = await metrics.render();
    expect(text).toContain('adit_addresses{pool="main",state="free"} 2\n');
    expect(text).toContain('# TYPE adit_jobs_stuck gauge\nadit_jobs_stuck 2\n');
    expect(text).not.toContain('\n\n\n');
    expect(text).toEndWith('\n');
  });

  test('one that throws, rejects or gives a wrong label is left out, the others stay', async () => {
    const metrics = setUp();
    metrics.observe('a', 'a', [], () => {
      throw new Error('sync');
    });
    metrics.observe('b', 'b', [], () => Promise.reject(new Error('async')));
    metrics.observe('c', 'c', [], () => [{ labels: { nobody: 'knows' }, value: 1 }]);
    metrics.observe('d', 'd', [], () => [{ labels: {}, value: 4 }]);
    const text = await metrics.render();
    expect(text).toContain('adit_d 4\n');
    expect(text).not.toMatch(/adit_[abc]\b/);
  });

  test('one that hangs delays a scrape by a second at most, and is not started again meanwhile', async () => {
    const metrics = setUp();
    let started = 0;
    const answer = Promise.withResolvers<void>();
    metrics.observe('slow', 'slow', [], async () => {
      started++;
      await answer.promise;
      return [{ labels: {}, value: 1 }];
    });
    const scrapes = Promise.all([metrics.render(), metrics.render()]);
    expect(await timeOf(scrapes)).toBeWithin(900, 2_000);
    expect((await scrapes).join()).not.toContain('adit_slow');
    expect(started).toBe(1);
    answer.resolve();
    expect(await metrics.render()).toContain('adit_slow 1\n');
  });

  test('a name can be taken once', () => {
    const metrics = setUp();
    metrics.observe('a', 'a', [], () => []);
    expect(() => metrics.observe('adit_a', 'a', [], () => [])).toThrow('exists already');
  });
});
