import { afterAll, beforeAll, expect, test } from 'bun:test';
import { updateId } from '../../../../src/server/core/ids.ts';
import { openPostgresRig, type PostgresRig } from '../../../support/postgres-rig.ts';

let rig: PostgresRig;
beforeAll(async () => {
  rig = await openPostgresRig([{ cidr4: '10.9.0.0/28', cidr6: null }]);
});
afterAll(() => rig.close());

const left = async () => (await rig.inbox.unsettled(10)).map((each) => Number(each.id));

test('F-L12: an insert whose answer was lost and that comes to life after its settlement stays settled', async () => {
  const id = updateId(41);
  const late = await rig.admin.reserve();
  await late`begin`;
  await late`insert into adit.updates (id, payload) values (41, '{}')`;
  const settled = rig.inbox.settle(id);
  await rig.someoneWaits!();
  await late`commit`;
  late.release();
  await settled;
  expect(await left()).toEqual([]);
});

test('an id that was settled before it came is no news when it comes', async () => {
  const id = updateId(42);
  await rig.inbox.settle(id);
  expect(await rig.inbox.accept([{ id, payload: { a: 1 } }])).toEqual(new Set());
  expect(await left()).toEqual([]);
});

test('the same id, settled twice at once and again, is settled', async () => {
  const ids = [updateId(43), updateId(44)];
  await rig.inbox.accept(ids.map((id) => ({ id, payload: {} })));
  expect(await left()).toEqual([43, 44]);
  await Promise.all([ids[0]!, ids[1]!, ids[0]!].map((id) => rig.inbox.settle(id)));
  await rig.inbox.settle(ids[0]!);
  expect(await left()).toEqual([]);
});
