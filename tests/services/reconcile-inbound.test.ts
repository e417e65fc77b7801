import { describe, expect, test } from 'bun:test';
import { AppError } from '../../src/server/core/errors.ts';
import { type VlessId, XRAY_NODE } from '../../src/server/core/ids.ts';
import { createLane } from '../../src/server/core/lane.ts';
import { createInboundBackend } from '../../src/server/services/reconcile/inbound-backend.ts';
import { reconcileNode } from '../../src/server/services/reconcile-node.ts';
import { createRecordingLog } from '../support/recording-log.ts';
import { startProcess } from '../support/service-process.ts';
import { createServiceWorld, type ServiceWorld } from '../support/service-world.ts';
import { toUser } from '../support/vless-sale.ts';

const USERS = 10;

/** Ten accounts with a VLESS user each, all on the inbound; pages of the memory store have seven. */
async function world(): Promise<ServiceWorld> {
  const made = await createServiceWorld();
  const process = await startProcess(made);
  for (let account = 1; account <= USERS; account += 1) {
    await process.visit({ kind: 'start', account });
    await process.visit({ kind: 'add-vless', account });
  }
  await process.rest();
  return made;
}

async function compare(made: ServiceWorld) {
  const boots: string[] = [];
  const backend = createInboundBackend({
    ...made,
    node: XRAY_NODE,
    toUser,
    noteBoot: (id) => boots.push(id),
  });
  const policy = { strangers: 'report', graceMs: 0, mostRemovals: 100 } as const;
  const log = createRecordingLog(made.logLines);
  const deps = { ...made, backend, store: made.quarantine, lane: createLane(), policy, log };
  const { run } = await reconcileNode(deps, new AbortController().signal);
  return { run, boots };
}

const emails = async (made: ServiceWorld) =>
  (await made.inbound.read()).users.map((each) => each.email).sort();
const peerIds = ({ database }: ServiceWorld) =>
  [...database.tables.peers.values()].filter((each) => each.protocol === 'vless').map((each) => each.id);

describe('B5: reconcile of an inbound', () => {
  test('sends nothing when nothing differs', async () => {
    const made = await world();
    made.inbound.apply = () => Promise.reject(new AppError('internal', 'nothing was to be sent'));
    const { run } = await compare(made);
    expect(run).toMatchObject({ outcome: 'equal', added: 0, changed: 0, removed: 0 });
  });

  test('F-W8: an Xray that was started anew has all users back in one call, with the ids they had', async () => {
    const made = await world();
    const before = (await made.inbound.read()).users;
    made.inbound.restart();
    let calls = 0;
    const { apply } = made.inbound;
    made.inbound.apply = (change, signal) => {
      calls += 1;
      return apply(change, signal);
    };
    const { run, boots } = await compare(made);
    expect(run).toMatchObject({ outcome: 'corrected', added: USERS });
    expect(calls).toBe(1);
    expect(boots.at(-1)).toBe('memory-2');
    expect(new Set((await made.inbound.read()).users)).toEqual(new Set(before));
  });

  test('a user with another id or flow is corrected; a paused one that came back goes', async () => {
    const made = await world();
    const [first, second, third] = peerIds(made);
    const wrong = { email: first!, vlessId: crypto.randomUUID() as VlessId, flow: 'xtls-rprx-vision' };
    const slow = { ...toUser({ peerId: second!, keyNumber: 1 }), flow: '' };
    const device = made.database.tables.peers.get(third!)!.deviceId;
    const process = await startProcess(made);
    await process.visit({ kind: 'pause', account: 3, device });
    await process.rest();
    await made.inbound.apply({ remove: [], add: [wrong, slow, toUser({ peerId: third!, keyNumber: 1 })] });
    const { run } = await compare(made);
    expect(run).toMatchObject({ changed: 2, removed: 1, added: 0 });
    expect((await compare(made)).run.outcome).toBe('equal');
    expect(await emails(made)).not.toContain(third!);
    const kept = JSON.stringify([made.logLines, [...made.database.tables.runs.values()]]);
    expect(kept).not.toContain(wrong.vlessId);
  });

  test('a stranger, whatever its e-mail, is noted and left alone', async () => {
    const made = await world();
    const strangers = ['boss@example.org', '00000000-0000-7000-8000-00000000ffff', 'x'];
    const id = crypto.randomUUID() as VlessId;
    await made.inbound.apply({
      remove: [],
      add: strangers.map((email) => ({ email, vlessId: id, flow: '' })),
    });
    const { run } = await compare(made);
    expect(run).toMatchObject({ quarantined: 3, removed: 0 });
    expect(await emails(made)).toEqual([...peerIds(made), ...strangers].sort());
    expect(JSON.stringify([...made.database.tables.strangers.values()])).not.toContain(id);
  });

  test('a list that fails never means that everybody is gone', async () => {
    const made = await world();
    made.inbound.setAway(true);
    await expect(compare(made)).rejects.toMatchObject({ code: 'unavailable' });
    made.inbound.setAway(false);
    expect(await emails(made)).toHaveLength(USERS);
  });
});
