import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { nodeId, XRAY_NODE } from '../../../src/server/core/ids.ts';
import {
  answerRemoval,
  askComparison,
  decideStranger,
} from '../../../src/server/services/operate/reconcile-acts.ts';
import { ACT, type OperateRig, openOperateRig } from '../../support/operate-rig.ts';
import { FIRST_START_MS, keyOf, NODE, unique } from '../../support/store-rig.ts';

setDefaultTimeout(30_000);

let rig: OperateRig;
beforeAll(async () => {
  rig = await openOperateRig();
}, FIRST_START_MS);
afterAll(() => rig.close());

let audited = 0;
beforeEach(async () => {
  audited = (await rig.audit()).length;
  await rig.admin`delete from adit_jobs.job`;
  rig.woken.length = 0;
});

const newLines = async () => (await rig.audit()).slice(audited);
const jobs = async () => (await rig.jobs()).map(({ kind, data }) => ({ kind, data }));
const comparison = { kind: 'reconcile-node', data: { nodeId: NODE } } as const;

async function seen(...allowedIps: string[]): Promise<string> {
  const key = keyOf(unique());
  await rig.quarantine.seeStrangers(NODE, [{ key, allowedIps }], rig.now());
  return key;
}

const stateOf = async (key: string) => (await rig.quarantine.strangersAmong(NODE, [key])).get(key);
const leased = async () => (await rig.nodes.usage())[0]!.leased;

describe('an operator asks for a comparison', () => {
  test('it is enqueued once, woken, and stands in the audit', async () => {
    expect(await askComparison(rig.operate, ACT, NODE, false)).toEqual({ kind: 'done' });
    await askComparison(rig.operate, ACT, NODE, false);
    await askComparison(rig.operate, ACT, NODE, true);
    expect(await jobs()).toEqual([
      comparison,
      { kind: 'reconcile-node', data: { nodeId: NODE, dryRun: true } },
    ]);
    expect(rig.woken).toContain('reconcile-node');
    expect((await newLines()).map((line) => [line.action, line.subject])).toEqual([
      ['node-compare', 'node:local'],
      ['node-compare', 'node:local'],
      ['node-preview', 'node:local'],
    ]);
  });

  test('of an Xray it is asked as of any other node', async () => {
    await rig.admin`insert into adit.nodes (id, endpoint, protocol) values (${XRAY_NODE}, 'x', 'vless') on conflict do nothing`;
    expect(await askComparison(rig.operate, ACT, XRAY_NODE, true)).toEqual({ kind: 'done' });
    expect(await jobs()).toEqual([{ kind: 'reconcile-inbound', data: { nodeId: XRAY_NODE, dryRun: true } }]);
  });

  test('a node nobody knows is not there, and nothing is written', async () => {
    expect(await askComparison(rig.operate, ACT, nodeId('mars'), false)).toEqual({ kind: 'not-found' });
    expect([await jobs(), await newLines()]).toEqual([[], []]);
  });
});

