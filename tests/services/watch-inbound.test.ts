import { describe, expect, test } from 'bun:test';
import { createMemoryInbound } from '../../src/server/adapters/xray/memory-inbound.ts';
import { XRAY_NODE } from '../../src/server/core/ids.ts';
import type { NewJob } from '../../src/server/core/ports/jobs.ts';
import { createInboundTraffic } from '../../src/server/services/inbound-traffic.ts';
import { createWatchInbound } from '../../src/server/services/watch-inbound.ts';
import { eventually } from '../support/eventually.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { createRecordingLog } from '../support/recording-log.ts';

const JOB: NewJob = { kind: 'reconcile-inbound', data: { nodeId: XRAY_NODE }, singletonKey: 'x' };

function watched() {
  const clock = createManualClock();
  const inbound = createMemoryInbound();
  const state = { compared: null as string | null, holds: true, enqueued: 0, looks: 0, databaseAway: false };
  const loop = createWatchInbound({
    clock,
    log: createRecordingLog([]),
    job: JOB,
    comparedBoot: () => state.compared,
    holdsNode: () => state.holds,
    async look() {
      state.looks += 1;
      return (await inbound.look()).bootId;
    },
    async enqueue() {
      if (state.databaseAway) throw new Error('away');
      state.enqueued += 1;
    },
  });
  /** One more look has been taken and its effect is there. */
  const turn = async () => {
    const before = state.looks;
    clock.advance(1_000);
    await eventually(() => state.looks > before || !state.holds);
    await Promise.resolve();
  };
  return { clock, inbound, state, loop, turn };
}

describe('the watch of an inbound', () => {
  test('F-W8: asks for a comparison with each new start, until one was made with it', async () => {
    const { inbound, state, loop, turn } = watched();
    loop.start();
    await eventually(() => state.enqueued === 1);
    await turn();
    await eventually(() => state.enqueued === 2);
    state.compared = 'memory-1';
    await turn();
    await turn();
    expect(state.enqueued).toBe(2);
    inbound.restart();
    await turn();
    await eventually(() => state.enqueued === 3);
    await loop.stop();
  });

  test('goes on when Xray or the database is away, and tells by its record', async () => {
    const { inbound, state, loop, turn } = watched();
    inbound.setAway(true);
    loop.start();
    await eventually(() => loop.record().failuresInRow === 1);
    inbound.setAway(false);
    state.databaseAway = true;
    await turn();
    await eventually(() => loop.record().failuresInRow === 2);
    state.databaseAway = false;
    await turn();
    await eventually(() => state.enqueued === 1 && loop.record().failuresInRow === 0);
    await loop.stop();
  });

  test('does nothing while another process holds the node', async () => {
    const { clock, state, loop } = watched();
    state.holds = false;
    loop.start();
    clock.advance(10_000);
    await eventually(() => loop.record().lastSuccessAgeMs !== null);
    expect({ looks: state.looks, enqueued: state.enqueued }).toEqual({ looks: 0, enqueued: 0 });
    await loop.stop();
  });
});

describe('traffic of an inbound', () => {
  test('has in place of a handshake the time at which it was last seen to grow', async () => {
    const clock = createManualClock();
    const inbound = createMemoryInbound();
    const source = createInboundTraffic({ node: XRAY_NODE, inbound, clock });
    const read = async () => (await source.read(new AbortController().signal)).peers[0];
    inbound.carry({ email: 'a', uplinkBytes: 5, downlinkBytes: 7 });
    expect(await read()).toEqual({ key: 'a', received: 5, sent: 7, handshakeAt: null });
    clock.advance(60_000);
    expect((await read())?.handshakeAt).toBeNull();
    inbound.carry({ email: 'a', uplinkBytes: 1, downlinkBytes: 0 });
    const grewAt = clock.now();
    expect(await read()).toEqual({ key: 'a', received: 6, sent: 7, handshakeAt: grewAt });
    clock.advance(60_000);
    expect((await read())?.handshakeAt).toEqual(grewAt);
    inbound.restart();
    inbound.carry({ email: 'a', uplinkBytes: 100, downlinkBytes: 0 });
    expect((await read())?.handshakeAt).toBeNull();
  });
});
