import { describe, expect, test } from 'bun:test';
import { AppError } from '../../src/server/core/errors.ts';
import type { ReconcileRun } from '../../src/server/core/ports/store.ts';
import { intended, loseRemovals, showing, strangers, worldWith } from '../support/drifting-world.ts';
import { expectAtRest } from '../support/invariants.ts';
import { startProcess } from '../support/service-process.ts';
import { createServiceWorld, type ServiceWorld } from '../support/service-world.ts';

const runs = (world: ServiceWorld): ReconcileRun[] => [...world.database.tables.runs.values()];
const live = async (world: ServiceWorld) => (await world.tunnel.read()).peers;

describe('an interface that equals the database', () => {
  test('B5, E2: is left in silence: nothing applied, nothing logged, the run is recorded as equal', async () => {
    const world = await worldWith(20);
    const process = await startProcess(world);
    const lines = world.logLines.length;
    const run = await process.reconcile();
    expect(run).toMatchObject({ outcome: 'equal', added: 0, removed: 0, changed: 0, quarantined: 0 });
    expect(process.life.effects).not.toContain('tunnel.apply');
    expect(world.logLines.length).toBe(lines);
    expect(runs(world)).toEqual([run]);
  });
});

describe('drift', () => {
  test('F-W4: 20 added by hand, 20 removed, 5 allowed-ips swapped: equal after one run, strangers left alone', async () => {
    const world = await worldWith(60);
    const own = intended(world);
    const foreign = strangers(20);
    await world.tunnel.apply({ remove: own.slice(0, 20).map((each) => each.publicKey), add: foreign });
    const swapped = own
      .slice(20, 25)
      .map((each, index) => ({ ...each, allowedIps: own[24 - index]!.allowedIps }));
    await world.tunnel.apply({ remove: [], add: swapped });
    const run = await (await startProcess(world)).reconcile();
    expect(run).toMatchObject({ outcome: 'corrected', added: 20, removed: 0, quarantined: 20 });
    expect(run.changed).toBeGreaterThanOrEqual(4);
    expect(await (await startProcess(world)).reconcile()).toMatchObject({
      outcome: 'equal',
      quarantined: 20,
    });
    expect(await live(world)).toHaveLength(80);
    await world.tunnel.apply({ remove: foreign.map((each) => each.publicKey), add: [] });
    await expectAtRest(world);
  });

  test('a preshared key set by hand is taken away', async () => {
    const world = await worldWith(2);
    world.tunnel.setPresharedKey(intended(world)[0]!.publicKey);
    expect(await (await startProcess(world)).reconcile()).toMatchObject({ outcome: 'corrected', changed: 1 });
    expect((await live(world)).some((each) => each.hasPresharedKey)).toBe(false);
  });

  test('F-W6: an interface that came up empty gets everything back in one apply', async () => {
    const world = await worldWith(200);
    await world.tunnel.remove();
    const process = await startProcess(world);
    expect(await process.reconcile()).toMatchObject({ outcome: 'corrected', added: 200, removed: 0 });
    expect(process.life.effects.filter((each) => each === 'tunnel.apply')).toHaveLength(1);
    await expectAtRest(world);
  });

  test('B8: an interface that lists half of its peers loses none', async () => {
    const world = await worldWith(40);
    const process = await startProcess(world, {
      tunnel: (real) => showing(real, (_, at) => at % 2 === 0),
    });
    await process.reconcile().catch(() => undefined);
    expect(await live(world)).toHaveLength(40);
    await expectAtRest(world);
  });
});

describe('wg0.conf', () => {
  test('A4: a file that fell behind is whole after the next run, whether or not the interface differed', async () => {
    const world = await worldWith(9);
    world.file.peers = [];
    await (await startProcess(world)).reconcile();
    expect(world.file.peers).toHaveLength(9);
    await expectAtRest(world);
  });
});