describe('an operator decides about a stranger', () => {
  test.each([
    ['keep', 'kept'],
    ['remove', 'removing'],
  ] as const)(
    '%s: the decision, the comparison that carries it out and the audit commit together',
    async (decision, state) => {
      const key = await seen('192.168.9.1/32');
      expect(await decideStranger(rig.operate, ACT, NODE, key, decision)).toEqual({ kind: 'done' });
      expect(await stateOf(key)).toMatchObject({ state, decidedBy: 'anna' });
      expect(await jobs()).toEqual([comparison]);
      expect(await newLines()).toMatchObject([
        { operator: 'anna', action: `stranger-${decision}`, subject: 'node:local', details: { key } },
      ]);
    },
  );

  test('adopted it holds its address; kept or removed after all, the address rests', async () => {
    const key = await seen('10.66.0.50/32');
    expect(await decideStranger(rig.operate, ACT, NODE, key, 'adopt')).toEqual({ kind: 'done' });
    expect(await leased()).toBe(1);
    expect(await decideStranger(rig.operate, ACT, NODE, key, 'keep')).toEqual({ kind: 'done' });
    expect((await rig.nodes.usage())[0]).toMatchObject({ leased: 0, resting: 1 });
    await rig.admin`update adit.quarantined_peers set state = 'removed' where key = ${key}`;
  });

  test('adoption that cannot be is refused with the reason, which stands in the audit too', async () => {
    const key = await seen('10.66.0.1/32');
    const refusal = 'address-reserved';
    expect(await decideStranger(rig.operate, ACT, NODE, key, 'adopt')).toEqual({ kind: 'refused', refusal });
    expect(await stateOf(key)).toMatchObject({ state: 'waiting', refusal });
    expect(await newLines()).toMatchObject([{ action: 'stranger-adopt-refused', details: { key, refusal } }]);
    expect(await jobs()).toEqual([]);
  });

  test('one that is gone, or was removed, is decided about no more', async () => {
    const key = await seen();
    await rig.quarantine.markRemoved(NODE, [key], rig.now());
    expect(await decideStranger(rig.operate, ACT, NODE, key, 'keep')).toEqual({ kind: 'gone' });
    expect(await decideStranger(rig.operate, ACT, NODE, 'nobody', 'remove')).toEqual({ kind: 'gone' });
    expect(await newLines()).toEqual([]);
  });
});

describe('an operator answers what a comparison asked', () => {
  const ask = (count: number) =>
    rig.quarantine.ask({
      nodeId: NODE,
      askedAt: rig.now(),
      total: 100,
      reason: 'too-many',
      keys: Array.from({ length: count }, (_, index) => `key-${index}`),
    });

  test('B8: the answer is for the number that was shown: another one by now, and nothing is decided', async () => {
    const { id: shown } = await ask(7);
    const { id } = await ask(8);
    const answer = { id, count: 7, decision: 'allow' } as const;
    expect(await answerRemoval(rig.operate, ACT, NODE, { ...answer, id: shown })).toEqual({
      kind: 'moved-on',
    });
    expect(await answerRemoval(rig.operate, ACT, NODE, answer)).toEqual({ kind: 'moved-on' });
    expect(await rig.quarantine.openQuestion(NODE)).toMatchObject({ count: 8, decision: null });
    expect([await newLines(), await jobs()]).toEqual([[], []]);
    expect(await answerRemoval(rig.operate, ACT, NODE, { ...answer, count: 8 })).toEqual({ kind: 'done' });
    expect(await rig.quarantine.openQuestion(NODE)).toMatchObject({ decision: 'allow', decidedBy: 'anna' });
    expect(await jobs()).toEqual([comparison]);
    expect(await newLines()).toMatchObject([
      { action: 'removal-allow', subject: 'node:local', details: { count: 8 } },
    ]);
  });

  test('B8: allowed is what was shown: as many others in its place are asked about anew', async () => {
    const shown = await ask(7);
    const now = await rig.quarantine.ask({ ...shown, keys: shown.keys.map((key) => `other-${key}`) });
    const answer = { id: shown.id, count: 7, decision: 'allow' } as const;
    expect(await answerRemoval(rig.operate, ACT, NODE, answer)).toEqual({ kind: 'moved-on' });
    expect(await rig.quarantine.openQuestion(NODE)).toEqual(now);
    await rig.quarantine.close(shown, rig.now());
    expect(await rig.quarantine.openQuestion(NODE)).toEqual(now);
  });

  test('another question voids the answer', async () => {
    await ask(9);
    expect(await rig.quarantine.openQuestion(NODE)).toMatchObject({ decision: null, decidedBy: null });
  });

  test('refused it stays open, and may still be allowed; closed it cannot be answered', async () => {
    const { id } = await ask(9);
    const answer = (decision: 'allow' | 'refuse') =>
      answerRemoval(rig.operate, ACT, NODE, { id, count: 9, decision });
    expect(await answer('refuse')).toEqual({ kind: 'done' });
    expect(await answer('allow')).toEqual({ kind: 'done' });
    await rig.quarantine.close({ id, decision: 'allow' }, rig.now());
    expect(await answer('allow')).toEqual({ kind: 'moved-on' });
  });
});
