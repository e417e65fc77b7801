/** Starting, stopping and handing over, of one binary and of two. */
import { expect, test } from 'bun:test';
import { chmod, copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AditProcess } from '../support/adit-process.ts';
import { type AditRig, createAditRig } from '../support/adit-rig.ts';
import { createBotUser } from '../support/bot-user.ts';
import { eventually } from '../support/eventually.ts';
import { startFaultyProxy } from '../support/faulty-proxy.ts';
import { testServer } from '../support/postgres.ts';
import { atRest, expectWhole } from '../support/whole-invariants.ts';

/** What a stop may take on top of the ten seconds it gives to work in hand. */
const GRACE_MS = 10_000;
const LITTLE_MS = 3_000;
const TAKE_OVER_MS = 2_000;
const FIRST = 3000;

async function newUsers(rig: AditRig, first: number, count: number): Promise<number[]> {
  const users = Array.from({ length: count }, (_, index) => first + index);
  await Promise.all(users.map((user) => rig.control.newUser(user)));
  return users;
}

const askAll = (rig: AditRig, users: readonly number[]) =>
  Promise.all(users.map((user) => rig.control.say(user, '/trial')));

async function documents(rig: AditRig, users: readonly number[]): Promise<number[]> {
  const held = await Promise.all(users.map((user) => rig.control.heldConfigs(user)));
  return held.map((configs) => configs.length);
}

async function timed<T>(work: Promise<T>): Promise<{ readonly ms: number; readonly value: T }> {
  const startedAt = performance.now();
  const value = await work;
  return { ms: performance.now() - startedAt, value };
}

test('F-J9: SIGTERM under load lets what is in hand end, and the next start serves the rest: nobody lost or served twice', async () => {
  await using rig = await createAditRig({ tunnel: 'memory' });
  let adit = await rig.start();
  const users = await newUsers(rig, FIRST, 100);
  await rig.control.fault({ kind: 'late', method: 'sendDocument', delayMs: 400 });
  await askAll(rig, users);
  await eventually(async () => (await documents(rig, users)).some((count) => count > 0));
  const { ms, value } = await timed(adit.kill('SIGTERM'));
  expect(value).toBe(0);
  expect(ms).toBeLessThan(GRACE_MS + LITTLE_MS);
  await rig.control.clearFaults();
  adit = await rig.start();
  await expectWhole(rig, { adit, users });
  expect(await documents(rig, users)).toEqual(users.map(() => 1));
}, 60_000);

test('F-J9: with Telegram standing still a stop ends when its time is over, and the work is done after the next start', async () => {
  await using rig = await createAditRig({ tunnel: 'memory' });
  let adit = await rig.start();
  const users = await newUsers(rig, FIRST, 3);
  const document = await rig.control.fault({ kind: 'stall_before_headers', method: 'sendDocument' });
  await askAll(rig, users);
  await eventually(async () => (await rig.control.faultHits(document)) === users.length);
  const message = await rig.control.fault({ kind: 'stall_before_headers', method: 'sendMessage' });
  await Promise.all(users.map((user) => rig.control.say(user, '/help')));
  await eventually(async () => (await rig.control.faultHits(message)) === users.length);
  const { ms, value } = await timed(adit.kill('SIGTERM'));
  expect(ms).toBeLessThan(GRACE_MS + LITTLE_MS);
  expect(value).toBe(0);
  const jobs = await rig.sql`select state, attempt from report.jobs where queue = 'apply-peer'`;
  expect(jobs.map((job) => ({ ...job }))).toEqual(users.map(() => ({ state: 'created', attempt: 0 })));
  await rig.control.clearFaults();
  adit = await rig.start();
  await expectWhole(rig, { adit, users });
}, 60_000);

test('F-J9: a second SIGTERM leaves at once', async () => {
  await using rig = await createAditRig({ tunnel: 'memory' });
  let adit = await rig.start();
  const users = await newUsers(rig, FIRST, 1);
  const hits = await rig.control.fault({ kind: 'stall_before_headers', method: 'sendDocument' });
  await askAll(rig, users);
  await eventually(async () => (await rig.control.faultHits(hits)) === 1);
  adit.signal('SIGTERM');
  await eventually(() => adit.output().includes('a second signal leaves at once'));
  const { ms, value } = await timed(adit.kill('SIGTERM'));
  expect(ms).toBeLessThan(500);
  expect(value).toBe(1);
  await rig.control.clearFaults();
  adit = await rig.start();
  await expectWhole(rig, { adit, users });
}, 60_000);

