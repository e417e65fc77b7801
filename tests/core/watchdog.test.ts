import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import {
  createWatch,
  LOOK_EVERY_MS,
  LOOK_SLACK_MS,
  type WatchLimits,
} from '../../src/server/core/watchdog.ts';

const LIMITS: WatchLimits = { alarmMs: 120, endMs: 30_000 };
const BEAT_MS = 20;

/** A heart that beats every 20 ms but for the given block, and a watcher that looks when it asked to. */
function play(limits: WatchLimits, block: { from: number; ms: number }, untilMs: number, delayMs = 0) {
  const watch = createWatch(limits);
  const said: { verdict: string; atMs: number; stoodMs: number }[] = [];
  const beatBefore = (now: number) => {
    const end = block.from + block.ms;
    const beatsAt = now < block.from || now >= end ? now : block.from;
    return Math.floor(beatsAt / BEAT_MS) * BEAT_MS;
  };
  for (let now = 0; now < untilMs; ) {
    const beatAt = beatBefore(now);
    const { verdict, stoodMs, againInMs } = watch.look(now, beatAt / BEAT_MS, now - beatAt);
    if (verdict !== 'fine') said.push({ verdict, atMs: now, stoodMs });
    if (verdict === 'end') break;
    now += againInMs + delayMs;
  }
  return said;
}

describe('B7: the judgement of a heartbeat', () => {
  test('a heart that beats is never spoken of', () => {
    expect(play(LIMITS, { from: 0, ms: 0 }, 60_000)).toEqual([]);
  });

  test('whenever a block begins, it is an alarm within 150 ms, and its end is told with its length', () => {
    for (let from = 1_000; from < 1_060; from += 1) {
      const [alarm, end, ...more] = play(LIMITS, { from, ms: 700 }, 5_000);
      expect(alarm?.verdict).toBe('stands');
      expect(alarm!.atMs - from).toBeGreaterThanOrEqual(100);
      expect(alarm!.atMs - from).toBeLessThanOrEqual(125);
      expect(end?.verdict).toBe('went-on');
      expect(Math.abs(end!.stoodMs - 700)).toBeLessThanOrEqual(2 * BEAT_MS + LOOK_EVERY_MS);
      expect(more).toEqual([]);
    }
  });

  test('a block below the threshold is no alarm', () => {
    expect(play(LIMITS, { from: 1_000, ms: 95 }, 5_000)).toEqual([]);
  });

  test('while it stands it is said again each time it has become ten times as long, and then it is the end', () => {
    const said = play(LIMITS, { from: 1_000, ms: 100_000 }, 100_000);
    expect(said.map(({ verdict }) => verdict)).toEqual(['stands', 'stands', 'stands', 'end']);
    const standing = said.map(({ stoodMs }) => stoodMs);
    expect(standing[1]).toBeGreaterThanOrEqual(1_200);
    expect(standing[3]).toBeGreaterThanOrEqual(30_000);
    expect(standing[3]).toBeLessThan(30_100);
  });

  test('WATCHDOG_SECONDS=0: the alarm stays, the end never comes', () => {
    const said = play({ ...LIMITS, endMs: null }, { from: 1_000, ms: 500_000 }, 400_000);
    expect(said.map(({ verdict }) => verdict)).not.toContain('end');
    expect(said[0]?.verdict).toBe('stands');
  });

  test('a process stopped whole for an hour is no freeze: the watcher did not have its turn either', () => {
    const watch = createWatch(LIMITS);
    watch.look(0, 1, 5);
    const back = watch.look(3_600_000, 1, 3_600_005);
    expect(back.verdict).toBe('fine');
    expect(back.stoodMs).toBeLessThanOrEqual(5 + LOOK_EVERY_MS + LOOK_SLACK_MS);
    expect(back.notCountedMs).toBeGreaterThan(3_599_000);
    expect(watch.look(3_600_010, 2, 3).verdict).toBe('fine');
  });

  test('stopped in the middle of a freeze, only the time of the freeze counts towards the end', () => {
    const watch = createWatch({ alarmMs: 120, endMs: 1_000 });
    let now = 0;
    const look = (afterMs: number) => {
      now += afterMs;
      return watch.look(now, 1, now);
    };
    look(0);
    for (let step = 0; step < 10; step += 1) look(50);
    expect(look(60_000).verdict).not.toBe('end');
    for (let step = 0; step < 7; step += 1) expect(look(50).verdict).not.toBe('end');
    expect(look(50).verdict).toBe('end');
  });

  test('whatever gaps there are between looks, time nobody watched never makes an end', () => {
    const gaps = fc.array(fc.integer({ min: 500, max: 100_000 }), { maxLength: 40 });
    fc.assert(
      fc.property(gaps, (each) => {
        const watch = createWatch({ alarmMs: 120, endMs: 30_000 });
        let now = 0;
        // Stopped and continued again and again; between two stops the loop has always beaten.
        return each.every((gap, index) => {
          now += gap;
          return watch.look(now, index, 1).verdict !== 'end';
        });
      }),
    );
  });

  test('looks that come late on a busy machine still count', () => {
    const said = play(LIMITS, { from: 1_000, ms: 100_000 }, 100_000, 40);
    expect(said.at(-1)?.verdict).toBe('end');
    expect(said.at(-1)!.atMs).toBeLessThan(32_000);
  });
});
