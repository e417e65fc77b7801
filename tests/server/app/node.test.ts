import { expect, test } from 'bun:test';
import type { Database } from '../../../src/server/adapters/postgres/client.ts';
import { createBreakers } from '../../../src/server/adapters/resilience/breakers.ts';
import { createNodeWork, type NodeWork, type NodeWorkDeps } from '../../../src/server/app/node.ts';
import { readinessOf } from '../../../src/server/app/readiness.ts';
import type { World } from '../../../src/server/app/world.ts';
import { AppError } from '../../../src/server/core/errors.ts';
import type { Metrics } from '../../../src/server/core/ports/metrics.ts';
import { eventually } from '../../support/eventually.ts';
import { failureOf } from '../../support/failures.ts';
import { createRecordingLog } from '../../support/recording-log.ts';
import { fileOf } from '../../support/service-process.ts';
import { createServiceWorld } from '../../support/service-world.ts';

/** A node over an interface that the test can break; its lease is there for the taking. */
async function setUp() {
  const service = await createServiceWorld();
  const { clock, random, peers, nodes, store: access } = service;
  const tunnel = { ...service.tunnel, failing: false };
  tunnel.digest = async () => {
    if (tunnel.failing) throw new AppError('forbidden', 'wg may not change wg0: CAP_NET_ADMIN is needed');
    return service.tunnel.digest();
  };
  const session = {
    lost: new Promise<void>(() => {}),
    execute: async () => [{ got: true }],
    release: async () => {},
  };
  const log = createRecordingLog([]);
  const breakers = createBreakers({ clock, log, metrics: { breaker: () => {} } as unknown as Metrics });
  const database = { raw: { reserve: async () => session } } as unknown as Database;
  const node = createNodeWork(
    { clock, random, log, breakers } as unknown as World,
    {
      database,
      stores: {
        peers,
        nodes,
        reconcile: service.quarantine,
        access,
        jobs: { rescue: async () => 0, wake: () => {} },
      },
      local: { tunnel, carry: () => {}, file: fileOf(service) },
      reconcile: {
        timeoutSeconds: 20,
        intervalSeconds: 60,
        strangers: { policy: 'report', graceSeconds: 86_400 },
      },
    } as unknown as NodeWorkDeps,
  );
  return { service, clock, tunnel, node, breakers };
}

const ready = (node: NodeWork) =>
  readinessOf({
    database: { reachable: true, lastSuccessAgeMs: 0 },
    holdsNode: true,
    bot: { ok: true, reason: null },
    loops: [node.record()],
    breakers: [],
  });

test('B6: a node whose comparisons fail for minutes is not ready, and says so; a good one ends that', async () => {
  const { clock, tunnel, node } = await setUp();
  const never = new AbortController().signal;
  // Another process holds it: nothing of this is ours to say.
  clock.advance(600_000);
  expect(ready(node).ready).toBe(true);
  node.holder.start();
  await node.holder.whenHeld(never);
  expect(ready(node).ready).toBe(true);
  await eventually(() => node.reconciling.lastRun() !== null);
  tunnel.failing = true;
  clock.advance(179_000);
  await failureOf(node.reconciling.reconcile(never));
  expect(ready(node).ready).toBe(true);
  clock.advance(2_000);
  expect(ready(node).reasons).toEqual(['the loop reconcile:local has had no success for 181 s']);
  tunnel.failing = false;
  await node.reconciling.reconcile(never);
  expect(ready(node).ready).toBe(true);
  await node.holder.stop();
});

test('B6: five failures in a row open the breaker of the node; while it is open a turn says so and does nothing', async () => {
  const { service, tunnel, node, breakers } = await setUp();
  const never = new AbortController().signal;
  tunnel.failing = true;
  const runs = () => [...service.database.tables.runs.values()];
  for (let turn = 0; turn < 5; turn += 1) await failureOf(node.reconciling.turn({}, never));
  expect(breakers.states()).toEqual([{ name: 'reconcile:local', state: 'open' }]);
  expect(runs()).toHaveLength(5);
  tunnel.failing = false;
  await node.reconciling.turn({}, never);
  expect(runs().at(-1)).toMatchObject({ outcome: 'failed', error: expect.stringContaining('failing') });
  expect(node.reconciling.lastSuccess()).toBeNull();
  service.clock.advance(10_000);
  await node.reconciling.turn({}, never);
  expect(breakers.states()).toEqual([{ name: 'reconcile:local', state: 'closed' }]);
  expect(node.reconciling.lastRun()?.outcome).toBe('equal');
});

test('B1: a comparison that takes longer than it may is called off, and the next one is made', async () => {
  const { service, tunnel, node } = await setUp();
  const { digest } = tunnel;
  const reached = Promise.withResolvers<void>();
  tunnel.digest = () => {
    reached.resolve();
    return new Promise(() => {});
  };
  const late = node.reconciling.reconcile(new AbortController().signal).catch((error: unknown) => error);
  await reached.promise;
  service.clock.advance(20_000);
  expect(await late).toMatchObject({ code: 'timeout' });
  tunnel.digest = digest;
  expect((await node.reconciling.reconcile(new AbortController().signal)).outcome).toBe('equal');
});
