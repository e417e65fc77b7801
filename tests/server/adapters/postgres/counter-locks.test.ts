import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { countTraffic } from '../../../../src/server/core/traffic.ts';
import { openPostgresRig } from '../../../support/postgres-rig.ts';
import {
  DAY_MS,
  FIRST_START_MS,
  later,
  type MadeDevice,
  makeDevice,
  NODE,
  POOL,
  unique,
} from '../../../support/store-rig.ts';

setDefaultTimeout(30_000);

const ACCOUNTS = 40;

let rig: Awaited<ReturnType<typeof openPostgresRig>>;
beforeAll(async () => {
  rig = await openPostgresRig([POOL]);
}, FIRST_START_MS);
afterAll(async () => {
  await plansMaySort(true);
  await rig.close();
});

/** Which rows come first must not hang on the plan that the sizes of tables happen to bring. */
async function plansMaySort(may: boolean): Promise<void> {
  await rig.admin.unsafe(`alter system set enable_sort = ${may ? 'on' : 'off'}`);
  await rig.admin`select pg_reload_conf()`;
}

const stepOf = ({ peer }: MadeDevice) => {
  const { counter } = countTraffic(null, { boot: 'b', received: 5, sent: 0, handshakeAt: null });
  return { peerId: peer, known: null, next: counter };
};

// Two nodes are counted at the same time, and most accounts have devices on both.
test('subscriptions are written in order of id: two nodes counted at once never wait for each other in a circle', async () => {
  await plansMaySort(false);
  const epoch = await rig.nodes.nextEpoch(NODE);
  const made: MadeDevice[] = [];
  for (let count = 0; count < ACCOUNTS; count += 1) {
    made.push(await makeDevice(rig, unique(), later(rig, DAY_MS)));
  }
  let counting: Promise<unknown> = Promise.resolve();
  const free = await rig.admin.begin(async (first) => {
    await first`select from adit.subscriptions order by id limit 1 for update`;
    counting = rig.counters.record({ id: NODE, epoch }, made.map(stepOf), rig.now());
    await rig.someoneWaits!();
    const rest = await rig.admin`select from adit.subscriptions for update skip locked`;
    return rest.length;
  });
  expect(free).toBe(ACCOUNTS - 1);
  expect(await counting).toBe(ACCOUNTS);
});
