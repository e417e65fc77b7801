import { describe, expect, test } from 'bun:test';
import { AppError } from '../../src/server/core/errors.ts';
import { LOCAL_NODE, type PublicKey } from '../../src/server/core/ids.ts';
import {
  answer,
  intended,
  live,
  loseRemovals,
  showing,
  strangers,
  worldWith,
} from '../support/drifting-world.ts';
import { expectAtRest } from '../support/invariants.ts';
import { GRACE_MS, startProcess } from '../support/service-process.ts';
import { createServiceWorld } from '../support/service-world.ts';

const remove = { policy: { strangers: 'remove' } } as const;

describe('removals that are too many to be believed', () => {
  test('B8: nobody goes, an operator is asked once, and adds and corrections happen all the same', async () => {
    const world = await worldWith(60);
    const lost = await loseRemovals(world, 20);
    const missing = intended(world)[40]!;
    await world.tunnel.apply({ remove: [missing.publicKey], add: [] });
    const process = await startProcess(world);
    const first = await process.compare();
    expect(first.run).toMatchObject({ outcome: 'refused', added: 1, removed: 0, refused: 20 });
    expect(first.question).toMatchObject({ count: 20, total: 59, reason: 'too-many', decision: null });
    expect(first.question!.keys.toSorted()).toEqual([...lost].toSorted());
    expect(first.run.diff!.lines.filter((line) => line.kind === 'refused')).toHaveLength(20);
    const second = await process.compare();
    expect(second.question!.id).toBe(first.question!.id);
    expect(second.run.diff).toBeNull();
    expect(await live(world)).toHaveLength(60);
  });

  test('B4: allowed, they go in bounded runs, each after a look; then nothing is asked any more', async () => {
    const world = await worldWith(150);
    await loseRemovals(world, 130);
    const process = await startProcess(world);
    await process.reconcile();
    answer(world, 'allow');
    const first = await process.compare();
    expect(first).toMatchObject({ run: { outcome: 'corrected', removed: 100 }, left: 30 });
    expect(first.question).toMatchObject({ decision: 'allow' });
    const second = await process.compare();
    expect(second).toMatchObject({ run: { removed: 30, refused: 0 }, left: 0, question: null });
    expect((await process.compare()).run.outcome).toBe('equal');
    await expectAtRest(world);
  });

  test('one that is wanted again by the time it is removed stays, though it was allowed to go', async () => {
    const world = await worldWith(60);
    const lost = await loseRemovals(world, 20);
    const process = await startProcess(world);
    await process.reconcile();
    answer(world, 'allow');
    // Between the comparison and the removal somebody comes back: the second look sees it.
    let looks = 0;
    const hasty = {
      ...world.peers,
      async standing(node: Parameters<typeof world.peers.standing>[0], keys: readonly PublicKey[]) {
        looks += 1;
        if (looks === 2) {
          const { peers } = world.database.tables;
          const [id, peer] = [...peers].find(([, each]) => each.publicKey === lost[0])!;
          peers.set(id, { ...peer, wanted: true });
        }
        return world.peers.standing(node, keys);
      },
    };
    const run = await (await startProcess({ ...world, peers: hasty })).reconcile();
    expect(run).toMatchObject({ removed: 19 });
    expect(await live(world)).toContain(lost[0]!);
  });

  test('refused by another operator before they went, they stay, though they were allowed to go a moment ago', async () => {
    const world = await worldWith(60);
    await loseRemovals(world, 20);
    const process = await startProcess(world);
    await process.reconcile();
    answer(world, 'allow');
    let looks = 0;
    const meanwhile = {
      ...world.peers,
      async standing(node: Parameters<typeof world.peers.standing>[0], keys: readonly PublicKey[]) {
        looks += 1;
        if (looks === 2) answer(world, 'refuse');
        return world.peers.standing(node, keys);
      },
    };
    const { run } = await (await startProcess({ ...world, peers: meanwhile })).compare();
    expect(run).toMatchObject({ removed: 0 });
    expect(await live(world)).toHaveLength(60);
    const { question } = await process.compare();
    expect(question).toMatchObject({ decision: 'refuse', count: 20 });
  });

  test('refused, they stay and nobody is asked about them again', async () => {
    const world = await worldWith(60);
    await loseRemovals(world, 20);
    const process = await startProcess(world);
    await process.reconcile();
    answer(world, 'refuse');
    const { run, question } = await process.compare();
    expect(run).toMatchObject({ outcome: 'refused', removed: 0, refused: 20 });
    expect(question).toMatchObject({ decision: 'refuse' });
    expect(await live(world)).toHaveLength(60);
  });

  test('E4: revoked and expired in bulk they go by their jobs, and a comparison meanwhile neither holds nor removes them', async () => {
    const world = await worldWith(60);
    const process = await startProcess(world);
    const devices = [...world.database.tables.devices.values()].slice(0, 40);
    await Promise.all(
      devices.map((each) => process.visit({ kind: 'revoke', account: each.accountId, device: each.id })),
    );
    const { run, question } = await process.compare();
    expect(run).toMatchObject({ outcome: 'equal', removed: 0, refused: 0, quarantined: 0 });
    expect(question).toBeNull();
    await process.rest();
    await expectAtRest(world);
    expect(await live(world)).toHaveLength(20);
  });

  test('B8: another database, an empty one, with the policy to remove: nobody goes', async () => {
    const world = await worldWith(30);
    const other = await createServiceWorld();
    const process = await startProcess({ ...other, tunnel: world.tunnel }, remove);
    await process.reconcile();
    other.clock.advance(GRACE_MS);
    const { run, question } = await process.compare();
    expect(run).toMatchObject({ outcome: 'refused', removed: 0, refused: 30, quarantined: 30 });
    expect(question).toMatchObject({ reason: 'empty-database', count: 30 });
    expect(await live(world)).toHaveLength(30);
  });

  test('B8: an interface that lists half of its peers is no ground to remove even one', async () => {
    const world = await worldWith(60);
    const [foreign] = strangers(1);
    await world.tunnel.apply({ remove: [], add: [foreign!] });
    await (await startProcess(world)).reconcile();
    world.clock.advance(GRACE_MS);
    const process = await startProcess(world, {
      ...remove,
      tunnel: (real) => showing(real, (peer, at) => at % 2 === 0 || peer.publicKey === foreign!.publicKey),
    });
    await process.reconcile().catch(() => undefined);
    expect(await world.quarantine.openQuestion(LOCAL_NODE)).toMatchObject({
      reason: 'partial-listing',
      count: 1,
    });
    expect(await live(world)).toHaveLength(61);
  });
});

