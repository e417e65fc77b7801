// needs root
/** kill -9 at every step between an update and the end of its delivery: one working device for each user, always. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { AditProcess } from '../support/adit-process.ts';
import { type AditRig, createAditRig } from '../support/adit-rig.ts';
import {
  createKillScene,
  type KillStep,
  prepare,
  REISSUE_STEPS,
  REVOKE_STEPS,
  TRIAL_STEPS,
  type Wish,
} from '../support/kill-steps.ts';
import { createProgramShims, type ProgramShims } from '../support/program-shims.ts';
import { atRest, expectWhole } from '../support/whole-invariants.ts';

/** A start after a kill, to serving users again. */
const READY_WITHIN_MS = 5_000;

let shims: ProgramShims;
let rig: AditRig;
let adit: AditProcess;
/** Who should have one working device by now, and who none. */
const users: number[] = [];
const without: number[] = [];
const rescues: number[] = [];
let next = 1000;

beforeAll(async () => {
  shims = await createProgramShims(['wg']);
  rig = await createAditRig({ tunnel: 'userspace', env: { PATH: shims.path } });
  adit = await rig.start();
}, 60_000);
afterAll(async () => {
  const sorted = rescues.toSorted((a, b) => a - b);
  const median = Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0);
  process.stdout.write(
    `${sorted.length} kills, start to rest: median ${median} ms, worst ${Math.round(sorted.at(-1) ?? 0)} ms\n`,
  );
  await rig[Symbol.asyncDispose]();
  await shims[Symbol.asyncDispose]();
}, 30_000);

async function survive(step: KillStep, wish: Wish): Promise<void> {
  const [user, bystander] = [next++, next++];
  await rig.control.newUser(user);
  await rig.control.newUser(bystander);
  if (wish !== 'trial') await prepare(rig, user);
  const scene = createKillScene(rig, shims, user, wish);
  try {
    await step.reach(scene);
    await rig.control.say(bystander, '/start');
    await adit.kill('SIGKILL');
  } finally {
    await scene.clear();
  }
  await rise();
  users.push(bystander);
  (wish === 'revoke' ? without : users).push(user);
  await expectWhole(rig, { adit, users, without });
}

async function rise(): Promise<void> {
  const startedAt = performance.now();
  adit = await rig.start();
  expect(performance.now() - startedAt).toBeLessThan(READY_WITHIN_MS);
  await atRest(rig, 20_000);
  rescues.push(performance.now() - startedAt);
}

describe.each([
  ['a new user', 'trial', TRIAL_STEPS],
  ['a new key', 'reissue', REISSUE_STEPS],
  ['a removal', 'revoke', REVOKE_STEPS],
] as const)('F-J1, A7, E1, E7: kill -9 on the way of %s', (_, wish, steps) => {
  for (const step of steps) test(step.name, () => survive(step, wish), 60_000);
});
