// needs root
/** A short soak (tests/soak, ./build.sh soak) with seeds that stay: faults on faults, forty users, every invariant at the end. */
import { describe, expect, test } from 'bun:test';
import { FAULT_NAMES } from '../soak/faults.ts';
import { drawPlan } from '../soak/plan.ts';
import { soak } from '../soak/soak.ts';

const PLAN = {
  seed: 20,
  forMs: 40_000,
  names: FAULT_NAMES,
  pauseMs: [600, 2_200],
  holdMs: [300, 3_000],
} as const;

test('random faults for forty seconds, forty users: every invariant holds at the end', async () => {
  const lines: string[] = [];
  const broken = await soak({
    ...PLAN,
    users: 40,
    thinkMs: 6_000,
    restMs: 120_000,
    print: (line) => void lines.push(line),
  });
  if (broken.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
  expect(broken).toEqual([]);
}, 300_000);

describe('the plan of a soak', () => {
  const draw = (seed: number, forMs = 600_000) => drawPlan({ ...PLAN, seed, forMs });

  test('is the same for the same seed, and another one for another', () => {
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  test('has every fault, each before any of them comes a third time, and none that outlasts the run', () => {
    const plan = draw(3);
    expect(new Set(plan.slice(0, FAULT_NAMES.length).map((each) => each.name)).size).toBe(FAULT_NAMES.length);
    expect(plan.every((each) => each.atMs + each.holdMs <= 600_000)).toBe(true);
  });

  test('of the short run above kills, freezes, fills the disk and moves the clock', () => {
    const names = drawPlan(PLAN).map((each) => each.name);
    for (const name of ['adit killed', 'adit frozen', 'disk full', 'clock moved', 'PostgreSQL killed']) {
      expect(names as readonly string[]).toContain(name);
    }
  });
});
