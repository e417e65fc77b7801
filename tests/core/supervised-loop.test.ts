import { describe, expect, test } from 'bun:test';
import { isRed } from '../../src/server/core/loop-record.ts';
import { createSupervisedLoop, type SupervisedLoopDeps } from '../../src/server/core/supervised-loop.ts';
import { eventually } from '../support/eventually.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { createRecordingLog, type RecordedLine } from '../support/recording-log.ts';

function setUp(work: SupervisedLoopDeps['work'], more: Partial<SupervisedLoopDeps> = {}) {
  const clock = createManualClock();
  const lines: RecordedLine[] = [];
  const loop = createSupervisedLoop({
    name: 'the-loop',
    clock,
    log: createRecordingLog(lines),
    pause: 1_000,
    work,
    ...more,
  });
  /** Moves time on until `look` holds: every pause is a second at most. */
  const until = (look: () => boolean) =>
    eventually(() => {
      clock.advance(1_000);
      return look();
    });
  return { clock, lines, loop, until };
}

describe('E8: a supervised loop', () => {
  test('a hundred failures in a row end nothing; the first success ends the row', async () => {
    let turns = 0;
    const { loop, lines, until } = setUp(() => {
      turns += 1;
      if (turns <= 100) throw new Error('broken');
    });
    loop.start();
    await until(() => loop.record().failuresInRow === 100);
    expect(loop.record().lastSuccessAgeMs).toBeNull();
    expect(isRed(loop.record())).toBe(true);
    await until(() => loop.record().failuresInRow === 0);
    expect(loop.record()).toMatchObject({ name: 'the-loop', restarts: 0 });
    expect(isRed(loop.record())).toBe(false);
    // Said, and not a hundred times.
    expect(lines.filter(({ level }) => level === 'warn').length).toBe(4);
    await loop.stop();
  });

  test('what breaks beside its work begins the loop again, and is counted', async () => {
    let turns = 0;
    const { loop, until } = setUp(
      () => {
        turns += 1;
      },
      { pause: () => Promise.reject(new Error('the pause is broken')) },
    );
    loop.start();
    await until(() => turns > 5);
    expect(loop.record().restarts).toBeGreaterThanOrEqual(5);
    expect(loop.record().failuresInRow).toBe(0);
    await loop.stop();
  });

  test('a turn that hangs past its limit is told to end, left behind, and the next one comes', async () => {
    const signals: AbortSignal[] = [];
    const { loop, until, clock } = setUp(
      (signal) => {
        signals.push(signal);
        return signals.length <= 2 ? new Promise<void>(() => {}) : undefined;
      },
      { turnLimitMs: 20_000 },
    );
    loop.start();
    await until(() => signals.length === 2);
    expect(signals[0]?.aborted).toBe(true);
    expect(loop.record()).toMatchObject({ restarts: 1, failuresInRow: 1, lastTurnAgeMs: null });
    clock.advance(10_000);
    expect(signals[1]?.aborted).toBe(false);
    await until(() => signals.length > 2 && loop.record().failuresInRow === 0);
    expect(loop.record().restarts).toBe(2);
    expect(loop.record().lastTurnAgeMs).not.toBeNull();
    await loop.stop();
  });

  test('an age that turns red', async () => {
    const { loop, clock } = setUp(() => undefined, { pause: () => new Promise(() => {}), redAfterMs: 5_000 });
    loop.start();
    await eventually(() => loop.record().lastSuccessAgeMs === 0);
    clock.advance(5_000);
    expect(isRed(loop.record())).toBe(false);
    clock.advance(1);
    expect(isRed(loop.record())).toBe(true);
  });

  test('stop waits for the turn in hand, tells it, and takes no other; start begins anew', async () => {
    let turns = 0;
    let ended = 0;
    const { loop } = setUp(async (signal) => {
      turns += 1;
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      ended += 1;
      throw signal.reason;
    });
    loop.start();
    loop.start();
    await eventually(() => turns === 1);
    await loop.stop();
    expect([turns, ended, loop.record().failuresInRow]).toEqual([1, 1, 0]);
    await loop.stop();
    loop.start();
    await eventually(() => turns === 2);
    await loop.stop();
  });

  test('work that is done ends the loop by itself', async () => {
    let turns = 0;
    const { loop } = setUp(() => (++turns < 3 ? 'again' : 'done'));
    loop.start();
    await loop.ended();
    expect([turns, loop.isDone()]).toEqual([3, true]);
    await loop.stop();
  });
});
