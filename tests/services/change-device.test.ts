import { describe, expect, test } from 'bun:test';
import { accountId, type DeviceId, deviceId } from '../../src/server/core/ids.ts';
import { expectAtRest } from '../support/invariants.ts';
import { type Deed, nextUpdate, startProcess, visitOf } from '../support/service-process.ts';
import { createServiceWorld, type ServiceWorld } from '../support/service-world.ts';

const TRIAL_MS = 3 * 86_400_000;
const DEEDS = ['pause', 'resume', 'revoke', 'reissue', 'rename'] as const;

async function worldWithDevice() {
  const world = await createServiceWorld();
  const process = await startProcess(world);
  await process.visit({ kind: 'start', account: 7 });
  await process.rest();
  const device = [...world.database.tables.devices.keys()][0] as DeviceId;
  return { world, process, device };
}

const deed = (kind: (typeof DEEDS)[number], account: number, device: DeviceId): Deed =>
  ({ kind, account, device, name: 'Phone' }) as Deed;

const jobCount = (world: ServiceWorld) => world.jobs.jobs.length;

describe('an account an operator paused', () => {
  test('its user cannot bring a device back nor have a new key; leaving still works', async () => {
    const { world, process, device } = await worldWithDevice();
    const row = world.database.tables.accounts.get(accountId(7))!;
    world.database.tables.accounts.set(accountId(7), { ...row, paused: true });
    for (const kind of ['resume', 'reissue'] as const) {
      expect(await process.visit(deed(kind, 7, device))).toBe('account-paused');
    }
    expect(await process.visit({ kind: 'start', account: 7 })).toBe('account-paused');
    expect(await process.visit({ kind: 'add', account: 7 })).toBe('account-paused');
    expect(world.database.tables.issues.size).toBe(1);
    expect(await process.visit(deed('revoke', 7, device))).toBe('done');
  });
});

describe('what belongs to whom', () => {
  for (const kind of DEEDS) {
    test(`A stranger cannot ${kind} a device, nor learn that it exists`, async () => {
      const { world, process, device } = await worldWithDevice();
      const before = structuredClone([...world.database.tables.devices.values()]);
      expect(await process.visit(deed(kind, 8, device))).toBe('not-found');
      expect(await process.visit(deed(kind, 8, deviceId('00000000-0000-7000-8000-000000000000')))).toBe(
        'not-found',
      );
      expect([...world.database.tables.devices.values()]).toEqual(before);
      expect(jobCount(world)).toBe(1);
    });

    test(`A8: the same ${kind} twice, by the same update, has one effect`, async () => {
      const { world, process, device } = await worldWithDevice();
      const update = nextUpdate();
      const first = await process.visit(deed(kind, 7, device), update);
      const after = [world.database.tables.peers, world.database.tables.issues].map((each) => each.size);
      const jobs = jobCount(world);
      expect(first).not.toBe('repeat');
      expect(await process.visit(deed(kind, 7, device), update)).toBe('repeat');
      expect([world.database.tables.peers, world.database.tables.issues].map((each) => each.size)).toEqual(
        after,
      );
      expect(jobCount(world)).toBe(jobs);
      await process.rest();
      await expectAtRest(world);
    });

    test(`a revoked device is not there to ${kind}`, async () => {
      const { process, device } = await worldWithDevice();
      await process.visit({ kind: 'revoke', account: 7, device });
      expect(await process.visit(deed(kind, 7, device))).toBe('not-found');
    });
  }
});

