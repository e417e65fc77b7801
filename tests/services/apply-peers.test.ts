import { describe, expect, test } from 'bun:test';
import { createKeyMaker } from '../../src/server/adapters/wireguard/key-maker.ts';
import { AppError } from '../../src/server/core/errors.ts';
import { chatId, type DeviceId, LOCAL_NODE } from '../../src/server/core/ids.ts';
import type { Tunnel, TunnelConfigFile } from '../../src/server/core/ports/tunnel.ts';
import { eventually } from '../support/eventually.ts';
import { expectAtRest, keyIn } from '../support/invariants.ts';
import { fileOf, startProcess } from '../support/service-process.ts';
import { createServiceWorld, type ServiceWorld } from '../support/service-world.ts';

const onlyPeer = (world: ServiceWorld) => [...world.database.tables.peers.values()][0]!;
const onlyDevice = (world: ServiceWorld) => [...world.database.tables.devices.keys()][0] as DeviceId;
const states = (world: ServiceWorld) => world.jobs.jobs.map((each) => each.state);
const range = (length: number) => Array.from({ length }, (_, index) => index + 1);
const start = { kind: 'start', account: 7 } as const;

/** A world in which account 7 has a working device. */
async function worldWithDevice(): Promise<ServiceWorld> {
  const world = await createServiceWorld({ cidr6: 'fd00:66::/64' });
  const process = await startProcess(world);
  await process.visit(start);
  await process.rest();
  return world;
}

/** Deliveries wait until they are let go; `arrived` resolves with the first that waits. */
function holdDeliveries(world: ServiceWorld) {
  const gate = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  world.courier.beforeDocument = () => {
    arrived.resolve();
    return gate.promise;
  };
  return {
    arrived: arrived.promise,
    letGo() {
      world.courier.beforeDocument = async () => undefined;
      gate.resolve();
    },
    refuse() {
      world.courier.beforeDocument = async () => undefined;
      gate.reject(new AppError('unavailable', 'Telegram does not answer.'));
    },
  };
}

