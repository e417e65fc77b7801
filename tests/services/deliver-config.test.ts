import { describe, expect, test } from 'bun:test';
import { AppError } from '../../src/server/core/errors.ts';
import { chatId, LOCAL_NODE } from '../../src/server/core/ids.ts';
import { keepHouse } from '../../src/server/services/keep-house.ts';
import { eventually } from '../support/eventually.ts';
import { expectAtRest, expectNoPrivateKeyKept, keyIn } from '../support/invariants.ts';
import { createRecordingLog } from '../support/recording-log.ts';
import { startProcess } from '../support/service-process.ts';
import { createServiceWorld, type ServiceWorld } from '../support/service-world.ts';

const CHAT = chatId(7);
const start = { kind: 'start', account: 7 } as const;
const onlyPeer = (world: ServiceWorld) => [...world.database.tables.peers.values()][0]!;
const onlyDevice = (world: ServiceWorld) => [...world.database.tables.devices.keys()][0]!;
const settled = (world: ServiceWorld) =>
  eventually(() => world.jobs.jobs.every((each) => each.state !== 'active'));

describe('a config that arrives', () => {
  test('the document comes before its QR, both say the same, and the living message becomes "ready"', async () => {
    const world = await createServiceWorld({ cidr6: 'fd00:66::/64' });
    const process = await startProcess(world);
    await process.visit(start);
    await process.rest();
    const { messages } = world.courier;
    expect(messages.map((each) => each.kind)).toEqual(['text', 'document', 'photo']);
    const [living, document, photo] = messages;
    expect(living?.content).toBe('ready');
    expect(document?.fileName).toBe('Device-1.conf');
    expect(photo?.content).toBe(document!.content);
    expect(document?.content).toContain('Address = 10.66.0.');
    expect((await process.desk.account(7 as never))?.devices[0]).toMatchObject({
      applied: true,
      delivered: true,
    });
    await expectAtRest(world);
  });

  test('F-S1: a name never gets into the config', async () => {
    const configs: string[] = [];
    for (const name of ['Phone', 'x\u00a0[Peer] PostUp= $(touch pwn)']) {
      const world = await createServiceWorld();
      const process = await startProcess(world);
      await process.visit(start);
      await process.rest();
      const device = onlyDevice(world);
      expect(await process.visit({ kind: 'rename', account: 7, device, name })).toBe('done');
      await process.visit({ kind: 'reissue', account: 7, device });
      await process.rest();
      const last = world.courier.documentsOf(CHAT).at(-1)!;
      expect(last.fileName).toMatch(/^[a-zA-Z0-9_=+.-]{1,15}\.conf$/);
      configs.push(last.content.replace(/^PrivateKey = .+$/m, 'PrivateKey'));
    }
    expect(configs[0]).toBe(configs[1]!);
  });
});

