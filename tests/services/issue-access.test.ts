import { describe, expect, test } from 'bun:test';
import { AppError } from '../../src/server/core/errors.ts';
import type { AccessStore } from '../../src/server/core/ports/store.ts';
import { PROTOCOLS } from '../../src/server/core/protocol.ts';
import { createIssueAccess } from '../../src/server/services/issue-access.ts';
import { expectAtRest } from '../support/invariants.ts';
import { nextUpdate, startProcess, visitOf } from '../support/service-process.ts';
import { createServiceWorld, type ServiceWorld } from '../support/service-world.ts';

/** A /24 gives 253 device addresses; 250 are free in F-A1. */
async function worldWith250Free(): Promise<ServiceWorld> {
  const world = await createServiceWorld({ cidr4: '10.66.0.0/24' });
  await world.database.transaction((tables) => {
    const spare = [...tables.addresses].slice(0, 3);
    for (const [key] of spare) tables.addresses.delete(key);
  });
  return world;
}

const count = (outcomes: readonly string[], kind: string) => outcomes.filter((each) => each === kind).length;
const range = (length: number) => Array.from({ length }, (_, index) => index + 1);

/** Issue access over a store of which a test may spoil parts; the updates are accepted beforehand. */
async function issueOver(world: ServiceWorld, store: AccessStore = world.store) {
  const { clock, random } = world;
  const rules = { trialDays: 3, devicesPerAccount: 3, trialTrafficBytes: null };
  const issue = createIssueAccess({
    store,
    clock,
    random,
    rules,
    protocols: PROTOCOLS,
    deviceWord: () => 'Device',
  });
  const visit = async (account: number) => {
    const id = nextUpdate();
    await world.inbox.accept([{ id, payload: {} }]);
    return visitOf(account, id);
  };
  return { ...issue, visit };
}

describe('a burst of new users', () => {
  test('F-A1: 300 users at once, 250 addresses: exactly 250 issued, 50 told full', async () => {
    const world = await worldWith250Free();
    const process = await startProcess(world);
    const outcomes = await Promise.all(
      range(300).map((account) => process.visit({ kind: 'start', account })),
    );
    expect(count(outcomes, 'issued')).toBe(250);
    expect(count(outcomes, 'pool-full')).toBe(50);
    await process.rest();
    await expectAtRest(world);
    expect(new Set((await world.tunnel.read()).peers.flatMap((each) => each.allowedIps)).size).toBe(250);
    expect(world.courier.messages.filter((each) => each.kind === 'document')).toHaveLength(250);
  });

  test('F-A1, E5: the burst is a handful of transactions, one apply and few writes of wg0.conf', async () => {
    const world = await worldWith250Free();
    const process = await startProcess(world);
    await Promise.all(range(250).map((account) => process.visit({ kind: 'start', account })));
    await process.rest();
    const of = (name: string) => process.life.effects.filter((each) => each === name).length;
    expect(of('store.transaction')).toBeLessThanOrEqual(8);
    expect(of('tunnel.apply')).toBeLessThanOrEqual(8);
    expect(world.file.writes).toBeLessThanOrEqual(8);
  });

  test('F-A4: a full pool, ten revoked, ten issued: all ten succeed, the eleventh is told full', async () => {
    const world = await createServiceWorld({ cidr4: '10.66.0.0/27' });
    const process = await startProcess(world);
    const start = (account: number) => process.visit({ kind: 'start', account });
    const first = await Promise.all(range(30).map(start));
    expect(count(first, 'issued')).toBe(29);
    await process.rest();
    const devices = [...world.database.tables.devices.values()].slice(0, 10);
    const revoked = await Promise.all(
      devices.map((each) => process.visit({ kind: 'revoke', account: each.accountId, device: each.id })),
    );
    expect(count(revoked, 'done')).toBe(10);
    const second = await Promise.all(range(11).map((each) => start(100 + each)));
    expect(count(second, 'issued')).toBe(10);
    expect(count(second, 'pool-full')).toBe(1);
    await process.rest();
    await expectAtRest(world);
  });

  test('A6: a user told full gets access with the same account once there is room', async () => {
    const world = await createServiceWorld({ cidr4: '10.66.0.0/30' });
    const process = await startProcess(world);
    expect(await process.visit({ kind: 'start', account: 1 })).toBe('issued');
    expect(await process.visit({ kind: 'start', account: 2 })).toBe('pool-full');
    const device = [...world.database.tables.devices.keys()][0]!;
    await process.visit({ kind: 'revoke', account: 1, device });
    expect(await process.visit({ kind: 'start', account: 2 })).toBe('issued');
    await process.rest();
    await expectAtRest(world);
  });
});

