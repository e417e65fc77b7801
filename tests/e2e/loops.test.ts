/** Every loop of the binary tells how it fares, and so no loop can die in silence. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import type { AditProcess } from '../support/adit-process.ts';
import { type AditRig, createAditRig } from '../support/adit-rig.ts';
import { eventually } from '../support/eventually.ts';
import { startFaultyProxy } from '../support/faulty-proxy.ts';

/** Of a program that polls Telegram and has a database of its own. */
const LOOPS = [
  'bot',
  'bot:repay',
  'database:probe',
  'hold-node',
  'jobs:apply-peer',
  'jobs:count-traffic',
  'jobs:expire-subscriptions',
  'jobs:housekeeping',
  'jobs:leases',
  'jobs:maintenance',
  'jobs:reconcile-node',
  'jobs:tell-ending',
  'live:sessions',
  'reconcile:local',
  'schedule:count-traffic',
  'schedule:expire-subscriptions',
  'schedule:housekeeping',
  'schedule:reconcile-node',
  'vitals:read',
  'vitals:sample',
  'watchdog',
];
/** With another way of running it, or until they have done their one thing. */
const AT_TIMES = ['bot:replay', 'bot:webhook', 'postgres:server', 'supervisor', 'xray', 'xray:watch'];

let rig: AditRig;
let adit: AditProcess;
beforeAll(async () => {
  rig = await createAditRig({ tunnel: 'memory' });
}, 60_000);
afterAll(() => rig[Symbol.asyncDispose](), 60_000);

async function values(metric: string): Promise<ReadonlyMap<string, number>> {
  const { body } = await adit.get('/metrics');
  const lines = body.matchAll(new RegExp(`^${metric}\\{loop="([^"]+)"\\} (\\S+)$`, 'gm'));
  return new Map([...lines].map(([, loop, value]) => [loop!, Number(value)]));
}

test('E8: every loop of the running program is listed, turns, and has failed nowhere', async () => {
  adit = await rig.start();
  const names = async (metric: string) => [...(await values(metric)).keys()].toSorted();
  await eventually(async () => expect(await names('adit_loop_last_success_age_seconds')).toEqual(LOOPS), {
    withinMs: 30_000,
  });
  expect(await names('adit_loop_failures_in_row')).toEqual(LOOPS);
  expect(await names('adit_loop_restarts_total')).toEqual(LOOPS);
  expect([...(await values('adit_loop_restarts_total')).values()].every((count) => count === 0)).toBe(true);
}, 60_000);

test('E8: a loop that fails goes on: an outage leaves failures in a row, and its end takes them away', async () => {
  await adit.kill('SIGTERM');
  await using proxy = Object.assign(
    await startFaultyProxy({ host: '127.0.0.1', port: rig.database.socket.port }),
    {
      [Symbol.asyncDispose]: () => proxy.close(),
    },
  );
  const { user, database } = rig.database.socket;
  adit = await rig.start({ env: { DATABASE_URL: `postgres://${user}@127.0.0.1:${proxy.port}/${database}` } });
  proxy.refuse();
  proxy.reset();
  const failing = ['jobs:housekeeping', 'schedule:expire-subscriptions', 'vitals:read'];
  const failures = async () => {
    const all = await values('adit_loop_failures_in_row');
    return failing.map((name) => all.get(name) ?? 0);
  };
  await eventually(async () => expect(Math.min(...(await failures()))).toBeGreaterThan(0), {
    withinMs: 40_000,
  });
  proxy.heal();
  await eventually(async () => expect(Math.max(...(await failures()))).toBe(0), { withinMs: 40_000 });
}, 120_000);

test('no loop is made in the source under a name that is not in the list', async () => {
  const root = new URL('../../src/server/', import.meta.url).pathname;
  const found: string[] = [];
  for (const path of new Bun.Glob('**/*.ts').scanSync(root)) {
    const text = await Bun.file(root + path).text();
    if (!/create(SupervisedLoop|LoopBook)\(/.test(text)) continue;
    for (const [, name] of text.matchAll(/\b(?:name:|_LOOP =) '([a-z:-]+)'/g)) found.push(name!);
  }
  expect(found.length).toBeGreaterThan(8);
  expect(found.filter((name) => ![...LOOPS, ...AT_TIMES].includes(name))).toEqual([]);
});
