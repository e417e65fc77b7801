// needs root
/** Very many users at once: nobody twice, nobody forgotten, and nothing torn or frozen meanwhile. */
import { expect, test } from 'bun:test';
import { join } from 'node:path';
import type { AditProcess } from '../support/adit-process.ts';
import { type AditRig, createAditRig } from '../support/adit-rig.ts';
import { createBotUser } from '../support/bot-user.ts';
import { eventually } from '../support/eventually.ts';
import { footprintOf } from '../support/footprint.ts';
import { atRest, expectWhole } from '../support/whole-invariants.ts';
import { witness } from '../support/witness.ts';

const FIRST = 10_000;
const ids = (count: number): number[] => Array.from({ length: count }, (_, index) => FIRST + index);

interface FileSeen {
  readonly looks: number;
  readonly sizes: number;
  readonly bad: string | null;
}

interface HealthSeen {
  readonly answers: number;
  readonly slowestMs: number;
  readonly bad: string | null;
}

/** Looks on from three sides while `work` goes on: at the file, at the health, at the database's sessions. */
async function watched<T>(rig: AditRig, adit: AditProcess, work: () => Promise<T>) {
  // Ready means that users are served; the first comparison, which writes the file, may still be under way.
  await eventually(() => rig.wgConf());
  const file = await witness<FileSeen>(rig.place, 'config-reader.ts', join(rig.stateDir, 'wg0.conf'));
  const health = await witness<HealthSeen>(rig.place, 'health-probe.ts', String(adit.port()));
  let mostSessions = 0;
  let result: { readonly value: T } | null = null;
  const working = work().then((value) => {
    result = { value };
  });
  const looking = eventually(
    async () => {
      mostSessions = Math.max(mostSessions, await sessionsOf(rig));
      return result !== null;
    },
    { withinMs: 90_000, everyMs: 10 },
  );
  await Promise.all([working, looking]);
  const seen = { file: await file.tell(), health: await health.tell(), mostSessions };
  return { seen, value: result!.value as T };
}

async function sessionsOf(rig: AditRig): Promise<number> {
  const [row] = await rig.sql`
    select count(*)::int as sessions from pg_stat_activity
     where datname = current_database() and application_name = 'adit'`;
  return row!.sessions;
}

const say = (what: string, figures: unknown) => process.stdout.write(`${what}: ${JSON.stringify(figures)}\n`);

test('A1, A4, A5, D7: 1,000 users at once are all served, none twice, with a whole file and a quick health answer', async () => {
  await using rig = await createAditRig({ tunnel: 'userspace' });
  const adit = await rig.start();
  const before = footprintOf(adit.pid);
  const { seen, value } = await watched(rig, adit, async () => {
    const order = { users: 1000, withinMs: 1000, text: '/trial', firstUserId: FIRST, deadlineMs: 60_000 };
    const report = await rig.control.burst(order);
    await atRest(rig, 30_000);
    return report;
  });
  say('1,000 users', { document: value.document, ...seen });
  expect(value.withoutDocument).toBe(0);
  expect(seen.file.bad).toBeNull();
  expect(seen.file.looks).toBeGreaterThan(100);
  expect(seen.health.bad).toBeNull();
  expect(seen.health.slowestMs).toBeLessThan(250);
  expect(seen.mostSessions).toBeLessThanOrEqual(15);
  await expectWhole(rig, { adit, users: ids(1000), before });
}, 150_000);

test('A1: with five connections for everything a burst of 200 waits its turn and is served', async () => {
  await using rig = await createAditRig({ tunnel: 'userspace', env: { DB_POOL_MAX: '5' } });
  const adit = await rig.start();
  const { seen, value } = await watched(rig, adit, async () => {
    const order = { users: 200, withinMs: 200, text: '/start', firstUserId: FIRST, deadlineMs: 60_000 };
    const report = await rig.control.burst(order);
    await atRest(rig, 30_000);
    return report;
  });
  expect(value.withoutDocument).toBe(0);
  expect(seen.mostSessions).toBeLessThanOrEqual(5);
  await expectWhole(rig, { adit, users: ids(200) });
}, 120_000);

test('F-A1, F-A4: 300 users for 253 addresses: 253 are served, 47 hear "full"; ten leave, ten of those get in', async () => {
  await using rig = await createAditRig({ tunnel: 'userspace', env: { WG_POOL: '10.66.0.0/24' } });
  const adit = await rig.start();
  const [pool] = await rig.sql`select free::int, total::int from report.addresses`;
  expect(pool).toEqual({ free: 253, total: 253 });
  const everybody = ids(300);
  await rig.control.burst({ users: 300, withinMs: 1000, text: '/start', firstUserId: FIRST, deadlineMs: 1 });
  await atRest(rig, 60_000);
  const served = await accountsServed(rig);
  const full = everybody.filter((user) => !served.includes(user));
  expect(served.length).toBe(253);
  await allHear(rig, full, 'All places are taken');
  await expectWhole(rig, { adit, users: served });

  const leaving = served.slice(0, 10);
  const entering = full.slice(0, 10);
  await Promise.all(leaving.map((user) => createBotUser(rig, user).revoke()));
  await Promise.all(entering.map((user) => createBotUser(rig, user).trial()));
  const staying = served.filter((user) => !leaving.includes(user));
  await expectWhole(rig, { adit, users: [...staying, ...entering], without: leaving });
}, 150_000);

async function accountsServed(rig: AditRig): Promise<number[]> {
  const rows = await rig.sql`select account::int from report.peers where wanted`;
  return rows.map((row) => row.account);
}

async function allHear(rig: AditRig, users: readonly number[], words: string): Promise<void> {
  await Promise.all(users.map((user) => rig.control.awaitMessage(user, { from: 'bot', contains: words })));
}
