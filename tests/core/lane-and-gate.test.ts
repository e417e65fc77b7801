import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { createGate } from '../../src/server/core/gate.ts';
import { createLane } from '../../src/server/core/lane.ts';

/** Runs pieces of work that end in an order the scheduler picks. */
async function crowd(
  scheduler: fc.Scheduler,
  run: <T>(work: () => Promise<T>) => Promise<T>,
  fates: readonly boolean[],
) {
  const begun: number[] = [];
  let [now, most] = [0, 0];
  const results = fates.map((fails, index) =>
    run(async () => {
      begun.push(index);
      now += 1;
      most = Math.max(most, now);
      await scheduler.schedule(Promise.resolve());
      now -= 1;
      if (fails) throw new Error(`${index} failed`);
      return index;
    }),
  );
  const settled = await scheduler.waitFor(Promise.allSettled(results));
  return { begun, most, settled };
}

const fates = fc.array(fc.boolean(), { minLength: 1, maxLength: 20 });

function expectOwnResults(
  settled: readonly PromiseSettledResult<number>[],
  expected: readonly boolean[],
): void {
  for (const [index, each] of settled.entries()) {
    expect(each.status).toBe(expected[index] ? 'rejected' : 'fulfilled');
    if (each.status === 'fulfilled') expect(each.value).toBe(index);
    else expect(each.reason.message).toBe(`${index} failed`);
  }
}

describe('a lane', () => {
  test('B1: property: one at a time, in order of arrival, whoever fails', async () => {
    const property = fc.asyncProperty(fc.scheduler(), fates, async (scheduler, each) => {
      const lane = createLane();
      const { begun, most, settled } = await crowd(scheduler, lane.run, each);
      expect(most).toBe(1);
      expect(begun).toEqual(each.map((_, index) => index));
      expectOwnResults(settled, each);
    });
    await fc.assert(property, { numRuns: 100 });
  });

  test('work that throws at once lets the next in', async () => {
    const lane = createLane();
    const broken = lane.run(() => {
      throw new Error('at once');
    });
    await expect(broken).rejects.toThrow('at once');
    expect(await lane.run(async () => 1)).toBe(1);
  });
});

describe('a gate', () => {
  test('D6: property: never more than its width, never fewer than it could, in order of arrival', async () => {
    const width = fc.integer({ min: 1, max: 6 });
    const property = fc.asyncProperty(fc.scheduler(), fates, width, async (scheduler, each, wide) => {
      const gate = createGate(wide);
      const { begun, most, settled } = await crowd(scheduler, gate.run, each);
      expect(most).toBe(Math.min(wide, each.length));
      expect(begun).toEqual(each.map((_, index) => index));
      expectOwnResults(settled, each);
    });
    await fc.assert(property, { numRuns: 100 });
  });

  test('F-J5: a piece of work that throws at once gives its place back', async () => {
    const gate = createGate(1);
    for (let round = 0; round < 3; round += 1) {
      const broken = gate.run(() => {
        throw new Error('at once');
      });
      await expect(broken).rejects.toThrow('at once');
    }
    expect(await gate.run(async () => 'through')).toBe('through');
  });
});

describe('a lane with a signal', () => {
  test('B1: who is called off while it works lets the next one in at once', async () => {
    const lane = createLane();
    const late = new AbortController();
    const stuck = lane.run(() => new Promise(() => {}), late.signal).catch((error: unknown) => error);
    const next = lane.run(async () => 'next');
    late.abort(new Error('too late'));
    expect(await stuck).toMatchObject({ message: 'too late' });
    expect(await next).toBe('next');
  });

  test('B1: who is called off while it waits never begins, and the others keep their turns', async () => {
    const lane = createLane();
    const first = Promise.withResolvers<string>();
    const order: string[] = [];
    const working = lane.run(() => first.promise);
    const late = new AbortController();
    const waiting = lane.run(async () => void order.push('late'), late.signal).catch(() => 'called off');
    const last = lane.run(async () => void order.push('last'));
    late.abort(new Error('too late'));
    expect(await waiting).toBe('called off');
    expect(order).toEqual([]);
    first.resolve('first');
    await Promise.all([working, last]);
    expect(order).toEqual(['last']);
  });
});