describe('strangers', () => {
  test('F-W4: with the policy to remove they go when their grace is over, not before, and only they', async () => {
    const world = await worldWith(60);
    const foreign = strangers(5);
    await world.tunnel.apply({ remove: [], add: foreign });
    const process = await startProcess(world, remove);
    expect(await process.reconcile()).toMatchObject({ removed: 0, quarantined: 5 });
    world.clock.advance(GRACE_MS - 1);
    expect(await process.reconcile()).toMatchObject({ removed: 0, quarantined: 5 });
    world.clock.advance(1);
    expect(await process.reconcile()).toMatchObject({ outcome: 'corrected', removed: 5, quarantined: 0 });
    await expectAtRest(world);
    const [first] = foreign;
    await world.tunnel.apply({ remove: [], add: [first!] });
    // Back again it has its whole grace once more.
    expect(await process.reconcile()).toMatchObject({ removed: 0, quarantined: 1 });
  });

  test('one that an operator kept, a moment before its removal, stays', async () => {
    const world = await worldWith(10);
    const [foreign] = strangers(1);
    await world.tunnel.apply({ remove: [], add: [foreign!] });
    await (await startProcess(world)).reconcile();
    world.clock.advance(GRACE_MS);
    const quarantine = {
      ...world.quarantine,
      async seeStrangers(...given: Parameters<typeof world.quarantine.seeStrangers>) {
        const seen = await world.quarantine.seeStrangers(...given);
        const { strangers: noted } = world.database.tables;
        for (const [key, peer] of noted) noted.set(key, { ...peer, state: 'kept' });
        return seen;
      },
    };
    const run = await (await startProcess({ ...world, quarantine }, remove)).reconcile();
    expect(run).toMatchObject({ removed: 0 });
    expect(await live(world)).toContain(foreign!.publicKey);
  });

  test('with the policy to adopt it is wanted from then on: in wg0.conf, and put back when it is lost', async () => {
    const world = await worldWith(5);
    const [foreign] = strangers(1);
    await world.tunnel.apply({ remove: [], add: [foreign!] });
    const process = await startProcess(world, { policy: { strangers: 'adopt' } });
    const run = await process.reconcile();
    expect(run).toMatchObject({ quarantined: 0 });
    expect(run.diff!.lines).toContainEqual({ kind: 'adopted', key: foreign!.publicKey, what: 'by policy' });
    expect(world.file.peers.map((each) => each.publicKey)).toContain(foreign!.publicKey);
    expect((await process.reconcile()).outcome).toBe('equal');
    await world.tunnel.apply({ remove: [foreign!.publicKey], add: [] });
    expect(await process.reconcile()).toMatchObject({ outcome: 'corrected', added: 1 });
    expect((await world.tunnel.read()).peers).toContainEqual(expect.objectContaining(foreign!));
  });

  test('one whose address is somebody else’s is not adopted, and said to be a stranger', async () => {
    const world = await worldWith(5);
    const taken = intended(world)[0]!.allowedIps;
    const [one] = strangers(1);
    await world.tunnel.apply({ remove: [], add: [{ ...one!, allowedIps: taken }] });
    const process = await startProcess(world, { policy: { strangers: 'adopt' } });
    // The owner gets the address back, so the stranger is left without one.
    expect(await process.reconcile()).toMatchObject({ changed: 1, quarantined: 1 });
    expect(world.database.tables.strangers.get(one!.publicKey)).toMatchObject({
      state: 'waiting',
      refusal: 'address-taken',
    });
  });
});

