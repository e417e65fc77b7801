// needs root
/** `wg` misbehaves under the compiled binary: a shim first on PATH, told by a file how. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import type { AditProcess } from '../support/adit-process.ts';
import { type AditRig, createAditRig } from '../support/adit-rig.ts';
import { eventually } from '../support/eventually.ts';
import { type Footprint, footprintOf } from '../support/footprint.ts';
import { watchHealth } from '../support/health-watch.ts';
import { createMoodyWg, type MoodyWg, WG_MOODS, type WgMood } from '../support/moody-wg.ts';
import { expectWhole } from '../support/whole-invariants.ts';

const COMMAND_TIMEOUT_MS = 1_000;

let wg: MoodyWg;
let rig: AditRig;
let adit: AditProcess;
beforeAll(async () => {
  wg = await createMoodyWg();
  rig = await createAditRig({
    tunnel: 'userspace',
    env: {
      PATH: wg.path,
      WG_COMMAND_TIMEOUT_MS: String(COMMAND_TIMEOUT_MS),
      RECONCILE_INTERVAL_SECONDS: '3600',
    },
  });
  adit = await rig.start();
  before = footprintOf(adit.pid);
});
afterAll(async () => {
  await rig[Symbol.asyncDispose]();
  await wg[Symbol.asyncDispose]();
});

const children = () => ['wg', 'sh', 'sleep', 'head', 'tr'].flatMap((name) => rig.namespace!.pids(name));

/** Attempts of this user's job that failed so far, with the last words. */
async function failedAttempts(user: number): Promise<number> {
  const rows = await rig.sql`
    select j.attempt from report.jobs j
    where j.queue = 'apply-peer' and j.last_error is not null and j.subject in
      (select i.peer::text from report.issues i where i.account = ${user})`;
  return Math.max(0, ...rows.map((each) => Number(each.attempt)));
}

const FIRST_USER = 300;
let user = FIRST_USER;
let before: Footprint;
test.each(Object.keys(WG_MOODS) as WgMood[])(
  'F-L9: wg %s: users hear "preparing", health answers, the job comes again, nothing is left running',
  async (mood) => {
    user += 1;
    await rig.control.newUser(user);
    const health = watchHealth(adit);
    await wg.behave(mood);
    const startedAt = performance.now();
    await rig.control.say(user, '/trial');
    await rig.control.awaitMessage(user, { from: 'bot', contains: 'Preparing' }, 3_000);
    await eventually(async () => (await failedAttempts(user)) >= 1, { withinMs: 10_000 });
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    await wg.behave(null);
    await rig.control.awaitMessage(user, { has: 'photo' }, 30_000);
    await eventually(() => children().length === 0);
    const users = Array.from({ length: user - FIRST_USER }, (_, index) => FIRST_USER + 1 + index);
    await expectWhole(rig, { adit, users, before });
    const { failed, worstMs } = await health.report();
    expect(failed).toBe(0);
    expect(worstMs).toBeLessThan(250);
  },
  60_000,
);