describe('removals', () => {
  test('E2: a peer of ours that is not wanted any more goes, after a look into the database', async () => {
    const world = await worldWith(5);
    await loseRemovals(world, 2);
    const process = await startProcess(world);
    expect(await process.reconcile()).toMatchObject({ outcome: 'corrected', removed: 2, quarantined: 0 });
    const order = process.life.effects.filter((each) => /standing|tunnel.apply/.test(each));
    expect(order).toEqual(['peers.standing', 'peers.standing', 'tunnel.apply']);
    expect(await live(world)).toHaveLength(3);
  });

  test('E7: a retired key that came back by hand goes, and so does a revoked device', async () => {
    const world = await worldWith(2);
    const old = intended(world);
    const process = await startProcess(world);
    const [a, b] = [...world.database.tables.devices.values()];
    await process.visit({ kind: 'reissue', account: a!.accountId, device: a!.id });
    await process.visit({ kind: 'revoke', account: b!.accountId, device: b!.id });
    await process.rest();
    await world.tunnel.apply({ remove: [], add: old.map((each) => ({ ...each, allowedIps: [] })) });
    expect(await process.reconcile()).toMatchObject({ removed: 2, quarantined: 0 });
    await expectAtRest(world);
  });

  test('B8: an empty database (a wrong one, a lost one) removes nobody', async () => {
    const world = await worldWith(30);
    const other = await createServiceWorld();
    const process = await startProcess({ ...other, tunnel: world.tunnel });
    expect(await process.reconcile()).toMatchObject({ removed: 0, quarantined: 30 });
    expect(await live(world)).toHaveLength(30);
  });
});

describe('a run that fails', () => {
  for (const broken of ['digest', 'readSome', 'apply', 'ensureUp'] as const) {
    test(`B6: ${broken} fails: recorded as failed with the reason, and nothing was removed`, async () => {
      const world = await worldWith(10);
      await loseRemovals(world, 3);
      const dead = async () => {
        throw new AppError('timeout', 'wg did not answer.');
      };
      const process = await startProcess(world, { tunnel: (real) => ({ ...real, [broken]: dead }) });
      await expect(process.reconcile()).rejects.toThrow('wg did not answer.');
      expect(runs(world)).toMatchObject([{ outcome: 'failed', error: 'wg did not answer.', removed: 0 }]);
      expect(await live(world)).toHaveLength(10);
      expect(await (await startProcess(world)).reconcile()).toMatchObject({ removed: 3 });
    });
  }

  test('B8: a database that breaks off in the middle of its pages removes nobody', async () => {
    const world = await worldWith(30);
    const half = {
      ...world.peers,
      async *wanted(...given: Parameters<typeof world.peers.wanted>) {
        for await (const page of world.peers.wanted(...given)) {
          yield page;
          throw new AppError('unavailable', 'The database went away.');
        }
      },
    };
    const process = await startProcess({ ...world, peers: half });
    await expect(process.reconcile()).rejects.toThrow('The database went away.');
    expect(runs(world)).toMatchObject([{ outcome: 'failed', removed: 0 }]);
    expect(await live(world)).toHaveLength(30);
  });

  test('F-W4: an interface that does not keep what it was given fails the run', async () => {
    const world = await worldWith(3);
    await world.tunnel.remove();
    const process = await startProcess(world, {
      tunnel: (real) => ({ ...real, apply: async () => undefined }),
    });
    await expect(process.reconcile()).rejects.toThrow('3 peers');
    expect(runs(world)).toMatchObject([{ outcome: 'failed' }]);
  });

  test('B1: a run that fails lets the next change through', async () => {
    const world = await worldWith(1);
    let broken = true;
    const process = await startProcess(world, {
      tunnel: (real) => ({
        ...real,
        ensureUp: async () => {
          if (broken) throw new AppError('timeout', 'ip did not answer.');
          return real.ensureUp();
        },
      }),
    });
    await process.reconcile().catch(() => undefined);
    broken = false;
    await process.visit({ kind: 'start', account: 99 });
    await process.rest();
    await expectAtRest(world);
  });
});

describe('reconcile beside changes', () => {
  test('E2: users come and go while it runs, again and again: never a wrong word about the interface', async () => {
    const world = await worldWith(10);
    const process = await startProcess(world);
    const devices = [...world.database.tables.devices.values()];
    const work = devices.flatMap((each, index) => [
      process.visit({ kind: 'reissue', account: each.accountId, device: each.id }),
      process.reconcile(),
      process.visit({ kind: 'start', account: 100 + index }),
      process.drain(),
      process.visit({ kind: 'revoke', account: each.accountId, device: each.id }),
      process.reconcile(),
      process.drain(),
    ]);
    await Promise.all(work);
    await process.rest();
    await expectAtRest(world);
    expect(runs(world).some((each) => each.outcome === 'failed')).toBe(false);
    expect(runs(world).every((each) => each.quarantined === 0)).toBe(true);
  });
});