describe('what was really done', () => {
  test('B6: an interface that is full after 7 of 30: the run fails, and tells of the seven', async () => {
    const world = await worldWith(30);
    await world.tunnel.remove();
    const process = await startProcess(world, {
      tunnel: (real) => ({
        ...real,
        async apply({ remove: gone, add }, signal) {
          await real.apply({ remove: gone, add: add.slice(0, 7) }, signal);
          throw new AppError('exhausted', 'The interface takes no more.');
        },
      }),
    });
    await expect(process.reconcile()).rejects.toThrow('The interface takes no more.');
    expect([...world.database.tables.runs.values()].at(-1)).toMatchObject({ outcome: 'failed', added: 7 });
  });

  test('E2: a peer that is not wanted any more by the time it is read back is no failure', async () => {
    const world = await worldWith(10);
    const [victim] = intended(world);
    await world.tunnel.apply({ remove: [victim!.publicKey], add: [] });
    const process = await startProcess(world, {
      tunnel: (real) => ({
        ...real,
        async apply(change, signal) {
          await real.apply({ ...change, add: [] }, signal);
          const { peers } = world.database.tables;
          const [id, peer] = [...peers].find(([, each]) => each.publicKey === victim!.publicKey)!;
          peers.set(id, { ...peer, wanted: false, generation: peer.generation + 1 });
        },
      }),
    });
    expect(await process.reconcile()).toMatchObject({ outcome: 'equal', added: 0 });
  });

  test('A4: wg0.conf that somebody changed is told of; one that is right is not written again', async () => {
    const world = await worldWith(9);
    const process = await startProcess(world);
    await process.reconcile();
    const { writes } = world.file;
    expect(await process.reconcile()).toMatchObject({ outcome: 'equal' });
    expect(world.file.writes).toBe(writes);
    world.file.peers = world.file.peers.slice(1);
    const run = await process.reconcile();
    expect(run).toMatchObject({ outcome: 'corrected', added: 0 });
    expect(run.diff!.lines).toMatchObject([{ kind: 'config' }]);
    expect(world.file.peers).toHaveLength(9);
  });
});

describe('a dry run', () => {
  test('E2: tells what a real one does, does none of it, and is kept as what it is', async () => {
    const world = await worldWith(30);
    await loseRemovals(world, 3);
    const lost = intended(world)[20]!;
    await world.tunnel.apply({ remove: [lost.publicKey], add: strangers(2) });
    const process = await startProcess(world);
    const before = await world.tunnel.read();
    const dry = await process.preview();
    expect(dry).toMatchObject({
      outcome: 'drift',
      dryRun: true,
      added: 1,
      removed: 3,
      quarantined: 2,
    });
    expect(await world.tunnel.read()).toEqual(before);
    expect(world.database.tables.strangers.size).toBe(0);
    expect(
      process.life.effects.filter((each) => /apply|seeStrangers|ensureUp|file.write/.test(each)),
    ).toEqual([]);
    const { added, removed, quarantined } = await process.reconcile();
    expect({ added, removed, quarantined }).toEqual({ added: 1, removed: 3, quarantined: 2 });
    expect([...world.database.tables.runs.values()].map((run) => run.dryRun)).toEqual([true, false]);
  });
});

describe('a deadline', () => {
  test.each(['digest', 'readSome', 'apply', 'ensureUp'] as const)(
    'B1: %s that never answers: the run ends with its deadline, and the lane is free at once',
    async (stuck) => {
      const world = await worldWith(8);
      await world.tunnel.apply({ remove: [intended(world)[0]!.publicKey], add: [] });
      let hangs = true;
      const reached = Promise.withResolvers<void>();
      const process = await startProcess(world, {
        tunnel: (real) => ({
          ...real,
          [stuck]: (...given: never[]) => {
            if (!hangs) return (real[stuck] as (...all: never[]) => Promise<unknown>)(...given);
            reached.resolve();
            return new Promise(() => {});
          },
        }),
      });
      const late = new AbortController();
      const run = process.compare(late.signal).catch((error: unknown) => error);
      await reached.promise;
      late.abort(new AppError('timeout', 'No answer within 20000 ms.'));
      expect(await run).toMatchObject({ code: 'timeout' });
      expect([...world.database.tables.runs.values()].at(-1)).toMatchObject({
        outcome: 'failed',
        removed: 0,
      });
      hangs = false;
      await process.visit({ kind: 'start', account: 99 });
      await process.rest();
      expect((await process.compare()).run.outcome).not.toBe('failed');
      await expectAtRest(world);
    },
  );
});
