import type { Config } from '../config.ts';
import { pageRoutes } from '../entry/http/pages/routes.ts';
import type { Route } from '../entry/http/routes.ts';
import type { NodeActivity } from '../services/node-activity.ts';
import type { NodeWork } from './node.ts';
import type { Stores } from './stores.ts';
import type { LocalNode } from './tunnel.ts';
import type { World } from './world.ts';
import type { XrayWork } from './xray-work.ts';

export interface PagesParts {
  readonly config: Config;
  readonly stores: Stores;
  readonly activity: NodeActivity;
  readonly node: NodeWork;
  readonly local: LocalNode;
  /** Null: VLESS is not on sale. */
  readonly xray: XrayWork | null;
}

/** The dashboard's pages but the overview and the way in, over everything they read and do. */
export function createPages(
  world: World,
  { config, stores, activity, node, local, xray }: PagesParts,
): readonly Route[] {
  const { jobs } = stores;
  return pageRoutes({
    reader: stores.dashboard,
    reconcile: stores.reconcileReader,
    jobs: jobs.reader,
    activity,
    local: {
      id: node.id,
      backend: local.tunnel.kind,
      holdsLease: () => node.holder.epoch() !== null,
      lastSuccessAt: node.reconciling.lastSuccess,
    },
    others: xray === null ? [] : [xray.driven],
    operate: { ...world, store: stores.operations, wake: (kinds) => kinds.forEach(jobs.wake) },
    logs: world.logs,
    settings: config.settings,
    strangers: {
      policy: config.reconcile.strangers.policy,
      graceMs: config.reconcile.strangers.graceSeconds * 1000,
    },
    access: config.access,
  });
}
