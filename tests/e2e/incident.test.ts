/**
 * The incident this project began with, in short: a node answers `200 OK` and never sends the body, while 50 people use the
 * bot (docs/incidents.md; the whole of it: ./build.sh bench incident).
 */
import { expect, test } from 'bun:test';
import type { AditProcess } from '../support/adit-process.ts';
import { type AditRig, createAditRig } from '../support/adit-rig.ts';
import { type Asked, createCrowd } from '../support/crowd.ts';
import { eventually } from '../support/eventually.ts';
import { watchHealth } from '../support/health-watch.ts';
import { comeInAsOwner } from '../support/owner.ts';
import { type SilentNode, startSilentNode } from '../support/silent-node.ts';

const FAULT_MS = 25_000;
/** XRAY_API_TIMEOUT_MS: short, so that the breaker has its failures within the fault. */
const DEADLINE_MS = 1_000;
const SLACK_MS = 500;
const LONGEST_WAIT_MS = 2_000;
const LONGEST_HEALTH_MS = 250;

const rigWith = (node: SilentNode): Promise<AditRig> =>
  createAditRig({
    tunnel: 'memory',
    env: {
      XRAY_API_URL: node.url,
      XRAY_API_KEY: node.key,
      XRAY_API_TIMEOUT_MS: String(DEADLINE_MS),
      XRAY_RECONCILIATION_INTERVAL_SECONDS: '3',
      VLESS_LINK: 'vless://user@127.0.0.1:443?encryption=none&security=none&type=tcp',
      DEVICES_PER_ACCOUNT: '20',
    },
  });

test('A7, B1, B3, F-L2: a node answers 200 without a body, and nobody but its own links waits', async () => {
  await using node = await startSilentNode();
  await using rig = await rigWith(node);
  const adit = await rig.start();
  const owner = await comeInAsOwner(adit);
  const crowd = createCrowd(rig.control, { users: 50, firstId: 9_000, perSecond: 5, patienceMs: 20_000 });
  await crowd.begin(30_000);

  const health = watchHealth(adit);
  node.silence();
  crowd.go();
  await breakerSaid(adit, owner.attention);
  const { status, body } = await adit.get('/readyz');
  expect({ status, body }).toEqual({ status: 200, body: '{"ready":true,"reasons":[]}' });
  await lasted(crowd.asked, FAULT_MS);
  node.heal();
  await crowd.stop();

  expectAnswered(crowd.asked());
  expect(crowd.unasked()).toBe(0);
  const { failed, worstMs } = await health.report();
  expect({ failed, quick: worstMs < LONGEST_HEALTH_MS, worstMs }).toMatchObject({ failed: 0, quick: true });
  expectGivenUp(node);
  await promisesKept(rig);
  await expectDeliveredOnce(rig, node);
}, 180_000);

/** The one failing call is named on the overview, while the process stays ready. */
async function breakerSaid(adit: AditProcess, attention: () => Promise<readonly string[]>): Promise<void> {
  await eventually(
    async () => {
      expect(await adit.metric('adit_breaker_open{call="xray_api.put"}')).toBe(1);
      expect((await attention()).join('\n')).toContain('Calls to xray_api.put are stopped');
    },
    { withinMs: FAULT_MS + 20_000, everyMs: 200 },
  );
}

const lasted = (asked: () => readonly Asked[], ms: number) =>
  eventually(() => performance.now() - asked()[0]!.at > ms, { withinMs: ms + 5_000, everyMs: 100 });

/** Every question got its answer in time; VLESS was promised and WireGuard given meanwhile. */
function expectAnswered(asked: readonly Asked[]): void {
  expect(asked.length).toBeGreaterThan(80);
  expect(asked.filter(({ waitMs }) => waitMs === null || waitMs > LONGEST_WAIT_MS)).toEqual([]);
  const wishes = new Set(asked.map(({ wish }) => wish));
  for (const wish of ['/start', '/devices', '/status', 'card', 'wireguard', 'vless'] as const) {
    expect([...wishes]).toContain(wish);
  }
}

/** Seen from the node: each of its silent answers was hung up on at the deadline. */
function expectGivenUp(node: SilentNode): void {
  const stalled = node.stalled();
  expect(stalled.length).toBeGreaterThan(5);
  expect(new Set(stalled.map(({ call }) => call))).toContain('GET /v1/users');
  const late = stalled.filter(({ heldMs }) => heldMs === null || heldMs > DEADLINE_MS + SLACK_MS);
  expect(late).toEqual([]);
}

/** Everything wanted is applied and delivered, and no job of a user was given up. */
async function promisesKept(rig: AditRig): Promise<void> {
  const left = async () => {
    const [rows] = await rig.sql`
      select (select count(*)::int from report.peers where not applied) as unapplied,
             (select count(*)::int from adit.issues i join adit.peers p on p.id = i.peer_id
               where p.wanted and i.delivered_at is null) as undelivered,
             (select count(*)::int from report.jobs
               where queue in ('apply-peer', 'apply-user') and state not in ('completed', 'cancelled')) as jobs,
             (select count(*)::int from adit_jobs.job
               where name = 'dead-letter' and source_name in ('apply-peer', 'apply-user')) as dead`;
    expect(rows).toEqual({ unapplied: 0, undelivered: 0, jobs: 0, dead: 0 });
  };
  await eventually(left, { withinMs: 60_000, everyMs: 100 });
}

/** Every link that was promised came, and came once; the node has exactly who is wanted. */
async function expectDeliveredOnce(rig: AditRig, node: SilentNode): Promise<void> {
  const wanted = await rig.sql<{ id: string; account: number }[]>`
    select p.id, d.account_id::int as account from adit.peers p join adit.devices d on d.id = p.device_id
     where p.protocol = 'vless' and p.wanted`;
  expect(wanted.length).toBeGreaterThan(2);
  expect((await node.users()).toSorted()).toEqual(wanted.map(({ id }) => id).toSorted());
  for (const [account, peers] of Map.groupBy(wanted, (each) => each.account)) {
    const texts = (await rig.control.messages(account)).map(({ text }) => text ?? '');
    const links = texts.flatMap((text) => /vless:\/\/[^@]+@/.exec(text)?.[0] ?? []);
    expect(links.length).toBeGreaterThanOrEqual(peers.length);
    expect(new Set(links).size).toBe(links.length);
  }
}
