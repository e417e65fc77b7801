/** What is known of users on a server that cannot list them, through every kind of end. */
import { describe, expect, test } from 'bun:test';
import { readFile } from 'node:fs/promises';
import type { GrpcInbound } from '../../../../src/server/adapters/xray/grpc-inbound.ts';
import { journalPath } from '../../../../src/server/adapters/xray/journal.ts';
import { failureOf } from '../../../support/failures.ts';
import { grpcInbound, newUser } from '../../../support/inbound-rig.ts';
import { tempFolder } from '../../../support/machine.ts';
import { startXrayStandIn } from '../../../support/xray-stand-in.ts';

const NO_ID = '00000000-0000-0000-0000-000000000000';

/** A stand-in that does not list, as v2ray; each `open` is another process of ours over the same folder. */
async function setUp({ restores = false, lists = false } = {}) {
  const folder = await tempFolder();
  const xray = await startXrayStandIn();
  if (!lists) xray.answerWith('GetInboundUsers', 'unimplemented');
  const opened: GrpcInbound[] = [];
  return {
    xray,
    folder: folder.path,
    open() {
      const inbound = grpcInbound(folder.path, {
        address: xray.api,
        prefix: 'xray',
        restores,
        timeoutMs: 300,
      });
      opened.push(inbound);
      return inbound;
    },
    async [Symbol.asyncDispose]() {
      for (const inbound of opened) inbound.close();
      await xray[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

const put = (inbound: GrpcInbound, ...add: ReturnType<typeof newUser>[]) =>
  inbound.apply({ remove: [], add });

describe('a process of ours ends', () => {
  test('the next one knows the same users and the same start of the server', async () => {
    await using rig = await setUp();
    const users = [newUser(), newUser()];
    await put(rig.open(), ...users);
    const before = await rig.open().read();
    expect(before.users).toEqual(users);
    expect(await rig.open().read()).toEqual(before);
  });

  test('F-W8 the server was started anew meanwhile: nobody is there, and that is told', async () => {
    await using rig = await setUp();
    await put(rig.open(), newUser());
    const { bootId } = await rig.open().read();
    await rig.xray.restart();
    const after = await rig.open().read();
    expect(after.users).toEqual([]);
    expect(after.bootId).not.toBe(bootId);
  });

  test('F-W8 the server was started anew meanwhile: who restores puts everybody back, in whatever call comes first', async () => {
    await using rig = await setUp({ restores: true });
    const users = [newUser(), newUser()];
    await put(rig.open(), ...users);
    await rig.xray.restart();
    expect(await rig.open().look()).toMatchObject({ restored: 2 });
    expect([...rig.xray.users.keys()]).toEqual(users.map((user) => user.email));
    const late = newUser();
    await rig.xray.restart();
    await put(rig.open(), late);
    expect([...rig.xray.users.keys()]).toEqual([...users, late].map((user) => user.email));
  });
});

describe('a change is not answered', () => {
  test('the user is listed with an id nobody has, until a change is answered', async () => {
    await using rig = await setUp();
    const inbound = rig.open();
    const user = newUser();
    await inbound.look();
    rig.xray.answerWith('AlterInbound', 'never');
    expect((await failureOf(put(inbound, user))).code).toBe('timeout');
    const doubted = [{ email: user.email, vlessId: NO_ID, flow: '' }];
    expect((await inbound.read()).users as unknown).toEqual(doubted);
    expect((await rig.open().read()).users as unknown).toEqual(doubted);
    rig.xray.answerWith('AlterInbound', null);
    await put(inbound, user);
    expect((await inbound.read()).users).toEqual([user]);
  });

  test('F-W8 after a restart an addition under doubt is made, a removal under doubt stays made', async () => {
    await using rig = await setUp({ restores: true });
    const inbound = rig.open();
    const [kept, taken, added] = [newUser(), newUser(), newUser()];
    await put(inbound, kept, taken);
    rig.xray.answerWith('AlterInbound', 'never');
    await failureOf(inbound.apply({ remove: [taken.email], add: [added] }));
    rig.xray.answerWith('AlterInbound', null);
    await rig.xray.restart();
    await inbound.look();
    expect([...rig.xray.users.keys()].toSorted()).toEqual([kept.email, added.email].toSorted());
  });

  test('a server that is not reached at all leaves no doubt: nothing was sent', async () => {
    await using rig = await setUp();
    const inbound = rig.open();
    const user = newUser();
    await put(inbound, user);
    await rig.xray.stop();
    await failureOf(inbound.apply({ remove: [user.email], add: [newUser()] }));
    const text = await readFile(journalPath(rig.folder, 'vless'), 'utf8');
    expect(JSON.parse(text).doubtful).toEqual([]);
    expect(JSON.parse(text).users).toHaveLength(1);
  });
});

describe('a server that lists users itself', () => {
  test('is believed, and nothing is kept on the disk', async () => {
    await using rig = await setUp({ lists: true });
    const inbound = rig.open();
    const user = newUser();
    await put(inbound, user);
    await inbound.read();
    rig.xray.setUser('stranger', { type: 'xray.proxy.vless.Account', id: crypto.randomUUID() });
    expect((await inbound.read()).users.map(({ email }) => email)).toEqual([user.email, 'stranger']);
    await put(inbound, newUser());
    const text = await readFile(journalPath(rig.folder, 'vless'), 'utf8');
    expect(JSON.parse(text)).toMatchObject({ users: [], doubtful: [] });
  });
});
