import type { Database } from '../adapters/postgres/client.ts';
import { createNodeLease } from '../adapters/postgres/node-lease.ts';
import { LOCAL_NODE, type NodeId } from '../core/ids.ts';
import { createLane } from '../core/lane.ts';
import type { LoopRecord } from '../core/loop-record.ts';
import type { Courier } from '../core/ports/courier.ts';
import type { JobHandler } from '../core/ports/jobs.ts';
import type { ReconcileRun } from '../core/ports/store.ts';
import { createApplyPeers } from '../services/apply-peers.ts';
import { createDeliverConfig } from '../services/deliver-config.ts';
import type { DrawQr } from '../services/draw-qr.ts';
import { createHoldNode, type HoldNode } from '../services/hold-node.ts';
import type { LivingMessages } from '../services/living-messages.ts';
import { reconcileNode } from '../services/reconcile-node.ts';
import { createSaveConfig } from '../services/save-config.ts';
import type { Stores } from './stores.ts';
import type { LocalNode } from './tunnel.ts';
import type { World } from './world.ts';

export interface NodeWorkDeps {
  readonly database: Database;
  readonly stores: Stores;
  readonly local: LocalNode;
  readonly courier: Courier;
  readonly draw: DrawQr;
  readonly living: LivingMessages;
  /** Longest comparison, and the time between two. */
  readonly reconcile: { readonly timeoutSeconds: number; readonly intervalSeconds: number };
}

/** Everything that changes the node's interface, over one lane. */
export interface NodeWork {
  readonly id: NodeId;
  readonly holder: HoldNode;
  readonly applyPeers: JobHandler<'apply-peer'>;
  reconcile(signal: AbortSignal): Promise<ReconcileRun>;
  lastRun(): ReconcileRun | null;
  lastSuccess(): Date | null;
  /** Of the comparisons, as far as they are this process's to make. */
  record(): LoopRecord;
}

export function createNodeWork(world: World, deps: NodeWorkDeps): NodeWork {
  const id = LOCAL_NODE;
  const { stores, local } = deps;
  const { peers, nodes } = stores;
  const lane = createLane();
  const saveConfig = createSaveConfig({ node: id, peers, file: local.file });
  const shared = { ...world, node: id, peers, nodes, tunnel: local.tunnel, lane, saveConfig };
  const comparisons = watchComparisons(world, deps.reconcile, async (signal) => {
    // An operator may have added one since.
    local.carry(await nodes.addedPools(id));
    return reconcileNode(shared, signal);
  });
  const holder = createHoldNode({
    ...world,
    node: id,
    lease: createNodeLease({ database: deps.database, clock: world.clock }),
    nodes,
    jobs: stores.jobs,
    reconcile: comparisons.first,
  });
  const applyPeers = createApplyPeers({
    ...shared,
    keys: local.keys,
    deliver: delivery(world, deps),
    courier: deps.courier,
    epoch: () => holder.epoch() ?? -1,
  });
  return {
    ...comparisons,
    id,
    holder,
    applyPeers,
    record: () => comparisons.record(holder.epoch() !== null),
  };
}

const delivery = (world: World, { courier, draw, stores, local, living }: NodeWorkDeps) =>
  createDeliverConfig({
    courier,
    draw,
    peers: stores.peers,
    store: stores.access,
    settings: local.clientSettings,
    livingMessage: async (issue) => issue.livingMessageId ?? (await living.wait(issue.id)),
    clock: world.clock,
  });

/** Each comparison with its deadline, and what is to be said of them. */
function watchComparisons(
  { clock }: World,
  { timeoutSeconds, intervalSeconds }: NodeWorkDeps['reconcile'],
  run: (signal: AbortSignal) => Promise<ReconcileRun>,
) {
  let lastRun: ReconcileRun | null = null;
  let lastSuccessMs = clock.monotonicMs();
  let failuresInRow = 0;

  async function reconcile(signal: AbortSignal): Promise<ReconcileRun> {
    failuresInRow += 1;
    lastRun = await run(clock.deadline(timeoutSeconds * 1000, signal));
    lastSuccessMs = clock.monotonicMs();
    failuresInRow = 0;
    return lastRun;
  }

  return {
    reconcile,
    /** The one of a take-over: only from here on is a comparison ours to be late with. */
    first(signal: AbortSignal): Promise<ReconcileRun> {
      lastSuccessMs = clock.monotonicMs();
      return reconcile(signal);
    },
    lastRun: () => lastRun,
    lastSuccess: () => lastRun?.finishedAt ?? null,
    /** Late is what has not come one interval after the last one. Another process's comparisons are not ours to tell of. */
    record(isOurs: boolean): LoopRecord {
      const lateMs = clock.monotonicMs() - lastSuccessMs - intervalSeconds * 1000;
      return { name: 'reconcile', lastSuccessAgeMs: isOurs ? lateMs : 0, failuresInRow };
    },
  };
}
