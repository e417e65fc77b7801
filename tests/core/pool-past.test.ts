import { describe, expect, test } from 'bun:test';
import { growthPerDay, leasedPast, POOL_PAST } from '../../src/server/core/pool-past.ts';

const NOW = 1_800_000_000_000;
const STEP = POOL_PAST.stepMs;
const DAY = 86_400_000;
const pool = (leased: number, ageMs: number) => ({ leased, createdAt: NOW - ageMs });
const change = (stepsAgo: number, taken: number, givenBack = 0) => ({ pool: 1, stepsAgo, taken, givenBack });

describe('the past of a pool, told backwards from now', () => {
  test('each step takes away what came in it and adds what went', () => {
    const past = leasedPast(pool(10, 3 * STEP), [change(0, 4), change(1, 0, 2), change(2, 7)], NOW);
    expect(past).toEqual({ values: [1, 8, 6, 10], stepMs: STEP });
  });

  test('it is a week long at most, and flat where nothing changed', () => {
    const past = leasedPast(pool(5, 400 * DAY), [], NOW);
    expect(past!.values).toEqual(Array.from({ length: POOL_PAST.steps }, () => 5));
  });

  test('it never falls below nothing, whatever another clock wrote', () => {
    expect(leasedPast(pool(1, 2 * STEP), [change(0, 9)], NOW)!.values).toEqual([0, 0, 1]);
  });

  test('a pool younger than a step has no line', () => {
    expect(leasedPast(pool(5, STEP - 1), [], NOW)).toBeNull();
  });

  test.each([
    [30 * DAY, 10],
    [7 * DAY, 10],
    [2 * DAY, 35],
    [DAY - 1, null],
  ])('70 more in a pool of %d ms grow by %p a day', (ageMs, perDay) => {
    expect(growthPerDay(pool(90, ageMs), [change(3, 80), change(5, 0, 10)], NOW)).toBe(perDay);
  });
});
