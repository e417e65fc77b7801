/** The network between the compiled binary and PostgreSQL goes bad. */
import { afterEach, beforeEach, expect, test } from 'bun:test';
import type { AditProcess } from '../support/adit-process.ts';
import { type AditRig, createAditRig } from '../support/adit-rig.ts';
import { eventually } from '../support/eventually.ts';
import { type FaultyProxy, startFaultyProxy } from '../support/faulty-proxy.ts';
import { watchHealth } from '../support/health-watch.ts';
import { expectWhole } from '../support/whole-invariants.ts';

let rig: AditRig;
let proxy: FaultyProxy;
let adit: AditProcess;
beforeEach(async () => {
  rig = await createAditRig({ tunnel: 'memory' });
  proxy = await startFaultyProxy({ host: '127.0.0.1', port: rig.database.socket.port });
  const { user, database } = rig.database.socket;
  adit = await rig.start({ env: { DATABASE_URL: `postgres://${user}@127.0.0.1:${proxy.port}/${database}` } });
});
afterEach(async () => {
  await rig[Symbol.asyncDispose]();
  await proxy.close();
});

const isReady = async () => (await adit.get('/readyz')).status === 200;

async function readinessSays(pattern: RegExp, withinMs: number): Promise<void> {
  await eventually(
    async () => {
      const { status, body } = await adit.get('/readyz');
      expect(status).toBe(503);
      expect(body).toMatch(pattern);
    },
    { withinMs },
  );
}

async function isServed(user: number): Promise<void> {
  await rig.control.say(user, '/trial');
  await rig.control.awaitMessage(user, { has: 'photo' }, 15_000);
}

test('F-L8: ten seconds without a database: readiness says why, health is well, users hear the truth, then all is as before', async () => {
  await rig.control.newUser(1);
  await isServed(1);
  const health = watchHealth(adit);
  proxy.refuse();
  proxy.reset();
  await readinessSays(/the database has not answered for \d+ s/, 10_000);
  await rig.control.newUser(2);
  await rig.control.say(2, '/trial');
  await rig.control.awaitMessage(2, { from: 'bot', contains: 'not available for a minute' }, 12_000);
  await readinessSays(/the database has not answered for 1\d s/, 20_000);
  proxy.heal();
  await eventually(isReady, { withinMs: 10_000 });
  await isServed(2);
  await expectWhole(rig, { adit, users: [1, 2] });
  const report = await health.report();
  expect(report.failed).toBe(0);
  expect(report.worstMs).toBeLessThan(250);
}, 60_000);

test('half-open connections that stay silent: noticed, users are told, and all works again by itself', async () => {
  await rig.control.newUser(1);
  await isServed(1);
  const health = watchHealth(adit);
  proxy.halfOpen({ alsoNew: true });
  await rig.control.newUser(2);
  await rig.control.say(2, '/trial');
  await rig.control.awaitMessage(2, { from: 'bot', contains: 'not available for a minute' }, 25_000);
  await readinessSays(/the database has not answered/, 20_000);
  proxy.heal();
  await eventually(isReady, { withinMs: 20_000 });
  await isServed(2);
  await expectWhole(rig, { adit, users: [1, 2] });
  expect(await health.report()).toMatchObject({ failed: 0 });
}, 80_000);

test('F-L12: every connection reset each 300 ms under load: no crash, what was promised is kept, issued once', async () => {
  const users = Array.from({ length: 50 }, (_, index) => 1_000 + index);
  const order = { users: users.length, withinMs: 9_000, text: '/trial', firstUserId: users[0] };
  const burst = rig.control.burst({ ...order, deadlineMs: 1_000 });
  let over = false;
  void burst.finally(() => (over = true));
  let resets = 0;
  const strike = () => {
    proxy.reset();
    resets += 1;
    return over;
  };
  await eventually(strike, { withinMs: 30_000, everyMs: 300 });
  expect(resets).toBeGreaterThan(25);
  await burst;
  await eventually(isReady, { withinMs: 15_000 });
  const fates = await Promise.all(users.map(fateOf));
  expect(new Set(fates)).toEqual(new Set(['promised', 'turned away']));
  const promised = users.filter((_, index) => fates[index] === 'promised');
  const turnedAway = users.filter((_, index) => fates[index] === 'turned away');
  for (const user of promised) await rig.control.awaitMessage(user, { has: 'document' }, 20_000);
  for (const user of turnedAway) await rig.control.say(user, '/trial');
  for (const user of turnedAway) await rig.control.awaitMessage(user, { has: 'document' }, 20_000);
  await expectWhole(rig, { adit, users, restsWithinMs: 45_000 });
  expect(await adit.kill('SIGTERM')).toBe(0);
}, 120_000);

/** What a user was told first. */
async function fateOf(user: number): Promise<'promised' | 'turned away' | 'silence'> {
  const texts = (await rig.control.messages(user))
    .filter((each) => each.from?.is_bot)
    .map((each) => each.text);
  if (texts.some((text) => text?.includes('Preparing') || text?.includes('is ready'))) return 'promised';
  return texts.some((text) => text?.includes('not available')) ? 'turned away' : 'silence';
}
