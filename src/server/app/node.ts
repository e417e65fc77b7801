import type { Database } from '../adapters/postgres/client.ts';
import { createNodeLease } from '../adapters/postgres/node-lease.ts';
import { LOCAL_NODE, type NodeId } from '../core/ids.ts';
import { createLane } from '../core/lane.ts';
import type { Courier, QrMaker } from '../core/ports/courier.ts';
import type { JobHandler } from '../core/ports/jobs.ts';
import type { ReconcileRun } from '../core/ports/store.ts';
import { createApplyPeers } from '../services/apply-peers.ts';
import { createDeliverConfig } from '../services/deliver-config.ts';
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
  readonly qr: QrMaker;
  readonly living: LivingMessages;
  /** Milliseconds for one comparison. */
  readonly reconcileTimeoutMs: number;
}

/** Everything that changes the node's interface, over one lane. */
export interface NodeWork {
  readonly id: NodeId;
  readonly holder: HoldNode;
  readonly applyPeers: JobHandler<'apply-peer'>;
  reconcile(signal: AbortSignal): Promise<ReconcileRun>;
  lastRun(): ReconcileRun | null;
  lastSuccess(): Date | null;
}

export function createNodeWork(world: World, deps: NodeWorkDeps): NodeWork {
  const id = LOCAL_NODE;
  const { stores, local } = deps;
  const { peers, nodes } = stores;
  const lane = createLane();
  const saveConfig = createSaveConfig({ node: id, peers, file: local.file });
  const shared = { ...world, node: id, peers, nodes, tunnel: local.tunnel, lane, saveConfig };
  let lastRun: ReconcileRun | null = null;
  let lastSuccess: Date | null = null;

  async function reconcile(signal: AbortSignal): Promise<ReconcileRun> {
    const run = await reconcileNode(shared, world.clock.deadline(deps.reconcileTimeoutMs, signal));
    lastRun = run;
    lastSuccess = run.finishedAt;
    return run;
  }

  const holder = createHoldNode({
    ...world,
    node: id,
    lease: createNodeLease({ database: deps.database, clock: world.clock }),
    nodes,
    jobs: stores.jobs,
    reconcile,
  });
  const deliver = createDeliverConfig({
    courier: deps.courier,
    qr: deps.qr,
    peers,
    store: stores.access,
    settings: local.clientSettings,
    livingMessage: async (issue) => issue.livingMessageId ?? (await deps.living.wait(issue.id)),
    clock: world.clock,
  });
  const applyPeers = createApplyPeers({
    ...shared,
    keys: local.keys,
    deliver,
    courier: deps.courier,
    epoch: () => holder.epoch() ?? -1,
  });
  return { id, holder, applyPeers, reconcile, lastRun: () => lastRun, lastSuccess: () => lastSuccess };
}
