import { describe, expect, test } from 'bun:test';
import { createCallStatistics } from '../../src/server/core/call-statistics.ts';

const call = (monotonicMs: number, ms: number | null = 1, reason: string | null = null) => ({
  ms,
  reason,
  at: monotonicMs + 5,
  monotonicMs,
});

describe('D5: calls are counted by name over the last minutes', () => {
  test('the rate is that of the last minute, failures are those of five', () => {
    const counted = createCallStatistics();
    counted.record('wg', call(10_000, 1, 'timeout'));
    for (let second = 0; second < 10; second += 1) counted.record('wg', call(200_000 + second * 1_000));
    const rates = counted.of('wg', 210_000);
    expect(rates).toMatchObject({ perMinute: 10, total: 11, failures: 1 });
    expect(rates.lastFailure).toEqual({ at: 10_005, reason: 'timeout' });
    expect(counted.of('wg', 210_000 + 300_000)).toMatchObject({ perMinute: 0, total: 0, failures: 0 });
  });

  test('p95 is right within the width of a slot', () => {
    const counted = createCallStatistics();
    for (let ms = 1; ms <= 100; ms += 1) counted.record('wg', call(1_000, ms));
    const { p95Ms } = counted.of('wg', 1_000);
    expect(p95Ms).toBeGreaterThanOrEqual(95);
    expect(p95Ms).toBeLessThan(95 * 1.6);
  });

  test('a call that never ran has no duration', () => {
    const counted = createCallStatistics();
    counted.record('wg', call(1_000, null, 'breaker_open'));
    expect(counted.of('wg', 1_000)).toMatchObject({ total: 1, failures: 1, p95Ms: null });
  });

  test('history has one count a step, the present last', () => {
    const counted = createCallStatistics();
    counted.record('wg', call(100_000));
    counted.record('wg', call(106_000));
    counted.record('wg', call(106_500));
    expect(counted.of('wg', 107_000).history.slice(-3)).toEqual([0, 1, 2]);
  });

  test('names without end are counted together', () => {
    const counted = createCallStatistics();
    for (let id = 0; id < 1_000; id += 1) counted.record(`get-${id}`, call(1_000));
    expect(counted.names().length).toBeLessThanOrEqual(65);
    expect(counted.of('other', 1_000).total).toBeGreaterThan(900);
  });

  test('nobody called it', () => {
    expect(createCallStatistics().of('x', 5_000)).toMatchObject({ perMinute: 0, p95Ms: null, lastAt: null });
  });
});
