import { describe, expect, test } from 'bun:test';
import { createRateLimiter } from '../../src/server/core/rate-limiter.ts';

const limits = { burst: 10, refillMs: 2_000, maxUsers: 100 };

describe('D6: the limit of one user', () => {
  test('ten at once, then one notice, then silence', () => {
    const limit = createRateLimiter(limits);
    const decisions = Array.from({ length: 13 }, () => limit(1, 0));
    expect(decisions.slice(0, 10)).toEqual(Array(10).fill('pass'));
    expect(decisions.slice(10)).toEqual(['notice', 'silence', 'silence']);
  });

  test('one every two seconds comes through, without another notice until the bucket was full', () => {
    const limit = createRateLimiter(limits);
    for (let each = 0; each < 11; each += 1) limit(1, 0);
    expect([limit(1, 1_999), limit(1, 2_000), limit(1, 2_001)]).toEqual(['silence', 'pass', 'silence']);
    expect(limit(1, 30_000)).toBe('pass');
    for (let each = 0; each < 9; each += 1) limit(1, 60_000);
    expect([limit(1, 60_000), limit(1, 60_000)]).toEqual(['pass', 'notice']);
  });

  test('one user does not use up another', () => {
    const limit = createRateLimiter(limits);
    for (let each = 0; each < 20; each += 1) limit(1, 0);
    expect(limit(2, 0)).toBe('pass');
  });

  test('a million users leave no more than the bound behind', () => {
    const limit = createRateLimiter({ ...limits, burst: 1 });
    limit(0, 0);
    for (let user = 1; user <= 100; user += 1) limit(user, 0);
    // The first was forgotten, the last was not.
    expect([limit(100, 0), limit(0, 0)]).toEqual(['notice', 'pass']);
  });
});
