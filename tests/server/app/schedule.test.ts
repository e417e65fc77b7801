import { afterEach, describe, expect, test } from 'bun:test';
import { createSchedule, type Schedule } from '../../../src/server/app/schedule.ts';
import type { NewJob } from '../../../src/server/core/ports/jobs.ts';
import { silentLog } from '../../support/door-kit.ts';
import { eventually } from '../../support/eventually.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { createWallClock, type WallClock } from '../../support/wall-clock.ts';

const MINUTE = {
  name: 'minute',
  everySeconds: 60,
  job: { kind: 'housekeeping', data: {}, singletonKey: 'minute' },
} as const;

let schedule: Schedule | null = null;
afterEach(() => schedule?.stop());

/** croner's real seconds over a clock that the test moves. */
function begin(enqueue: (jobs: readonly NewJob[]) => Promise<void>) {
  const clock = createManualClock();
  schedule = createSchedule({ clock, log: silentLog(), activity: { began() {} } }, { enqueue, wake() {} }, [
    MINUTE,
  ]);
  schedule.start();
  return clock;
}

describe('F-J12: a line of the schedule', () => {
  test('of a minute runs at the start and after each minute: none of them is the last', async () => {
    let runs = 0;
    const clock = begin(async () => {
      runs += 1;
    });
    for (const run of [1, 2, 3]) {
      await eventually(() => runs === run);
      clock.advance(60_000);
    }
  });

  test('makes up for periods that were missed, three or a hundred, with one run', async () => {
    let runs = 0;
    const clock = begin(async () => {
      runs += 1;
    });
    await eventually(() => runs === 1);
    clock.advance(100 * 60_000);
    await eventually(() => runs === 2);
    // The next but one tick of croner has come when this line has run twice more.
    for (const run of [3, 4]) {
      clock.advance(60_000);
      await eventually(() => runs >= run);
    }
    expect(runs).toBe(4);
  });

  test('that could not enqueue says so and tries again long before its period is over', async () => {
    let tries = 0;
    const clock = begin(async () => {
      tries += 1;
      if (tries === 1) throw new Error('the database is away');
    });
    await eventually(() => schedule?.records()[0]?.failuresInRow === 1);
    clock.advance(5_000);
    await eventually(() => tries === 2 && schedule?.records()[0]?.failuresInRow === 0);
  });
});

interface Run {
  readonly name: 'one' | 'three';
  readonly passedMs: number;
  readonly wall: string;
}

/** The schedule in a process of its own, with its time zone and wall clock. */
async function live(
  timeZone: string,
  startsAt: string,
  during: (runs: () => readonly Run[], clock: WallClock) => Promise<void>,
) {
  const atStart = (Date.parse(startsAt) - Date.now()) / 1000;
  await using clock = await createWallClock(Math.round(atStart));
  const program = new URL('../../support/programs/schedule-process.ts', import.meta.url).pathname;
  const child = Bun.spawn([process.execPath, program], {
    env: { TZ: timeZone, ...clock.env },
    stdin: 'pipe',
    stdout: 'pipe',
  });
  let text = '';
  const reading = (async () => {
    for await (const chunk of child.stdout) text += new TextDecoder().decode(chunk);
  })();
  const runs = () =>
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Run);
  try {
    await during(runs, {
      ...clock,
      step: (seconds) => clock.step(Math.round(atStart) + seconds),
    });
  } finally {
    child.stdin.end();
    await child.exited;
    await reading;
  }
  return runs();
}

/** The longest pause of each line. Milliseconds. */
function longestPause(runs: readonly Run[], name: Run['name']): number {
  const times = runs.filter((each) => each.name === name).map((each) => each.passedMs);
  return Math.max(...times.slice(1).map((time, at) => time - times[at]!));
}

/** One tick may be lost to a step; the rest is room for a busy machine. */
function expectSteady(runs: readonly Run[]): void {
  expect(longestPause(runs, 'one')).toBeLessThan(3_500);
  expect(longestPause(runs, 'three')).toBeLessThan(6_500);
  const [first, last] = [runs[0]!.passedMs, runs.at(-1)!.passedMs];
  const most = (last - first) / 1_000 + 2;
  expect(runs.filter((each) => each.name === 'one').length).toBeLessThanOrEqual(most);
}

const count = (runs: readonly Run[]) => runs.filter((each) => each.name === 'one').length;

describe('F-J12: the schedule goes on at its pace', () => {
  test.concurrent('when summer time ends and begins', async () => {
    const nights = [
      ['2026-10-25T00:59:57Z', 'GMT+0200', 'GMT+0100'],
      ['2026-03-29T00:59:57Z', 'GMT+0100', 'GMT+0200'],
    ] as const;
    for (const [startsAt, before, after] of nights) {
      const runs = await live('Europe/Berlin', startsAt, (seen) =>
        eventually(() => count(seen()) >= 8, { withinMs: 30_000 }).then(() => undefined),
      );
      expect(runs[0]?.wall).toContain(before);
      expect(runs.at(-1)?.wall).toContain(after);
      expectSteady(runs);
    }
  }, 70_000);

  test.concurrent('when the wall clock steps back an hour, and forth two', async () => {
    const runs = await live('UTC', '2026-05-01T12:00:00Z', async (seen, clock) => {
      await eventually(() => count(seen()) >= 3, { withinMs: 20_000 });
      clock.step(-3_600);
      await eventually(() => seen().at(-1)?.wall.includes(' 11:00'), { withinMs: 20_000 });
      await eventually(() => count(seen()) >= 7, { withinMs: 20_000 });
      clock.step(3_600);
      await eventually(() => seen().at(-1)?.wall.includes(' 13:00'), { withinMs: 20_000 });
      await eventually(() => count(seen()) >= 10, { withinMs: 20_000 });
    });
    expectSteady(runs);
  }, 70_000);
});