describe('an interface that does not do what it was told', () => {
  for (const call of ['apply', 'read'] as const) {
    test(`F-L9: ${call} times out: the jobs fail, nothing is marked applied, and it heals`, async () => {
      const world = await createServiceWorld();
      let broken = true;
      const hang = async () => {
        throw new AppError('timeout', 'wg did not answer.');
      };
      const tunnel = (real: Tunnel): Tunnel => ({
        ...real,
        [call]: (...args: never[]) =>
          broken ? hang() : (real[call] as (...args: never[]) => unknown)(...args),
      });
      const process = await startProcess(world, { tunnel });
      await process.visit(start);
      await process.drain();
      expect(states(world)).toEqual(['retry']);
      expect(onlyPeer(world).appliedGeneration).toBe(0);
      expect(world.courier.documentsOf(chatId(7))).toHaveLength(0);
      broken = false;
      await process.rest();
      await expectAtRest(world);
    });
  }

  test('F-W4: an interface that swallows an addition is read back, and nothing is told', async () => {
    const world = await createServiceWorld();
    let deaf = true;
    const tunnel = (real: Tunnel): Tunnel => ({
      ...real,
      apply: async (change) => (deaf ? undefined : real.apply(change)),
    });
    const process = await startProcess(world, { tunnel });
    await process.visit(start);
    await process.drain();
    expect(states(world)).toEqual(['retry']);
    expect(onlyPeer(world).appliedGeneration).toBe(0);
    expect(world.courier.documentsOf(chatId(7))).toHaveLength(0);
    deaf = false;
    await process.rest();
    await expectAtRest(world);
  });

  test('F-J16: an interface that takes two peers and no third serves two users at once; the third when there is room', async () => {
    const world = await createServiceWorld();
    let room = 2;
    const tunnel = (real: Tunnel): Tunnel => ({
      ...real,
      async apply(change) {
        const add = change.add.slice(0, room - (await real.read()).peers.length);
        await real.apply({ ...change, add });
        if (add.length < change.add.length) {
          throw new AppError('internal', 'wg.addconf ended with exit code 1.');
        }
      },
    });
    const process = await startProcess(world, { tunnel });
    await Promise.all(range(3).map((account) => process.visit({ kind: 'start', account })));
    await process.drain();
    await eventually(() => states(world).filter((each) => each === 'completed').length === 2);
    expect(states(world).toSorted()).toEqual(['completed', 'completed', 'retry']);
    const served = range(3).filter((account) => world.courier.documentsOf(chatId(account)).length === 1);
    expect(served).toHaveLength(2);
    room = 3;
    await process.rest();
    await expectAtRest(world);
    expect(range(3).every((account) => world.courier.documentsOf(chatId(account)).length === 1)).toBe(true);
  });

  test('A removal that did not happen is tried again: an old key never stays behind', async () => {
    const world = await worldWithDevice();
    const old = onlyPeer(world).publicKey!;
    let deaf = true;
    const tunnel = (real: Tunnel): Tunnel => ({
      ...real,
      apply: async (change) => real.apply(deaf ? { ...change, remove: [] } : change),
    });
    const process = await startProcess(world, { tunnel });
    await process.visit({ kind: 'reissue', account: 7, device: onlyDevice(world) });
    await process.drain();
    expect(states(world)).toContain('retry');
    expect((await world.tunnel.read()).peers.map((each) => each.publicKey)).toContain(old);
    deaf = false;
    await process.rest();
    await expectAtRest(world);
  });

  test('A re-delivery that could not reach the interface is not shown as applied', async () => {
    const world = await createServiceWorld();
    world.courier.documents.failAt = 1;
    let broken = false;
    const tunnel = (real: Tunnel): Tunnel => ({
      ...real,
      apply: async (change) => {
        if (broken) throw new AppError('timeout', 'wg did not answer.');
        return real.apply(change);
      },
    });
    const process = await startProcess(world, { tunnel });
    await process.visit(start);
    await process.drain();
    await eventually(() => states(world).includes('retry'));
    broken = true;
    world.clock.advance(1_000);
    await process.drain();
    const peer = onlyPeer(world);
    const live = (await world.tunnel.read()).peers.map((each) => each.publicKey);
    expect(live).not.toContain(peer.publicKey!);
    expect(peer.appliedGeneration).not.toBe(peer.generation);
    broken = false;
    await process.rest();
    await expectAtRest(world);
  });

  test('a process that lost the node writes no key and touches no interface', async () => {
    const world = await createServiceWorld();
    const old = await startProcess(world);
    await old.visit(start);
    await world.nodes.nextEpoch(LOCAL_NODE);
    await old.drain();
    expect(onlyPeer(world).publicKey).toBeNull();
    expect((await world.tunnel.read()).peers).toEqual([]);
    expect(world.jobs.jobs[0]!.lastError).toMatchObject({ code: 'conflict' });
    await (await startProcess(world)).rest();
    await expectAtRest(world);
  });
});

describe('batches', () => {
  test('E5: 1,000 jobs are one apply, one reading and one wg0.conf', async () => {
    const world = await createServiceWorld({ cidr4: '10.66.0.0/21' });
    const first = await startProcess(world);
    await Promise.all(range(1000).map((account) => first.visit({ kind: 'start', account })));
    const process = await startProcess(world);
    await process.rest();
    const of = (name: string) => process.life.effects.filter((each) => each === name).length;
    expect([of('tunnel.apply'), of('tunnel.read'), of('file.write')]).toEqual([1, 1, 1]);
    expect(world.courier.messages.filter((each) => each.kind === 'document')).toHaveLength(1000);
    await expectAtRest(world);
  });

  test('A job of a peer that is not there any more completes, and its neighbours with it', async () => {
    const world = await createServiceWorld();
    const process = await startProcess(world);
    const lost = '00000000-0000-7000-8000-00000000dead';
    await world.jobs.enqueue([{ kind: 'apply-peer', data: { peerId: lost } }]);
    await process.visit(start);
    await process.rest();
    await expectAtRest(world);
    expect(states(world)).toEqual(['completed', 'completed']);
  });

  test('F-A9: a key that another peer has is refused; the job fails and the next key is taken', async () => {
    const world = await worldWithDevice();
    const taken = [...world.keysMade].map(([privateKey, publicKey]) => ({ privateKey, publicKey }))[0]!;
    const real = createKeyMaker();
    let repeats = 1;
    const keys = {
      keyPair() {
        const pair = repeats-- > 0 ? taken : real.keyPair();
        world.keysMade.set(pair.privateKey, pair.publicKey);
        return pair;
      },
    };
    const process = await startProcess(world, { keys });
    await process.visit({ kind: 'start', account: 8 });
    await process.drain();
    expect(world.jobs.jobs[1]!.lastError).toMatchObject({ code: 'conflict' });
    await process.rest();
    await expectAtRest(world);
  });
});

