import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { createDispatcher } from '../../../../src/server/entry/bot/dispatcher.ts';

describe('F-G4: the dispatcher', () => {
  test('keeps the order of each key, whatever the mix and however long each takes', async () => {
    const arrivals = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 3 })));
    await fc.assert(
      fc.asyncProperty(arrivals, fc.integer({ min: 1, max: 5 }), async (mix, maxRunning) => {
        const dispatcher = createDispatcher({ maxRunning, maxWaiting: 1_000 });
        const done = new Map<number, number[]>();
        let most = 0;
        for (const [index, [key, turns]] of mix.entries()) {
          dispatcher.submit(key, async () => {
            most = Math.max(most, dispatcher.running);
            for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
            done.set(key, [...(done.get(key) ?? []), index]);
          });
        }
        await dispatcher.idle();
        for (const order of done.values()) expect(order).toEqual(order.toSorted((a, b) => a - b));
        expect([...done.values()].flat()).toHaveLength(mix.length);
        expect(most).toBeLessThanOrEqual(maxRunning);
        expect([dispatcher.running, dispatcher.waiting]).toEqual([0, 0]);
      }),
    );
  });

  test('a slow key holds up itself only', async () => {
    const dispatcher = createDispatcher({ maxRunning: 2, maxWaiting: 10 });
    const slow = Promise.withResolvers<void>();
    const done: string[] = [];
    dispatcher.submit(1, () => slow.promise.then(() => void done.push('slow')));
    dispatcher.submit(1, async () => void done.push('behind it'));
    const other = Promise.withResolvers<void>();
    dispatcher.submit(2, async () => {
      done.push('other');
      other.resolve();
    });
    await other.promise;
    expect(done).toEqual(['other']);
    slow.resolve();
    await dispatcher.idle();
    expect(done).toEqual(['other', 'slow', 'behind it']);
  });

  test('refuses beyond what may wait, and takes again afterwards', async () => {
    const dispatcher = createDispatcher({ maxRunning: 1, maxWaiting: 2 });
    const slow = Promise.withResolvers<void>();
    const work = () => slow.promise;
    expect([1, 2, 3, 4].map((key) => dispatcher.submit(key, work))).toEqual([true, true, true, false]);
    expect(dispatcher.submit(1, work)).toBe(false);
    slow.resolve();
    await dispatcher.idle();
    expect(dispatcher.submit(4, work)).toBe(true);
    await dispatcher.idle();
  });

  test('work that throws ends its turn like any other', async () => {
    const dispatcher = createDispatcher({ maxRunning: 1, maxWaiting: 2 });
    let after = false;
    dispatcher.submit(1, () => Promise.reject(new Error('a mistake of ours')));
    dispatcher.submit(1, async () => {
      after = true;
    });
    await dispatcher.idle();
    expect(after).toBe(true);
  });
});
