import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { AppError } from '../../../src/server/core/errors.ts';
import { accountId, peerId } from '../../../src/server/core/ids.ts';
import type { OperationStore } from '../../../src/server/core/ports/operations.ts';
import { addNote } from '../../../src/server/services/operate/add-note.ts';
import { pauseAccount, resumeAccount } from '../../../src/server/services/operate/change-account.ts';
import { changePeer, type PeerAct } from '../../../src/server/services/operate/change-peer.ts';
import { grantDays } from '../../../src/server/services/operate/grant-days.ts';
import { ACT, type OperateRig, openOperateRig } from '../../support/operate-rig.ts';
import {
  codeOf,
  DAY_MS,
  FIRST_START_MS,
  giveKey,
  later,
  type MadeDevice,
  makeDevice,
  profileOf,
  targetOf,
  unique,
} from '../../support/store-rig.ts';

setDefaultTimeout(30_000);

let rig: OperateRig;
beforeAll(async () => {
  rig = await openOperateRig();
}, FIRST_START_MS);
afterAll(() => rig.close());
beforeEach(() => {
  rig.woken.length = 0;
});

const NOBODY = peerId('00000000-0000-7000-8000-000000000000');
const lines = async (subject: string) => (await rig.audit()).filter((line) => line.subject === subject);
const newest = async (subject: string) => (await lines(subject)).at(-1);
const stateOf = async (made: MadeDevice) => (await rig.store.view(made.account))!;

async function running(): Promise<MadeDevice> {
  const made = await makeDevice(rig, 100_000 + unique(), later(rig, DAY_MS));
  await giveKey(rig, made.peer);
  const target = await targetOf(rig, made.peer);
  await rig.peers.markApplied([{ peerId: made.peer, generation: target.generation }], rig.now());
  return made;
}

const ends = (made: MadeDevice) =>
  rig.admin`update adit.subscriptions set ends_at = now() - interval '1 minute' where account_id = ${made.account}`;
/** The audit takes nothing: its disk is full, say. */
const withoutAudit = (): OperationStore => ({
  transaction: (work) =>
    rig.operators.transaction((tx) =>
      work({ ...tx, record: () => Promise.reject(new AppError('internal', 'the audit is full')) }),
    ),
});