describe('a config on its way', () => {
  test('a second job does not give its peer another key', async () => {
    const world = await createServiceWorld();
    const process = await startProcess(world);
    const held = holdDeliveries(world);
    await process.visit(start);
    await process.drain();
    await held.arrived;
    await world.jobs.enqueue([{ kind: 'apply-peer', data: { peerId: onlyPeer(world).id } }]);
    await process.drain();
    held.letGo();
    await process.rest();
    await expectAtRest(world);
    expect(world.keysMade.size).toBe(1);
    expect(world.courier.documentsOf(chatId(7))).toHaveLength(1);
  });

  test('a second job shares its fate: when it fails, both come again', async () => {
    const world = await createServiceWorld();
    const process = await startProcess(world);
    const held = holdDeliveries(world);
    await process.visit(start);
    await process.drain();
    await held.arrived;
    await world.jobs.enqueue([{ kind: 'apply-peer', data: { peerId: onlyPeer(world).id } }]);
    await process.drain();
    held.refuse();
    await process.rest();
    await expectAtRest(world);
    expect(world.jobs.jobs.map((each) => each.lastError)).toMatchObject([
      { code: 'unavailable' },
      { code: 'unavailable' },
    ]);
  });

  test('F-G6: re-issued meanwhile, the new config comes after the old one: the newest in the chat works', async () => {
    const world = await createServiceWorld();
    const process = await startProcess(world);
    const held = holdDeliveries(world);
    await process.visit(start);
    await process.drain();
    await held.arrived;
    world.courier.beforeDocument = async () => undefined;
    await process.visit({ kind: 'reissue', account: 7, device: onlyDevice(world) });
    await process.drain();
    held.letGo();
    await process.rest();
    await expectAtRest(world);
    const documents = world.courier.documentsOf(chatId(7));
    expect(documents).toHaveLength(2);
    expect(keyIn(world, documents.at(-1)!.content)).toBe(onlyPeer(world).publicKey!);
    const view = await process.desk.account(7 as never);
    expect(view?.devices[0]?.delivered).toBe(true);
  });

  test('F-J5: a job that cannot be settled harms nobody, and is written down', async () => {
    const world = await createServiceWorld();
    const away = async () => {
      throw new AppError('unavailable', 'The database does not answer.');
    };
    const process = await startProcess(world, { job: (real) => ({ ...real, complete: away, fail: away }) });
    await process.visit(start);
    await process.drain();
    await eventually(() => world.logLines.some((each) => each.message.includes('settled')));
    expect(world.courier.documentsOf(chatId(7))).toHaveLength(1);
    await (await startProcess(world)).rest();
    await expectAtRest(world);
  });
});

describe('F-W2: wg0.conf cannot be written', () => {
  test('the job is tried again, the config that reached its user is not sent twice', async () => {
    const world = await createServiceWorld();
    let full = true;
    const real = fileOf(world);
    const file: TunnelConfigFile = {
      ...real,
      async write(peers) {
        if (full) throw new AppError('internal', 'No space left on device.');
        return real.write(peers);
      },
    };
    const process = await startProcess(world, { file });
    await process.visit(start);
    await process.drain();
    await eventually(() => states(world).includes('retry'));
    full = false;
    await process.rest();
    await expectAtRest(world);
    expect(world.courier.documentsOf(chatId(7))).toHaveLength(1);
  });
});