/** Another instance on the same database, as an upgrade or a second machine starts one. */
async function secondState(rig: AditRig): Promise<Readonly<Record<string, string>>> {
  const folder = join(rig.stateDir, '..', 'second');
  await mkdir(folder, { mode: 0o700 });
  await copyFile(join(rig.stateDir, 'wg-private.key'), join(folder, 'wg-private.key'));
  await chmod(join(folder, 'wg-private.key'), 0o600);
  return { STATE_DIR: folder };
}

const holds = (adit: AditProcess): boolean => adit.output().includes('node taken over');

test('F-J9, F-J1: of two instances one serves; the other takes over within two seconds of a stop or a kill, under load', async () => {
  await using rig = await createAditRig({ tunnel: 'memory' });
  const first = await rig.start();
  const second = await rig.start({ env: await secondState(rig), wait: false });
  await eventually(async () => (await second.get('/readyz')).status === 503);
  const users = await newUsers(rig, FIRST, 60);
  await askAll(rig, users.slice(0, 30));
  await eventually(async () => (await documents(rig, users)).some((count) => count > 0));
  expect(holds(second)).toBe(false);
  expect(await first.kill('SIGTERM')).toBe(0);
  const afterStop = await timed(second.ready());
  expect(afterStop.ms).toBeLessThan(TAKE_OVER_MS);
  await askAll(rig, users.slice(30));
  await atRest(rig, 20_000);
  expect(await documents(rig, users)).toEqual(users.map(() => 1));

  const third = await rig.start({ wait: false });
  await eventually(async () => (await third.get('/readyz')).status === 503);
  const late = await newUsers(rig, FIRST + users.length, 30);
  await askAll(rig, late);
  await eventually(async () => (await documents(rig, late)).some((count) => count > 0));
  expect(holds(third)).toBe(false);
  await second.kill('SIGKILL');
  const afterKill = await timed(third.ready());
  expect(afterKill.ms).toBeLessThan(TAKE_OVER_MS);
  process.stdout.write(`taken over after ${Math.round(afterStop.ms)} and ${Math.round(afterKill.ms)} ms\n`);
  await expectWhole(rig, { adit: third, users: [...users, ...late] });
}, 90_000);

test('F-J9, F-J8: with the database standing still a stop ends in its time all the same', async () => {
  const server = await testServer();
  const proxy = await startFaultyProxy({ host: server.host, port: server.port });
  await using rig = await createAditRig({ tunnel: 'memory' });
  const url = `postgres://adit@127.0.0.1:${proxy.port}/${rig.database.name}`;
  let adit = await rig.start({ env: { DATABASE_URL: url } });
  const users = await newUsers(rig, FIRST, 10);
  proxy.halfOpen({ alsoNew: true });
  await askAll(rig, users);
  await eventually(async () => (await adit.get('/readyz')).status === 503, { withinMs: 20_000 });
  const { ms } = await timed(adit.kill('SIGTERM'));
  await proxy.close();
  expect(ms).toBeLessThan(GRACE_MS + LITTLE_MS);
  adit = await rig.start();
  await createBotUser(rig, users[0]!).trial();
  await expectWhole(rig, { adit, users: await served(rig) });
}, 90_000);

async function served(rig: AditRig): Promise<number[]> {
  const rows = await rig.sql`select account::int from report.peers where wanted`;
  return rows.map((row) => row.account);
}

test('a second program on the same state folder is refused, and says who is there', async () => {
  await using rig = await createAditRig({ tunnel: 'memory' });
  const first = await rig.start();
  const second = await rig.start({ wait: false });
  expect(await second.exited).toBe(1);
  expect(second.output()).toContain(`already running here (pid ${first.pid})`);
  expect((await first.get('/readyz')).status).toBe(200);
}, 30_000);

test('F-J10: started and stopped ten times over, serve leaves nothing but its state', async () => {
  const temp = await mkdtemp(join(tmpdir(), 'adit-lifecycle-'));
  try {
    await using rig = await createAditRig({ tunnel: 'memory', env: { TMPDIR: temp } });
    for (let round = 0; round < 10; round++) {
      const adit = await rig.start();
      expect(await adit.kill('SIGTERM')).toBe(0);
    }
    expect([...new Bun.Glob('**/*').scanSync({ cwd: temp, dot: true })]).toEqual([]);
    const [sessions] = await rig.sql`
      select count(*)::int as left from pg_stat_activity
       where datname = current_database() and application_name = 'adit'`;
    expect(sessions!.left).toBe(0);
  } finally {
    await rm(temp, { recursive: true, force: true });
  }
}, 60_000);