describe('pause, resume, revoke', () => {
  test('pausing cuts the device off and keeps its address; resuming brings the same config back to life', async () => {
    const { world, process, device } = await worldWithDevice();
    const before = (await world.tunnel.read()).peers;
    await process.visit({ kind: 'pause', account: 7, device });
    await process.rest();
    expect((await world.tunnel.read()).peers).toEqual([]);
    await process.visit({ kind: 'resume', account: 7, device });
    await process.rest();
    expect((await world.tunnel.read()).peers).toEqual(before);
    expect(world.courier.documentsOf(7 as never)).toHaveLength(1);
    await expectAtRest(world);
  });

  test('pausing twice and resuming twice is once: no job for what is so already', async () => {
    const { world, process, device } = await worldWithDevice();
    for (const kind of ['pause', 'pause', 'resume', 'resume'] as const) {
      expect(await process.visit({ kind, account: 7, device })).toBe('done');
    }
    expect(jobCount(world)).toBe(3);
  });

  test('a revoked device gives its name, its place and its address back', async () => {
    const { world, process, device } = await worldWithDevice();
    await process.visit({ kind: 'revoke', account: 7, device });
    await process.rest();
    expect((await world.tunnel.read()).peers).toEqual([]);
    expect(await process.visit({ kind: 'add', account: 7 })).toBe('issued');
    await process.rest();
    expect((await process.desk.account(accountId(7)))?.devices.map((each) => each.name)).toEqual([
      'Device 1',
    ]);
    await expectAtRest(world);
  });

  test('re-issuing a paused device brings it back with a new key', async () => {
    const { world, process, device } = await worldWithDevice();
    await process.visit({ kind: 'pause', account: 7, device });
    await process.visit({ kind: 'reissue', account: 7, device });
    await process.rest();
    expect((await process.desk.account(accountId(7)))?.devices[0]).toMatchObject({
      state: 'active',
      delivered: true,
    });
    await expectAtRest(world);
  });

  test('E12: until the new key is on the interface and delivered, the device is shown as neither', async () => {
    const { process, device } = await worldWithDevice();
    const shown = async () => (await process.desk.account(accountId(7)))?.devices[0];
    await process.visit({ kind: 'reissue', account: 7, device });
    expect(await shown()).toMatchObject({ applied: false, delivered: false });
    await process.rest();
    expect(await shown()).toMatchObject({ applied: true, delivered: true });
  });

  test('A re-issue in one tap, tapped five times: the last config works, the others are dead', async () => {
    const { world, process, device } = await worldWithDevice();
    await Promise.all(
      Array.from({ length: 5 }, () => process.visit({ kind: 'reissue', account: 7, device })),
    );
    await process.rest();
    await expectAtRest(world);
    expect((await world.tunnel.read()).peers).toHaveLength(1);
  });
});

describe('without a subscription', () => {
  test('nothing is resumed or re-issued; pausing, renaming and revoking still go', async () => {
    const { world, process, device } = await worldWithDevice();
    world.clock.advance(TRIAL_MS);
    expect(await process.visit({ kind: 'resume', account: 7, device })).toBe('no-subscription');
    expect(await process.visit({ kind: 'reissue', account: 7, device })).toBe('no-subscription');
    expect(await process.visit({ kind: 'rename', account: 7, device, name: 'Old' })).toBe('done');
    expect(await process.visit({ kind: 'pause', account: 7, device })).toBe('done');
    expect(await process.visit({ kind: 'revoke', account: 7, device })).toBe('done');
    await process.rest();
    await expectAtRest(world);
  });
});

describe('names and languages', () => {
  test('F-S1: a bad name changes nothing', async () => {
    const { process, device } = await worldWithDevice();
    for (const name of ['', '   ', 'a\nb', 'a\u0000b', '\u202eevil', 'x'.repeat(33)]) {
      expect(await process.visit({ kind: 'rename', account: 7, device, name })).toBe('bad-name');
    }
    expect(await process.visit({ kind: 'rename', account: 7, device, name: '  Mum’s 📱 ' })).toBe('done');
    expect((await process.desk.account(accountId(7)))?.devices[0]?.name).toBe('Mum’s 📱');
  });

  test('a chosen language is used from the next answer on', async () => {
    const { world, process, device } = await worldWithDevice();
    const update = nextUpdate();
    await world.inbox.accept([{ id: update, payload: {} }]);
    expect(await process.desk.chooseLanguage(visitOf(7, update), 'ru')).toEqual({ kind: 'done' });
    expect(await process.desk.chooseLanguage(visitOf(7, update), 'en')).toEqual({ kind: 'repeat' });
    const next = nextUpdate();
    await world.inbox.accept([{ id: next, payload: {} }]);
    expect(await process.desk.pauseDevice(visitOf(7, next), device)).toMatchObject({ language: 'ru' });
  });
});
