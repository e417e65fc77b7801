// needs root
/** kill -9 at every step between an update and the end of its delivery: one working device for each user, always. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AditProcess } from '../support/adit-process.ts';
import { type AditRig, createAditRig } from '../support/adit-rig.ts';
import { createBotUser } from '../support/bot-user.ts';
import { eventually } from '../support/eventually.ts';
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
import { findLeaks, secretsOf } from '../support/secret-search.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
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
  // As a kill between the writing and the renaming of wg0.conf leaves it.
  await writeFile(join(rig.stateDir, '.wg0.conf.left-behind.tmp'), 'torn', { mode: 0o600 });
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

test('F-J1: a wg that outlives its Adit and acts after the next has begun is put right by the next comparison', async () => {
  const user = next++;
  await rig.control.newUser(user);
  const scene = createKillScene(rig, shims, user, 'trial');
  const call = await scene.hold('before', 'wg addconf');
  await scene.ask();
  await call.reached();
  await adit.kill('SIGKILL');
  adit = await rig.start({ env: { RECONCILE_INTERVAL_SECONDS: '1' } });
  await atRest(rig, 20_000);
  users.push(user);
  await expectWhole(rig, { adit, users, without });
  const before = [...(await rig.wgPeers()).keys()].sort();
  await call.release();
  await eventually(async () => [...(await rig.wgPeers()).keys()].sort().join() !== before.join());
  await eventually(() => expectWhole(rig, { adit, users, without }), { withinMs: 15_000 });
}, 60_000);

test('F-J1: 25 kills at random times under a small load of new users, new keys and removals', async () => {
  const seed = Number(process.env.KILL_SEED ?? Date.now() % 1_000_000);
  process.stdout.write(`KILL_SEED=${seed}\n`);
  const random = createSeededRandom(seed);
  const lives: Promise<void>[] = [];
  for (let kill = 0; kill < 25; kill++) {
    lives.push(live(next++, random.integer(3) === 0));
    await passed(random.integer(700));
    await adit.kill('SIGKILL');
    if (kill % 3 === 0) await killWhileStarting(random.integer(400));
    adit = await rig.start();
  }
  await Promise.all(lives);
  await expectWhole(rig, { adit, users, without, restsWithinMs: 60_000 });
}, 180_000);

async function killWhileStarting(afterMs: number): Promise<void> {
  const starting = await rig.start({ wait: false });
  await passed(afterMs);
  await starting.kill('SIGKILL');
}

async function passed(ms: number): Promise<void> {
  const until = performance.now() + ms;
  await eventually(() => performance.now() > until, { everyMs: 1 });
}

/** From the first word to a second key, and for some to the end. */
async function live(user: number, leaves: boolean): Promise<void> {
  await rig.control.newUser(user);
  const person = createBotUser(rig, user, { screenMs: 1_500, withinMs: 120_000 });
  await person.trial();
  await person.reissue();
  if (leaves) await person.revoke();
  (leaves ? without : users).push(user);
}

test('F-S2, E7: no kill left a secret behind', async () => {
  const configs = await Promise.all([...users, ...without].map((user) => rig.control.heldConfigs(user)));
  const secrets = await secretsOf(rig, configs.flat());
  expect(await findLeaks(rig, secrets, shims)).toEqual([]);
}, 60_000);