describe('A8: /start never issues twice', () => {
  test('A8: doubled and tripled with new updates, at once: one issue, the rest are shown what is active', async () => {
    const world = await createServiceWorld();
    const process = await startProcess(world);
    const outcomes = await Promise.all(range(3).map(() => process.visit({ kind: 'start', account: 7 })));
    expect(outcomes.sort()).toEqual(['already-active', 'already-active', 'issued']);
    await process.rest();
    await expectAtRest(world);
    expect(world.database.tables.issues.size).toBe(1);
  });

  test('A8: one after the other', async () => {
    const world = await createServiceWorld();
    const process = await startProcess(world);
    expect(await process.visit({ kind: 'start', account: 7 })).toBe('issued');
    expect(await process.visit({ kind: 'start', account: 7 })).toBe('already-active');
    expect(await process.visit({ kind: 'start', account: 7 })).toBe('already-active');
    expect(world.courier.messages.filter((each) => each.content === 'preparing')).toHaveLength(1);
  });

  test('A8, F-G3: the same update three times, in one batch and later: one issue, the rest are repeats', async () => {
    const world = await createServiceWorld();
    const { startTrial, visit } = await issueOver(world);
    const one = await visit(7);
    const outcomes = await Promise.all([startTrial(one), startTrial(one), startTrial(one)]);
    expect(outcomes.map((each) => each.kind)).toEqual(['issued', 'repeat', 'repeat']);
    expect((await startTrial(one)).kind).toBe('repeat');
    expect(world.database.tables.devices.size).toBe(1);
  });

  test('A8: two processes handle two /starts of one account at once: one issue', async () => {
    const world = await createServiceWorld();
    const [a, b] = [await issueOver(world), await issueOver(world)];
    const outcomes = await Promise.all([a.startTrial(await a.visit(7)), b.startTrial(await b.visit(7))]);
    expect(outcomes.map((each) => each.kind).sort()).toEqual(['already-active', 'issued']);
  });

  test('A8: an ended trial is not given again', async () => {
    const world = await createServiceWorld();
    const process = await startProcess(world);
    await process.visit({ kind: 'start', account: 7 });
    world.clock.advance(3 * 86_400_000);
    expect(await process.visit({ kind: 'start', account: 7 })).toBe('trial-used');
    expect(await process.visit({ kind: 'add', account: 7 })).toBe('no-subscription');
  });
});

describe('the end of a subscription', () => {
  test('a subscription that ended while the account was waited for gives no device', async () => {
    const world = await createServiceWorld();
    const process = await startProcess(world);
    await process.visit({ kind: 'start', account: 7 });
    const slow: AccessStore = {
      ...world.store,
      transaction: (work) =>
        world.store.transaction((tx) =>
          work({
            ...tx,
            openAccounts: async (profiles) => {
              world.clock.advance(3 * 86_400_000);
              return tx.openAccounts(profiles);
            },
          }),
        ),
    };
    const { addDevice, visit } = await issueOver(world, slow);
    expect((await addDevice(await visit(7), 'wireguard')).kind).toBe('no-subscription');
  });
});

describe('requests in one batch', () => {
  test('E5: a trial and a device of one account in one batch see each other, in order', async () => {
    const world = await createServiceWorld();
    const { startTrial, addDevice, visit } = await issueOver(world);
    const visits = await Promise.all(range(5).map(() => visit(7)));
    const [first, ...more] = visits;
    const outcomes = await Promise.all([
      startTrial(first!),
      ...more.map((each) => addDevice(each, 'wireguard')),
    ]);
    expect(outcomes.map((each) => each.kind)).toEqual([
      'issued',
      'issued',
      'issued',
      'device-limit',
      'device-limit',
    ]);
    const names = [...world.database.tables.devices.values()].map((each) => each.name);
    expect(names).toEqual(['Device 1', 'Device 2', 'Device 3']);
  });

  for (const code of ['conflict', 'internal', 'invalid'] as const) {
    test(`F-J16: one poisoned request (${code}) in a batch of 64 fails alone`, async () => {
      const world = await createServiceWorld();
      const { startTrial, visit } = await issueOver(world, poisoned(world.store, 30, code));
      const visits = await Promise.all(range(64).map(visit));
      const outcomes = await Promise.allSettled(visits.map((each) => startTrial(each)));
      const failed = outcomes.flatMap((each, index) => (each.status === 'rejected' ? [index + 1] : []));
      expect(failed).toEqual([30]);
      expect(world.database.tables.devices.size).toBe(63);
    });
  }

  test('A2: a database that is away fails the batch once, not once for each request', async () => {
    const world = await createServiceWorld();
    let tries = 0;
    const store: AccessStore = {
      ...world.store,
      transaction: async () => {
        tries += 1;
        throw new AppError('unavailable', 'The database is away.');
      },
    };
    const { startTrial, visit } = await issueOver(world, store);
    const visits = await Promise.all(range(64).map(visit));
    const outcomes = await Promise.allSettled(visits.map((each) => startTrial(each)));
    expect(outcomes.every((each) => each.status === 'rejected')).toBe(true);
    expect(tries).toBe(1);
  });

  test('D6: when too much waits the answer is "exhausted" at once, and it recovers by itself', async () => {
    const world = await createServiceWorld();
    const opened = Promise.withResolvers<void>();
    const store: AccessStore = {
      ...world.store,
      async transaction(work) {
        await opened.promise;
        return world.store.transaction(work);
      },
    };
    const { startTrial, visit } = await issueOver(world, store);
    const one = await visit(7);
    const waiting = range(5000).map(() => startTrial(one));
    const refused = await startTrial(one).catch((error) => error);
    expect(refused).toBeInstanceOf(AppError);
    expect(refused.code).toBe('exhausted');
    opened.resolve();
    const outcomes = await Promise.all(waiting);
    expect(
      count(
        outcomes.map((each) => each.kind),
        'issued',
      ),
    ).toBe(1);
    expect((await startTrial(await visit(8))).kind).toBe('issued');
  });
});

/** A store that refuses every transaction in which this account takes part. */
function poisoned(store: AccessStore, account: number, code: AppError['code']): AccessStore {
  return {
    ...store,
    transaction: (work) =>
      store.transaction((tx) =>
        work({
          ...tx,
          openAccounts: async (profiles) => {
            if (profiles.some((each) => each.id === account)) throw new AppError(code, 'This one is poison.');
            return tx.openAccounts(profiles);
          },
        }),
      ),
  };
}