describe('an operator and one device', () => {
  test('revoke: unwanted, its address rests, its job is there, and so is the line in the audit', async () => {
    const made = await running();
    expect(await changePeer(rig.operate, ACT, 'revoke', made.peer)).toEqual({
      kind: 'done',
      deviceName: 'Device 1',
    });
    expect(await targetOf(rig, made.peer)).toMatchObject({ wanted: false });
    expect((await stateOf(made)).devices).toEqual([]);
    expect((await rig.jobs()).at(-1)).toEqual({ kind: 'apply-peer', data: { peerId: made.peer } });
    expect(rig.woken).toEqual(['apply-peer']);
    expect(await newest(`peer:${made.peer}`)).toMatchObject({
      operator: 'anna',
      action: 'peer-revoke',
      address: '192.0.2.7',
      details: { device: 'Device 1', account: made.account, ip: made.address.ip4 },
    });
    expect((await changePeer(rig.operate, ACT, 'revoke', made.peer)).kind).toBe('not-found');
  });

  test('re-issue: a promise of a new config, by its form once', async () => {
    const made = await running();
    const act = { ...ACT, once: rig.uuid() };
    const { generation } = await targetOf(rig, made.peer);
    expect((await changePeer(rig.operate, act, 'reissue', made.peer)).kind).toBe('done');
    expect(await targetOf(rig, made.peer)).toMatchObject({ generation: generation + 1, wanted: true });
    expect((await changePeer(rig.operate, act, 'reissue', made.peer)).kind).toBe('repeat');
    const causes =
      await rig.admin`select cause from adit.issues where peer_id = ${made.peer} order by created_at`;
    expect(causes.map((row) => String(row.cause).split(':')[0])).toEqual(['test', 'operator']);
    expect(await lines(`peer:${made.peer}`)).toHaveLength(1);
  });

  test('pause and resume, each safe to repeat', async () => {
    const made = await running();
    for (const act of ['pause', 'pause'] as const) await changePeer(rig.operate, ACT, act, made.peer);
    expect((await stateOf(made)).devices[0]).toMatchObject({ state: 'paused', peer: { wanted: false } });
    for (const act of ['resume', 'resume'] as const) await changePeer(rig.operate, ACT, act, made.peer);
    expect((await stateOf(made)).devices[0]).toMatchObject({ state: 'active', peer: { wanted: true } });
  });

  test('nothing is issued without access, or while the account is paused; taking away always works', async () => {
    const made = await running();
    await ends(made);
    for (const act of ['resume', 'reissue'] as const) {
      expect(await changePeer(rig.operate, ACT, act, made.peer)).toEqual({ kind: 'no-subscription' });
    }
    await pauseAccount(rig.operate, ACT, made.account);
    expect(await changePeer(rig.operate, ACT, 'reissue', made.peer)).toEqual({ kind: 'account-paused' });
    expect((await changePeer(rig.operate, ACT, 'revoke', made.peer)).kind).toBe('done');
  });

  test.each(['pause', 'resume', 'revoke', 'reissue'] as const)(
    'an unknown peer: %s',
    async (act: PeerAct) => {
      expect(await changePeer(rig.operate, ACT, act, NOBODY)).toEqual({ kind: 'not-found' });
    },
  );

  test('without its line in the audit nothing happens at all', async () => {
    const made = await running();
    const before = [await targetOf(rig, made.peer), (await rig.jobs()).length];
    const work = changePeer(
      { ...rig.operate, store: withoutAudit() },
      { ...ACT, once: rig.uuid() },
      'revoke',
      made.peer,
    );
    expect(await codeOf(work)).toBe('internal');
    expect([await targetOf(rig, made.peer), (await rig.jobs()).length]).toEqual(before);
    expect(await lines(`peer:${made.peer}`)).toEqual([]);
  });
});

