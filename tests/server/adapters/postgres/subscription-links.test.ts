import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { createSubscriptionReader } from '../../../../src/server/adapters/postgres/stores/subscription-links.ts';
import type { AccountId } from '../../../../src/server/core/ids.ts';
import { revokeSubscription } from '../../../../src/server/services/operate/revoke-subscription.ts';
import { ACT, type OperateRig, openOperateRig } from '../../../support/operate-rig.ts';
import { DAY_MS, FIRST_START_MS, later, makeDevice, makeVless, unique } from '../../../support/store-rig.ts';

setDefaultTimeout(30_000);

let rig: OperateRig;
beforeAll(async () => {
  rig = await openOperateRig();
}, FIRST_START_MS);
afterAll(() => rig.close());

const reader = () => createSubscriptionReader(rig.database);
const openLink = (account: AccountId) =>
  rig.store.transaction((tx) => tx.openSubscriptionLink(account, rig.uuid(), rig.now()));

async function subscribed() {
  const ends = later(rig, DAY_MS);
  const made = await makeVless(rig, 500_000 + unique(), ends);
  return { made, ends, link: await openLink(made.account) };
}

const count = (peer: string, received: number, sent: number) => rig.admin`
  insert into adit.peer_counters (peer_id, boot, received_bytes, sent_bytes, read_at)
  values (${peer}, 'b', ${received}, ${sent}, now())`;

describe('what stands behind a subscription link', () => {
  test('users that may connect, the end of access, traffic of all devices', async () => {
    const { made, ends, link } = await subscribed();
    const wireguard = await makeDevice(rig, made.account);
    const paused = await makeVless(rig, made.account);
    await rig.store.transaction((tx) => tx.pauseDevice(paused.device));
    await count(made.peer, 1_000, 2_000);
    await count(wireguard.peer, 10, 20);
    expect(await reader().content(link, rig.now())).toEqual({
      users: [{ peerId: made.peer, keyNumber: 1, deviceName: 'Device 2' }],
      until: ends,
      uploadedBytes: 1_010,
      downloadedBytes: 2_020,
      limit: null,
    });
    const [row] = await rig.admin`select fetched_at from adit.subscription_links where id = ${link}`;
    expect(row?.fetched_at).not.toBeNull();
  });

  test('a limit comes with what was used of it', async () => {
    const { made, link } = await subscribed();
    await rig.admin`
      update adit.subscriptions set traffic_limit_bytes = 5000, used_bytes = 77 where account_id = ${made.account}`;
    expect((await reader().content(link, rig.now()))?.limit).toEqual({ bytes: 5_000, usedBytes: 77 });
  });

  test('nobody is listed once access has ended, and the address still answers', async () => {
    const { made, link } = await subscribed();
    await rig.store.expire(later(rig, 2 * DAY_MS), 100);
    const content = await reader().content(link, later(rig, 2 * DAY_MS));
    expect(content).toMatchObject({ users: [], until: null });
    expect((await rig.store.view(made.account))?.devices).toHaveLength(1);
  });

  test('unknown and revoked are the same: nothing', async () => {
    const { made, link } = await subscribed();
    expect(await reader().content(rig.uuid(), rig.now())).toBeNull();
    expect(await revokeSubscription(rig.operate, ACT, made.account)).toEqual({ kind: 'done' });
    expect(await reader().content(link, rig.now())).toBeNull();
    const [line] = (await rig.audit()).slice(-1);
    expect(line).toMatchObject({
      operator: 'anna',
      action: 'subscription-revoke',
      subject: `account:${made.account}`,
      details: {},
    });
    expect(await revokeSubscription(rig.operate, ACT, made.account)).toEqual({ kind: 'not-found' });
    expect(await reader().content(await openLink(made.account), rig.now())).not.toBeNull();
  });

  test('two that ask for an address at once get the same one', async () => {
    const made = await makeVless(rig, 500_000 + unique(), later(rig, DAY_MS));
    const ids = await Promise.all(Array.from({ length: 8 }, () => openLink(made.account)));
    expect(new Set(ids).size).toBe(1);
  });
});

describe('the last word of the database', () => {
  test('a VLESS peer with an address or a key, and a WireGuard peer without, are refused', async () => {
    const { made } = await subscribed();
    const other = await makeDevice(rig, made.account);
    const refused = async (statement: Promise<unknown>) =>
      expect(
        await statement.then(
          () => 'taken',
          (error) => String(error),
        ),
      ).toContain('peers_protocol');
    await refused(rig.admin`update adit.peers set ip4 = '10.66.0.250' where id = ${made.peer}`.execute());
    await refused(rig.admin`update adit.peers set public_key = 'x' where id = ${made.peer}`.execute());
    await refused(rig.admin`update adit.peers set ip4 = null where id = ${other.peer}`.execute());
  });
});