describe('a config that does not arrive', () => {
  test('F-G5, F-G6: blocked by the user: the peer stays, nothing is repeated, and coming back brings the config', async () => {
    const world = await createServiceWorld();
    world.courier.blocked.add(CHAT);
    const process = await startProcess(world);
    await process.visit(start);
    await process.rest();
    expect(world.jobs.jobs.map((each) => [each.state, each.attempt])).toEqual([['completed', 1]]);
    expect(world.database.tables.accounts.get(7 as never)?.blockedAt).not.toBeNull();
    const { ip4 } = onlyPeer(world);
    expect((await world.tunnel.read()).peers).toHaveLength(1);
    world.courier.blocked.clear();
    expect(await process.visit(start)).toBe('already-active');
    expect(world.database.tables.accounts.get(7 as never)?.blockedAt).toBeNull();
    expect((await process.desk.account(7 as never))?.devices[0]?.delivered).toBe(false);
    await process.rest();
    expect(onlyPeer(world).ip4).toBe(ip4);
    await expectAtRest(world);
    expect(world.courier.documentsOf(CHAT)).toHaveLength(1);
  });

  test('F-L4: "later, in an hour" for one chat: the others are served, that one in an hour', async () => {
    const world = await createServiceWorld();
    world.courier.later.set(CHAT, 3_600_000);
    const process = await startProcess(world);
    await process.visit(start);
    await process.visit({ kind: 'start', account: 8 });
    await process.drain();
    await settled(world);
    expect(world.courier.documentsOf(chatId(8))).toHaveLength(1);
    const waiting = world.jobs.jobs.filter((each) => each.state !== 'completed');
    expect(waiting.map((each) => each.readyAtMs - world.clock.now().getTime())).toEqual([3_600_000]);
    expect(waiting[0]?.attempt).toBe(0);
    world.courier.later.clear();
    await process.rest();
    await expectAtRest(world);
  });

  test('E7: the answer of Telegram is lost: a new key, and the document that may have arrived is dead', async () => {
    const world = await createServiceWorld();
    world.courier.documents.loseAnswerAt = 1;
    const process = await startProcess(world);
    await process.visit(start);
    await process.rest();
    await expectAtRest(world);
    const [first, second, ...more] = world.courier.documentsOf(CHAT);
    expect(more).toEqual([]);
    const keys = (await world.tunnel.read()).peers.map((each) => each.publicKey);
    expect(keys).toEqual([keyIn(world, second!.content)]);
    expect(keys).not.toContain(keyIn(world, first!.content));
  });

  test('a document that was noted and then failed is taken out of the chat by the next try', async () => {
    const world = await createServiceWorld();
    let broken = true;
    const process = await startProcess(world, {
      courier: (real) => ({
        ...real,
        deliver: (parcel, onDocument) =>
          real.deliver(parcel, async (id) => {
            await onDocument(id);
            if (broken) throw new Error('the QR did not go through');
          }),
      }),
    });
    await process.visit(start);
    await process.drain();
    await settled(world);
    broken = false;
    await process.rest();
    expect(world.courier.documentsOf(CHAT)).toHaveLength(1);
    expect(world.courier.messages.filter((each) => each.deleted)).toHaveLength(1);
    await expectAtRest(world);
  });

  test('F-J4: Telegram is away for good: the job is dead in the end, and no key was kept on the way', async () => {
    const world = await createServiceWorld();
    const process = await startProcess(world, {
      courier: (real) => ({
        ...real,
        deliver: async (parcel) => {
          throw new Error(`Telegram refused a document of ${parcel.configText.length} bytes`);
        },
      }),
    });
    await process.visit(start);
    await process.rest();
    expect(world.jobs.jobs.map((each) => each.state)).toEqual(['dead']);
    expect(world.keysMade.size).toBeGreaterThan(5);
    expectNoPrivateKeyKept(world);
    expect((await world.tunnel.read()).peers).toHaveLength(1);
  });

  test('F-J4: after the last try the user is told; when Telegram heals, housekeeping brings the config', async () => {
    const world = await createServiceWorld();
    let away = true;
    const process = await startProcess(world, {
      courier: (real) => ({
        ...real,
        deliver: async (parcel, onDocument) => {
          if (away) throw new AppError('unavailable', 'Telegram does not answer.');
          return real.deliver(parcel, onDocument);
        },
      }),
    });
    await process.visit(start);
    await process.rest();
    await eventually(() => world.courier.messages[0]?.content === 'sorry');
    expect(world.courier.messages).toHaveLength(1);
    away = false;
    world.clock.advance(11 * 60_000);
    const operators = { forget: async () => 0 };
    const log = createRecordingLog(world.logLines);
    await keepHouse({ ...world, held: [LOCAL_NODE], operators, log, restMs: 1 });
    await process.rest();
    expect(world.jobs.jobs.map((each) => each.state)).toEqual(['dead', 'completed']);
    expect(world.courier.documentsOf(CHAT)).toHaveLength(1);
    expect(world.courier.messages[0]?.content).toBe('ready');
  });

  test('F-G6: /start again while the config is on its way neither sends it twice nor kills it', async () => {
    const world = await createServiceWorld();
    const process = await startProcess(world);
    const gate = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    world.courier.beforeDocument = () => {
      arrived.resolve();
      return gate.promise;
    };
    await process.visit(start);
    await process.drain();
    await arrived.promise;
    expect(await process.visit(start)).toBe('already-active');
    expect(await process.visit(start)).toBe('already-active');
    await process.drain();
    gate.resolve();
    await process.rest();
    expect(world.courier.documentsOf(CHAT)).toHaveLength(1);
    await expectAtRest(world);
  });

  test('D6: of 400 deliveries at most a hundred are under way at once', async () => {
    const world = await createServiceWorld({ cidr4: '10.66.0.0/22' });
    const process = await startProcess(world);
    const gate = Promise.withResolvers<void>();
    let [now, most] = [0, 0];
    world.courier.beforeDocument = async () => {
      now += 1;
      most = Math.max(most, now);
      await gate.promise;
      now -= 1;
    };
    await Promise.all(
      Array.from({ length: 400 }, (_, index) => process.visit({ kind: 'start', account: index + 1 })),
    );
    await process.drain();
    await eventually(() => now === 100);
    gate.resolve();
    await process.rest();
    expect(most).toBe(100);
    await expectAtRest(world);
  });
});
