import { describe, expect, test } from 'bun:test';
import { systemClock } from '../../../../src/server/adapters/system/clock.ts';
import { systemRandom } from '../../../../src/server/adapters/system/random.ts';
import { AppError } from '../../../../src/server/core/errors.ts';
import { failureOf, timeOf } from '../../../support/failures.ts';

/** Resolves with the reason when the signal aborts. */
function aborted(signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(signal.reason);
    signal.addEventListener('abort', () => resolve(signal.reason), { once: true });
  });
}

describe('sleep', () => {
  test('lasts as long as asked', async () => {
    expect(await timeOf(systemClock.sleep(30))).toBeWithin(28, 500);
  });

  test('rejects with the reason of the signal, during and before', async () => {
    const stop = new AbortController();
    const asleep = systemClock.sleep(60_000, stop.signal);
    stop.abort(new AppError('conflict', 'mine'));
    expect((await failureOf(asleep)).message).toBe('mine');
    expect((await failureOf(systemClock.sleep(60_000, stop.signal))).message).toBe('mine');
  });
});

describe('deadline', () => {
  test('aborts in time with an AppError timeout', async () => {
    const signal = systemClock.deadline(20);
    expect(signal.aborted).toBe(false);
    expect(await aborted(signal)).toMatchObject({ code: 'timeout', details: { timeoutMs: 20 } });
  });

  test('aborts with its parent and with its reason, also when that is over already', async () => {
    const parent = new AbortController();
    const signal = systemClock.deadline(60_000, parent.signal);
    parent.abort('stop');
    expect(await aborted(signal)).toBe('stop');
    expect(systemClock.deadline(60_000, parent.signal).reason).toBe('stop');
  });

  test('a deadline does not keep the process alive', async () => {
    const clock = new URL('../../../../src/server/adapters/system/clock.ts', import.meta.url).pathname;
    const program = `import { systemClock } from ${JSON.stringify(clock)}; systemClock.deadline(60_000);`;
    const child = Bun.spawn([process.execPath, '-e', program], { stdout: 'ignore', stderr: 'inherit' });
    expect(await timeOf(child.exited)).toBeLessThan(5_000);
    expect(child.exitCode).toBe(0);
  });
});

test('monotonic time never goes back, wall time is a Date', () => {
  const first = systemClock.monotonicMs();
  expect(systemClock.monotonicMs()).toBeGreaterThanOrEqual(first);
  expect(Math.abs(systemClock.now().getTime() - Date.now())).toBeLessThan(1_000);
});

test('random: UUIDs of version 7 that sort by time, integers over the whole range', () => {
  const ids = Array.from({ length: 1_000 }, () => systemRandom.uuid());
  expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
  const seen = new Set(Array.from({ length: 1_000 }, () => systemRandom.integer(4)));
  expect([...seen].toSorted()).toEqual([0, 1, 2, 3]);
});
