import { beforeEach, describe, expect, test } from 'bun:test';
import { createRepeatedReading, type RepeatedReading } from '../../src/server/services/take-reading.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';

let clock: ManualClock;
let asked: PromiseWithResolvers<number>[];
let reading: RepeatedReading<number>;
const forever = new AbortController().signal;

beforeEach(() => {
  clock = createManualClock();
  asked = [];
  reading = createRepeatedReading({
    clock,
    everyMs: 2_000,
    waitMs: 3_000,
    read() {
      const question = Promise.withResolvers<number>();
      asked.push(question);
      return question.promise;
    },
  });
});

const turn = () => reading.turn(clock.now(), forever);

async function answered(value: number): Promise<void> {
  const turned = turn();
  asked.at(-1)!.resolve(value);
  await turned;
}

describe('E3: what the database is asked now and then', () => {
  test('before the first answer nothing is known', () => {
    expect(reading.current()).toEqual({ value: null, readAt: null, stale: true });
  });

  test('an answer stays until it is time to ask again', async () => {
    await answered(7);
    await turn();
    expect(asked).toHaveLength(1);
    clock.advance(2_000);
    await answered(8);
    expect(reading.current()).toMatchObject({ value: 8, stale: false });
  });

  test('a question that hangs is not asked again beside itself, and holds the round up for its time only', async () => {
    const turned = turn();
    clock.advance(3_000);
    expect(turned).rejects.toMatchObject({ code: 'timeout' });
    await turned.catch(() => undefined);
    clock.advance(60_000);
    await turn();
    expect(asked).toHaveLength(1);
    asked[0]!.resolve(5);
    await Promise.resolve();
    expect(reading.current().value).toBe(5);
  });

  test('while the database is away the last answer stays and is marked', async () => {
    await answered(7);
    clock.advance(5_000);
    const turned = turn();
    asked.at(-1)!.reject(new Error('away'));
    expect(turned).rejects.toThrow('away');
    await turned.catch(() => undefined);
    expect(reading.current()).toMatchObject({ value: 7, stale: false });
    clock.advance(3_001);
    expect(reading.current()).toMatchObject({ value: 7, stale: true });
    await answered(9);
    expect(reading.current()).toMatchObject({ value: 9, stale: false });
  });

  test('a slow question takes at most a fiftieth of the time', async () => {
    const turned = turn();
    clock.advance(1_000);
    asked[0]!.resolve(1);
    await turned;
    clock.advance(48_999);
    await turn();
    expect(asked).toHaveLength(1);
    clock.advance(1);
    await answered(2);
    expect(asked).toHaveLength(2);
  });
});
