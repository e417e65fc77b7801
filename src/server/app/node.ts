import type { Database } from '../adapters/postgres/client.ts';
import { createNodeLease } from '../adapters/postgres/node-lease.ts';
import type { Config } from '../config.ts';
import { LOCAL_NODE, type NodeId } from '../core/ids.ts';
import { createLane } from '../core/lane.ts';
import type { LoopRecord } from '../core/loop-record.ts';
import type { Courier } from '../core/ports/courier.ts';
import type { JobHandler } from '../core/ports/jobs.ts';
import { createApplyPeers } from '../services/apply-peers.ts';
import { createDeliverConfig } from '../services/deliver-config.ts';
import type { DrawQr } from '../services/draw-qr.ts';
import { createHoldNode, type HoldNode } from '../services/hold-node.ts';
import type { LivingMessages } from '../services/living-messages.ts';
import type { ReconcilePolicy } from '../services/reconcile/plan-corrections.ts';
import { createWireguardBackend } from '../services/reconcile/wireguard-backend.ts';
import { createSaveConfig } from '../services/save-config.ts';
import { createReconcileWork, type ReconcileWork } from './reconcile.ts';
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
  readonly reconcile: Config['reconcile'];
}

/** Everything that changes the node's interface, over one lane. */
export interface NodeWork {
  readonly id: NodeId;
  readonly holder: HoldNode;
  readonly applyPeers: JobHandler<'apply-peer'>;
  readonly reconciling: ReconcileWork;
  /** Of the comparisons, as far as they are this process's to make. */
  record(): LoopRecord;
}

/** Removals of one comparison; what is more goes in the next. */
export const MOST_REMOVALS = 100;

export function createNodeWork(world: World, deps: NodeWorkDeps): NodeWork {
  const id = LOCAL_NODE;
  const { stores, local } = deps;
  const { peers, nodes } = stores;
  const lane = createLane();
  const saving = createSaveConfig({ node: id, peers, file: local.file });
  const shared = { ...world, node: id, peers, nodes, tunnel: local.tunnel, lane, saveConfig: saving.save };
  const reconciling = createReconcileWork(world, {
    // An operator may have added a pool since.
    backend: createWireguardBackend({
      ...shared,
      saving,
      prepare: async () => local.carry(await nodes.addedPools(id)),
    }),
    lane,
    stores,
    timing: deps.reconcile,
    policy: policyOf(deps.reconcile, MOST_REMOVALS),
  });
  const holder = createHoldNode({
    ...world,
    node: id,
    lease: createNodeLease({ database: deps.database, clock: world.clock }),
    nodes,
    jobs: stores.jobs,
    reconcile: reconciling.first,
  });
  const applyPeers = createApplyPeers({
    ...shared,
    keys: local.keys,
    deliver: delivery(world, deps),
    courier: deps.courier,
    epoch: () => holder.epoch() ?? -1,
  });
  const record = () => reconciling.record(holder.epoch() !== null);
  return { id, holder, applyPeers, reconciling, record };
}

/** What the variables say about strangers, for either protocol. */
export const policyOf = ({ strangers }: Config['reconcile'], mostRemovals: number): ReconcilePolicy => ({
  strangers: strangers.policy,
  graceMs: strangers.graceSeconds * 1000,
  mostRemovals,
});

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
