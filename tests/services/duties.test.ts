import { describe, expect, test } from 'bun:test';
import { LOCAL_NODE, updateId } from '../../src/server/core/ids.ts';
import { expireSubscriptions } from '../../src/server/services/expire-subscriptions.ts';
import { keepHouse } from '../../src/server/services/keep-house.ts';
import { expectAtRest } from '../support/invariants.ts';
import { createRecordingLog } from '../support/recording-log.ts';
import { nextUpdate, startProcess } from '../support/service-process.ts';
import { createServiceWorld, type ServiceWorld } from '../support/service-world.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NEVER = new AbortController().signal;
const range = (length: number) => Array.from({ length }, (_, index) => index + 1);

async function worldWith(count: number): Promise<ServiceWorld> {
  const world = await createServiceWorld({ cidr4: '10.66.0.0/22' });
  const process = await startProcess(world);
  await Promise.all(range(count).map((account) => process.visit({ kind: 'start', account })));
  await process.rest();
  return world;
}

const tidy = (world: ServiceWorld) =>
  keepHouse({
    ...world,
    held: [LOCAL_NODE],
    operators: { forget: async () => 0 },
    log: createRecordingLog(world.logLines),
    restMs: HOUR_MS,
  });

describe('the end of access', () => {
  test('"expired users stay connected": all of 450 are off the interface, and keep their addresses', async () => {
    const world = await worldWith(450);
    world.clock.advance(3 * DAY_MS);
    expect(await expireSubscriptions(world, NEVER)).toBe(450);
    await (await startProcess(world)).rest();
    expect((await world.tunnel.read()).peers).toEqual([]);
    expect((await world.nodes.usage())[0]).toMatchObject({ leased: 450, resting: 0 });
    await expectAtRest(world);
    expect(await expireSubscriptions(world, NEVER)).toBe(0);
  });

  test('nobody is cut off a moment early, and everybody at the moment', async () => {
    const world = await worldWith(2);
    const ends = [...world.database.tables.subscriptions.values()][0]!.endsAt.getTime();
    world.clock.advance(ends - world.clock.now().getTime() - 1);
    expect(await expireSubscriptions(world, NEVER)).toBe(0);
    world.clock.advance(1);
    expect(await expireSubscriptions(world, NEVER)).toBe(2);
  });

  test('a device paused before the end does not come back by itself', async () => {
    const world = await worldWith(1);
    const process = await startProcess(world);
    const [device] = [...world.database.tables.devices.keys()];
    await process.visit({ kind: 'pause', account: 1, device: device! });
    world.clock.advance(3 * DAY_MS);
    await expireSubscriptions(world, NEVER);
    await process.rest();
    expect((await world.tunnel.read()).peers).toEqual([]);
    await expectAtRest(world);
  });

  test('an aborted run stops before its next page', async () => {
    const world = await worldWith(1);
    world.clock.advance(3 * DAY_MS);
    const stopped = AbortSignal.abort(new Error('shutting down'));
    await expect(expireSubscriptions(world, stopped)).rejects.toThrow('shutting down');
    expect(await expireSubscriptions(world, NEVER)).toBe(1);
  });
});

describe('housekeeping', () => {
  test('"released addresses used until restart": they rest for their time, then they are free', async () => {
    const world = await worldWith(1);
    const process = await startProcess(world);
    const [device] = [...world.database.tables.devices.keys()];
    await process.visit({ kind: 'revoke', account: 1, device: device! });
    await process.rest();
    world.clock.advance(HOUR_MS - 1);
    await tidy(world);
    expect((await world.nodes.usage())[0]).toMatchObject({ leased: 0, resting: 1 });
    world.clock.advance(2);
    await tidy(world);
    expect((await world.nodes.usage())[0]).toMatchObject({ leased: 0, resting: 0 });
  });

  test('F-D13: handled updates go after a week, unhandled ones never; runs after a month', async () => {
    const world = await worldWith(1);
    await (await startProcess(world)).reconcile();
    const waiting = nextUpdate();
    await world.inbox.accept([{ id: waiting, payload: { kind: 'start', account: 2 } }]);
    world.clock.advance(8 * DAY_MS);
    await tidy(world);
    expect([...world.database.tables.updates.keys()]).toEqual([updateId(waiting)]);
    expect(world.database.tables.runs.size).toBe(1);
    world.clock.advance(23 * DAY_MS);
    await tidy(world);
    expect(world.database.tables.runs.size).toBe(0);
  });

  test('F-J4: a peer whose job is dead gets a new one, once in a while, and is applied', async () => {
    const world = await worldWith(1);
    let broken = true;
    const deaf = await startProcess(world, {
      tunnel: (real) => ({ ...real, apply: async (change) => (broken ? undefined : real.apply(change)) }),
    });
    const [device] = [...world.database.tables.devices.keys()];
    await deaf.visit({ kind: 'pause', account: 1, device: device! });
    await deaf.rest();
    expect(world.jobs.jobs.map((each) => each.state)).toEqual(['completed', 'dead']);
    broken = false;
    world.clock.advance(11 * 60_000);
    await tidy(world);
    await tidy(world);
    expect(world.jobs.jobs).toHaveLength(3);
    await deaf.rest();
    expect(world.jobs.jobs[2]?.state).toBe('completed');
    expect((await world.tunnel.read()).peers).toEqual([]);
  });

  test('F-J4: a duty that fails keeps no other from being done', async () => {
    const world = await worldWith(1);
    const deaf = await startProcess(world, {
      tunnel: (real) => ({ ...real, apply: async () => undefined }),
    });
    const [device] = [...world.database.tables.devices.keys()];
    await deaf.visit({ kind: 'pause', account: 1, device: device! });
    await deaf.rest();
    world.clock.advance(31 * DAY_MS);
    const forget = () => Promise.reject(new Error('the statement took too long'));
    const ailing = {
      ...world,
      inbox: { ...world.inbox, forget },
      nodes: { ...world.nodes, wakeResting: forget },
    };
    await (await startProcess(world)).reconcile();
    const jobs = world.jobs.jobs.length;
    await expect(tidy(ailing)).rejects.toThrow('took too long');
    expect(world.jobs.jobs).toHaveLength(jobs + 1);
  });

  test('a house in order is tidied in silence', async () => {
    const world = await worldWith(1);
    const lines = world.logLines.length;
    await tidy(world);
    expect(world.logLines.length).toBe(lines);
  });
});
