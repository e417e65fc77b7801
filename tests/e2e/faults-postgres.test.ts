/** PostgreSQL itself is small, restarts, or is left behind by a killed program. */
import { afterEach, expect, test } from 'bun:test';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import postgres from 'postgres';
import type { AditProcess } from '../support/adit-process.ts';
import { type AditRig, createAditRig } from '../support/adit-rig.ts';
import { eventually } from '../support/eventually.ts';
import { startTestServer } from '../support/postgres-server.ts';
import { expectWhole } from '../support/whole-invariants.ts';

let rig: AditRig;
afterEach(() => rig[Symbol.asyncDispose]());

const isReady = (adit: AditProcess) => async () => (await adit.get('/readyz')).status === 200;

/** Sessions of the binary under test, as the server counts them. */
const sessions = () =>
  rig.sql`
    select pid, state, wait_event_type from pg_stat_activity
    where datname = ${rig.database.name} and application_name = 'adit'`;

const POOL_MAX = 8;

test('F-D1: a thousand users at once on eight connections: never a ninth, nobody is refused by the server', async () => {
  rig = await createAditRig({ tunnel: 'memory' });
  const { admin, name, socket } = rig.database;
  // The server itself refuses a ninth session of this role.
  const role = `small_${name}`;
  await admin.unsafe(`create role ${role} login connection limit ${POOL_MAX}`);
  await admin.unsafe(`alter database ${name} owner to ${role}`);
  const url = `postgres://${role}@localhost:${socket.port}/${name}?host=${socket.host}`;
  const adit = await rig.start({ env: { DATABASE_URL: url, DB_POOL_MAX: String(POOL_MAX) } });
  let most = 0;
  let over = false;
  const order = { users: 1_000, withinMs: 500, text: '/trial', firstUserId: 10_000, deadlineMs: 60_000 };
  const burst = rig.control.burst(order).finally(() => (over = true));
  const count = async () => {
    most = Math.max(most, (await sessions()).length);
    return over;
  };
  await eventually(count, { withinMs: 90_000, everyMs: 10 });
  const { document } = await burst;
  expect(document.count).toBe(1_000);
  expect(document.p99).toBeLessThan(20_000);
  expect(most).toBeGreaterThan(2);
  expect(most).toBeLessThanOrEqual(POOL_MAX);
  expect(adit.output()).not.toMatch(/too many (clients|connections)|53300/);
  const users = Array.from({ length: 1_000 }, (_, index) => 10_000 + index);
  await expectWhole({ ...rig, poolMax: POOL_MAX }, { adit, users });
}, 120_000);

test('F-D3: killed in the middle of transactions: no session, lock or half a user is left, and all are served once', async () => {
  rig = await createAditRig({ tunnel: 'memory' });
  const users = [21, 22, 23];
  for (const user of users) {
    const adit = await rig.start();
    await rig.control.newUser(user);
    await rig.database.admin.begin(async (tx) => {
      await tx`lock table adit.accounts in access exclusive mode`;
      await rig.control.say(user, '/trial');
      await eventually(async () => (await sessions()).some((each) => each.wait_event_type === 'Lock'));
      await adit.kill('SIGKILL');
    });
    await eventually(async () => (await sessions()).length === 0, { withinMs: 10_000 });
    const locks = await rig.sql`
      select 1 from pg_locks where locktype = 'advisory'
      and database = (select oid from pg_database where datname = ${rig.database.name})`;
    expect(locks).toHaveLength(0);
  }
  const adit = await rig.start();
  for (const user of users) await rig.control.awaitMessage(user, { has: 'photo' }, 15_000);
  await expectWhole(rig, { adit, users });
}, 60_000);

test('F-D5: PostgreSQL restarted fast, immediately and by kill -9 under load: ready again in five seconds, issued once', async () => {
  rig = await createAditRig({ tunnel: 'memory' });
  // Without it a killed server forgets its last commits, which no client could make good.
  const server = await startTestServer({ synchronous_commit: 'on' });
  const admin = postgres(server.url('postgres'), { max: 1, onnotice: () => undefined });
  try {
    const adit = await rig.start({ env: { DATABASE_URL: server.url('postgres') } });
    const users = Array.from({ length: 60 }, (_, index) => 100 + index);
    const order = { users: users.length, withinMs: 6_000, text: '/trial', firstUserId: 100, deadlineMs: 500 };
    const load = rig.control.burst(order);
    for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
      await server.kill(signal);
      await eventually(async () => (await adit.get('/readyz')).status === 503);
      await server.start();
      const answeredAt = performance.now();
      await eventually(isReady(adit), { withinMs: 10_000 });
      expect(performance.now() - answeredAt).toBeLessThan(5_000);
    }
    await load;
    await serveTheRest(users);
    await expectWhole({ ...rig, sql: admin }, { adit, users, restsWithinMs: 30_000 });
    expect(await adit.kill('SIGTERM')).toBe(0);
  } finally {
    await admin.end({ timeout: 0 });
    await server.dispose();
  }
}, 90_000);

test('F-D5: the bundled PostgreSQL killed three times under load: started again by itself, issued once', async () => {
  rig = await createAditRig({ tunnel: 'memory', ownDatabase: false });
  const adit = await rig.start();
  const users = Array.from({ length: 60 }, (_, index) => 200 + index);
  const order = { users: users.length, withinMs: 6_000, text: '/trial', firstUserId: 200, deadlineMs: 500 };
  const load = rig.control.burst(order);
  for (let blow = 0; blow < 3; blow += 1) {
    const postmaster = await postmasterPid();
    process.kill(postmaster, 'SIGKILL');
    await eventually(async () => (await postmasterPid()) !== postmaster, { withinMs: 10_000 });
    await eventually(async () => void (await rig.sql`select 1`), { withinMs: 15_000 });
    const answeredAt = performance.now();
    await eventually(isReady(adit), { withinMs: 10_000 });
    expect(performance.now() - answeredAt).toBeLessThan(5_000);
  }
  await load;
  await serveTheRest(users);
  await expectWhole(rig, { adit, users, restsWithinMs: 30_000 });
  const last = await postmasterPid();
  expect(await adit.kill('SIGTERM')).toBe(0);
  expect(() => process.kill(last, 0)).toThrow('ESRCH');
}, 90_000);

async function postmasterPid(): Promise<number> {
  const text = await readFile(join(rig.stateDir, 'postgres/server/data/postmaster.pid'), 'utf8');
  return Number(text.split('\n')[0]);
}

/** Whoever was told to come back comes back. */
async function serveTheRest(users: readonly number[]): Promise<void> {
  for (const user of users) {
    const texts = (await rig.control.messages(user)).map((each) => each.text ?? '');
    const isPromised = texts.some((text) => text.includes('Preparing') || text.includes('is ready'));
    if (!isPromised) await rig.control.say(user, '/trial');
  }
  for (const user of users) await rig.control.awaitMessage(user, { has: 'document' }, 20_000);
}
