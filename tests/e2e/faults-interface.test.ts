// needs root
/** The real interface goes astray under the running binary: killed, stopped, changed by hand. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { createKeyMaker } from '../../src/server/adapters/wireguard/key-maker.ts';
import type { AditProcess } from '../support/adit-process.ts';
import { type AditRig, createAditRig } from '../support/adit-rig.ts';
import { eventually } from '../support/eventually.ts';
import { watchHealth } from '../support/health-watch.ts';
import { expectWhole } from '../support/whole-invariants.ts';

const PERIOD_MS = 2_000;
/** Two periods, and the time of a poll, a comparison and a start of the daemon. */
const TWO_PERIODS_MS = 2 * PERIOD_MS + 2_000;
const USERS = Array.from({ length: 12 }, (_, index) => 400 + index);

let rig: AditRig;
let adit: AditProcess;
beforeAll(async () => {
  rig = await createAditRig({
    tunnel: 'userspace',
    env: { RECONCILE_INTERVAL_SECONDS: String(PERIOD_MS / 1_000), WG_COMMAND_TIMEOUT_MS: '1000' },
  });
  adit = await rig.start();
  for (const user of USERS) await rig.control.newUser(user);
  for (const user of USERS) await rig.control.say(user, '/trial');
  for (const user of USERS) await rig.control.awaitMessage(user, { has: 'photo' });
});
afterAll(() => rig[Symbol.asyncDispose]());

const wg = (...words: readonly string[]) => rig.namespace!.exec(['wg', ...words]);
const drift = (kind: string) => adit.metric(`adit_reconcile_drift{node="local",kind="${kind}"}`);

async function wanted(): Promise<Map<string, string>> {
  const rows = await rig.sql`select public_key, ip4 from report.peers where wanted`;
  return new Map(rows.map((each) => [String(each.public_key), `${each.ip4}/32`]));
}

/** Every wanted peer is there with its own address; whatever else is there was put by somebody else. */
async function expectWantedPresent(strangers: number): Promise<void> {
  const [want, live] = [await wanted(), await rig.wgPeers()];
  for (const [key, address] of want) expect(live.get(key)).toEqual([address]);
  expect(live.size).toBe(want.size + strangers);
}

async function isServed(user: number): Promise<void> {
  await rig.control.newUser(user);
  await rig.control.say(user, '/trial');
  await rig.control.awaitMessage(user, { has: 'photo' }, 20_000);
}

test('F-W4: removed peers return, swapped addresses are put right, peers of others stay and are counted', async () => {
  const keys = [...(await wanted()).keys()];
  const strangers = Array.from({ length: 5 }, () => createKeyMaker().keyPair().publicKey);
  for (const [index, key] of strangers.entries()) {
    await wg('set', 'wg0', 'peer', key, 'allowed-ips', `10.99.0.${index + 1}/32`);
  }
  for (const key of keys.slice(0, 6)) await wg('set', 'wg0', 'peer', key, 'remove');
  const [one, other] = await Promise.all([6, 7].map(async (at) => (await wanted()).get(keys[at]!)!));
  await wg('set', 'wg0', 'peer', keys[6]!, 'allowed-ips', other!);
  await wg('set', 'wg0', 'peer', keys[7]!, 'allowed-ips', one!);
  await wg('set', 'wg0', 'peer', keys[8]!, 'allowed-ips', '0.0.0.0/0');
  // A stranger takes somebody's address: the interface moves it in silence.
  await wg('set', 'wg0', 'peer', strangers[0]!, 'allowed-ips', (await wanted()).get(keys[9]!)!);
  await eventually(() => expectWantedPresent(strangers.length), { withinMs: TWO_PERIODS_MS });
  await eventually(async () => (await drift('quarantined')) === 5, { withinMs: TWO_PERIODS_MS });
  const runs = await rig.sql`
    select sum(added)::int as added, sum(changed)::int as changed, sum(removed)::int as removed
    from report.reconcile_runs`;
  expect(runs[0]).toMatchObject({ added: 6, changed: 4, removed: 0 });
  for (const key of strangers) await wg('set', 'wg0', 'peer', key, 'remove');
  await eventually(async () => (await drift('quarantined')) === 0, { withinMs: TWO_PERIODS_MS });
  await expectWhole(rig, { adit, users: USERS });
}, 40_000);

test('F-W6: wireguard-go killed: a new one stands with every peer within two periods, and new users are served', async () => {
  const health = watchHealth(adit);
  const killed = rig.namespace!.pids('wireguard-go');
  expect(killed).toHaveLength(1);
  process.kill(killed[0]!, 'SIGKILL');
  await eventually(() => expectWantedPresent(0), { withinMs: TWO_PERIODS_MS });
  const { stdout } = await rig.namespace!.exec(['ip', '-json', 'address', 'show', 'dev', 'wg0']);
  expect(stdout).toContain('10.66.0.1');
  expect(rig.namespace!.pids('wireguard-go')).not.toContain(killed[0]!);
  await isServed(450);
  await expectWhole(rig, { adit, users: [...USERS, 450] });
  expect(await health.report()).toMatchObject({ failed: 0 });
}, 40_000);

test('F-W6: wireguard-go stopped for a while: health answers, users wait, and are served when it goes on', async () => {
  const health = watchHealth(adit);
  const [daemon] = rig.namespace!.pids('wireguard-go');
  process.kill(daemon!, 'SIGSTOP');
  try {
    await rig.control.newUser(460);
    await rig.control.say(460, '/trial');
    await rig.control.awaitMessage(460, { from: 'bot', contains: 'Preparing' }, 3_000);
    // The age of the last comparison grows past the period: that is how an operator sees it.
    await eventually(
      async () => ((await adit.metric('adit_reconcile_last_success_age_seconds{node="local"}')) ?? 0) > 5,
      { withinMs: 20_000 },
    );
  } finally {
    process.kill(daemon!, 'SIGCONT');
  }
  await rig.control.awaitMessage(460, { has: 'photo' }, 40_000);
  await eventually(() => expectWantedPresent(0), { withinMs: 20_000 });
  await eventually(() => rig.namespace!.pids('wg').length === 0);
  await expectWhole(rig, { adit, users: [...USERS, 460] });
  const report = await health.report();
  expect(report.failed).toBe(0);
  expect(report.worstMs).toBeLessThan(250);
}, 90_000);
