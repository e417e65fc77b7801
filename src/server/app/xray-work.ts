import type { Config } from '../config.ts';
import { parseCidr } from '../core/cidr.ts';
import { XRAY_NODE } from '../core/ids.ts';
import { createLane } from '../core/lane.ts';
import type { LoopRecord } from '../core/loop-record.ts';
import type { Courier } from '../core/ports/courier.ts';
import type { JobHandler, JobKinds, NewJob } from '../core/ports/jobs.ts';
import type { TrafficSource } from '../core/ports/traffic.ts';
import { createSubscriptionEntry, type SubscriptionEntry } from '../entry/http/subscription.ts';
import { createApplyUsers } from '../services/apply-users.ts';
import { createDeliverLink } from '../services/deliver-link.ts';
import type { DrawQr } from '../services/draw-qr.ts';
import { createInboundTraffic } from '../services/inbound-traffic.ts';
import type { DrivenNode } from '../services/list-nodes.ts';
import type { LivingMessages } from '../services/living-messages.ts';
import { createInboundBackend } from '../services/reconcile/inbound-backend.ts';
import { createServeSubscription } from '../services/serve-subscription.ts';
import { createWatchInbound } from '../services/watch-inbound.ts';
import { type NodeWork, policyOf } from './node.ts';
import { createReconcileWork, type ReconcileWork } from './reconcile.ts';
import type { Stores } from './stores.ts';
import type { World } from './world.ts';
import type { Xray } from './xray.ts';

export interface XrayWorkDeps {
  readonly xray: Xray;
  readonly config: Config;
  readonly stores: Stores;
  readonly courier: Courier;
  readonly draw: DrawQr;
  readonly living: LivingMessages;
  /** One process drives both nodes: the one that holds the lease. */
  holdsNode(): boolean;
}

/** Everything that changes the inbound, over a lane of its own. */
export interface XrayWork {
  readonly applyUsers: JobHandler<'apply-user'>;
  readonly reconciling: ReconcileWork;
  /** How often a comparison is due. Milliseconds. */
  readonly everyMs: number;
  /** What a job asks for; a whole comparison also tells the watch which start of the server is right. */
  turn(what: JobKinds['reconcile-inbound'], signal: AbortSignal): Promise<void>;
  /** What its users' traffic is counted from. */
  readonly traffic: TrafficSource;
  /** As the page of nodes shows it. */
  readonly driven: DrivenNode;
  start(): void;
  stop(): Promise<void>;
  records(): readonly LoopRecord[];
}

/** Comparisons that may be missed before one is overdue. */
const OVERDUE_TURNS = 3;

const RECONCILE_INBOUND: NewJob = {
  kind: 'reconcile-inbound',
  data: { nodeId: XRAY_NODE },
  singletonKey: `reconcile:${XRAY_NODE}`,
};

/** Null when VLESS is not on sale. */
export function createXrayPart(
  world: World,
  {
    xray,
    node,
    ...deps
  }: Omit<XrayWorkDeps, 'xray' | 'holdsNode'> & {
    readonly xray: Xray | null;
    readonly node: Pick<NodeWork, 'holder'>;
  },
): XrayWork | null {
  const holdsNode = () => node.holder.epoch() !== null;
  return xray && createXrayWork(world, { ...deps, xray, holdsNode });
}

/** The door clients fetch their links at; null when none are offered. */
export function createSubscriptions(
  world: World,
  { xray, config, stores }: Pick<XrayWorkDeps, 'config' | 'stores'> & { readonly xray: Xray | null },
): SubscriptionEntry | null {
  const { publicUrl } = config.xray;
  if (!xray || publicUrl === null) return null;
  const serve = createServeSubscription({ ...world, ...xray, reader: stores.subscriptions });
  const trustedProxies = config.http.trustedProxies.map(parseCidr);
  return createSubscriptionEntry({ ...world, serve, title: new URL(publicUrl).hostname, trustedProxies });
}

function createXrayWork(world: World, deps: XrayWorkDeps): XrayWork {
  const { xray, stores, config, holdsNode } = deps;
  const lane = createLane();
  const boots = { read: null as string | null, compared: null as string | null };
  const backend = createInboundBackend({
    ...xray,
    node: XRAY_NODE,
    users: stores.users,
    noteBoot: (id) => {
      boots.read = id;
    },
  });
  const { reconcileTimeoutSeconds, reconcileIntervalSeconds, reconcileBatchLimit } = config.xray;
  const reconciling = createReconcileWork(world, {
    backend,
    lane,
    stores,
    timing: { timeoutSeconds: reconcileTimeoutSeconds, intervalSeconds: reconcileIntervalSeconds },
    policy: policyOf(config.reconcile, reconcileBatchLimit),
  });
  const watch = watchOf(world, deps, () => boots.compared);
  return {
    applyUsers: applyUsersOf(world, deps, lane),
    reconciling,
    everyMs: reconcileIntervalSeconds * 1000,
    async turn(what, signal) {
      const before = reconciling.lastSuccess();
      await reconciling.turn(what, signal);
      if (reconciling.lastSuccess() !== before) boots.compared = boots.read;
    },
    traffic: createInboundTraffic({ ...world, ...xray, node: XRAY_NODE }),
    driven: {
      id: XRAY_NODE,
      backend: xray.inbound.kind,
      holdsLease: holdsNode,
      lastSuccessAt: reconciling.lastSuccess,
      overdueMs: OVERDUE_TURNS * reconcileIntervalSeconds * 1000,
    },
    start: () => watch?.start(),
    stop: async () => watch?.stop(),
    records: () => [reconciling.record(holdsNode()), ...(watch ? [watch.record()] : [])],
  };
}

function applyUsersOf(world: World, deps: XrayWorkDeps, lane: ReturnType<typeof createLane>) {
  const { xray, stores, courier, draw, living } = deps;
  const deliver = createDeliverLink({
    courier,
    draw,
    peers: stores.peers,
    store: stores.access,
    linkOf: xray.sale.linkOf,
    livingMessage: async (issue) => issue.livingMessageId ?? (await living.wait(issue.id)),
    clock: world.clock,
  });
  return createApplyUsers({ ...world, ...xray, ...stores, lane, deliver, courier });
}

function watchOf(world: World, { xray, stores, holdsNode }: XrayWorkDeps, comparedBoot: () => string | null) {
  const { look } = xray;
  if (look === null) return null;
  const enqueue = async (job: NewJob) => {
    await stores.jobs.enqueue([job]);
    stores.jobs.wake(job.kind);
  };
  return createWatchInbound({ ...world, look, comparedBoot, holdsNode, enqueue, job: RECONCILE_INBOUND });
}