describe('an operator and an account', () => {
  test('pause cuts all devices off and refuses new ones; going on brings back those that were not paused', async () => {
    const made = await running();
    const second = await makeDevice(rig, made.account);
    await changePeer(rig.operate, ACT, 'pause', second.peer);
    expect(await pauseAccount(rig.operate, ACT, made.account)).toEqual({ kind: 'done', devices: 1 });
    const paused = await stateOf(made);
    expect(paused.account.paused).toBe(true);
    expect(paused.devices.map((each) => each.peer.wanted)).toEqual([false, false]);
    expect(await pauseAccount(rig.operate, ACT, made.account)).toEqual({ kind: 'done', devices: 0 });
    // The user's own way back in is closed too: his visit changes nothing of it.
    await rig.store.transaction((tx) => tx.openAccounts([profileOf(made.account)]));
    expect((await stateOf(made)).account.paused).toBe(true);
    expect(await resumeAccount(rig.operate, ACT, made.account)).toEqual({ kind: 'done', devices: 1 });
    expect((await stateOf(made)).devices.map((each) => each.peer.wanted)).toEqual([true, false]);
    const acts = (await lines(`account:${made.account}`)).map((line) => line.action);
    expect(acts).toEqual(['account-pause', 'account-pause', 'account-resume']);
  });

  test('going on without access brings nothing back', async () => {
    const made = await running();
    await pauseAccount(rig.operate, ACT, made.account);
    await ends(made);
    expect(await resumeAccount(rig.operate, ACT, made.account)).toEqual({ kind: 'done', devices: 0 });
  });

  test('granted days lift a limit of traffic that was used up: the devices come back, and count without a limit', async () => {
    const made = await running();
    await rig.admin`
      update adit.subscriptions set traffic_limit_bytes = 10, used_bytes = 10 where account_id = ${made.account}`;
    expect(await rig.store.endLimited(rig.now(), 10)).toBe(1);
    expect((await targetOf(rig, made.peer)).wanted).toBe(false);
    const shown = await rig.reader.account(String(made.account), rig.now());
    expect(shown?.account.state).toBe('limited');
    expect(shown?.subscriptions).toMatchObject([{ usedBytes: 10, limitBytes: 10, usedUp: true }]);
    const grant = { account: made.account, days: 2, reason: 'sorry' };
    expect(await grantDays(rig.operate, ACT, grant)).toMatchObject({ kind: 'done', devices: 1 });
    expect((await targetOf(rig, made.peer)).wanted).toBe(true);
    expect((await rig.reader.account(String(made.account), rig.now()))?.account.state).toBe('active');
    expect(await rig.store.endLimited(rig.now(), 10)).toBe(0);
  });

  test('granted days follow those there are, bring expired devices back, and are given once a form', async () => {
    const made = await running();
    await ends(made);
    await rig.store.expire(rig.now(), 10);
    expect((await targetOf(rig, made.peer)).wanted).toBe(false);
    const act = { ...ACT, once: rig.uuid() };
    const grant = { account: made.account, days: 7, reason: 'sorry' };
    const first = await grantDays(rig.operate, act, grant);
    expect(first).toMatchObject({ kind: 'done', devices: 1 });
    expect(await targetOf(rig, made.peer)).toMatchObject({ wanted: true });
    expect((await rig.jobs()).at(-1)).toEqual({ kind: 'apply-peer', data: { peerId: made.peer } });
    expect(await grantDays(rig.operate, act, grant)).toEqual({ kind: 'repeat' });
    // Numbers of forms are not kept for ever.
    await rig.admin`update adit.operator_requests set at = now() - interval '25 hours'`;
    const second = await grantDays(rig.operate, { ...ACT, once: rig.uuid() }, grant);
    expect(await rig.admin`select from adit.operator_requests`).toHaveLength(1);
    if (first.kind !== 'done' || second.kind !== 'done') throw new Error('not granted');
    expect(second.until.getTime() - first.until.getTime()).toBe(7 * DAY_MS);
    expect(await newest(`account:${made.account}`)).toMatchObject({
      action: 'account-grant',
      details: { days: 7, reason: 'sorry' },
    });
  });

  test('a paused account is granted days and stays off', async () => {
    const made = await running();
    await pauseAccount(rig.operate, ACT, made.account);
    const grant = { account: made.account, days: 7, reason: 'x' };
    expect(await grantDays(rig.operate, ACT, grant)).toMatchObject({ kind: 'done', devices: 0 });
    expect((await targetOf(rig, made.peer)).wanted).toBe(false);
  });

  test('a note is kept with its author; the audit tells that it was written and not what', async () => {
    const made = await running();
    const act = { ...ACT, once: rig.uuid() };
    const note = { account: made.account, text: 'asked twice\0 <script>' };
    expect(await addNote(rig.operate, act, note)).toEqual({ kind: 'done' });
    expect(await addNote(rig.operate, act, note)).toEqual({ kind: 'repeat' });
    const detail = await rig.reader.account(String(made.account), rig.now());
    expect(detail?.notes).toMatchObject([{ operator: 'anna', text: 'asked twice <script>' }]);
    expect(JSON.stringify(await newest(`account:${made.account}`))).not.toContain('twice');
    expect(detail?.history.map((each) => each.kind)).toContain('noted');
  });

  test('an unknown account', async () => {
    const id = accountId(987_654_321);
    const outcomes = [
      await pauseAccount(rig.operate, ACT, id),
      await resumeAccount(rig.operate, ACT, id),
      await grantDays(rig.operate, ACT, { account: id, days: 1, reason: 'x' }),
      await addNote(rig.operate, ACT, { account: id, text: 'x' }),
    ];
    expect(outcomes).toEqual(Array(4).fill({ kind: 'not-found' }));
    expect(await lines(`account:${id}`)).toEqual([]);
  });
});
