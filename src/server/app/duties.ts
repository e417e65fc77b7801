import type { Config } from '../config.ts';
import { XRAY_NODE } from '../core/ids.ts';
import type { Courier } from '../core/ports/courier.ts';
import { scheduleTable } from '../entry/schedule/table.ts';
import { registerWork } from '../entry/work/handlers.ts';
import { expireSubscriptions } from '../services/expire-subscriptions.ts';
import { keepHouse } from '../services/keep-house.ts';
import { createTellEnding } from '../services/tell-ending.ts';
import { createCounting } from './counting.ts';
import type { NodeWork } from './node.ts';
import type { Stores } from './stores.ts';
import type { LocalNode } from './tunnel.ts';
import type { World } from './world.ts';
import type { XrayWork } from './xray-work.ts';

export interface DutiesDeps {
  readonly local: Pick<LocalNode, 'tunnel'>;
  readonly courier: Courier;
  readonly config: Config;
  readonly stores: Stores;
  readonly node: NodeWork;
  /** Null: VLESS is not on sale. */
  readonly xray: XrayWork | null;
}

/** Who does which job. Answers the lines of the schedule. */
export function assignDuties(world: World, { config, stores, local, courier, node, xray }: DutiesDeps) {
  const { access: store, peers, nodes, inbox, operators, jobs } = stores;
  const held = xray === null ? [node.id] : [node.id, XRAY_NODE];
  const restMs = config.addressRestSeconds * 1000;
  const further = xray === null ? [] : [xray.traffic];
  const counting = createCounting(world, { stores, node, tunnel: local.tunnel }, further);
  registerWork(jobs, {
    applyPeers: node.applyPeers,
    reconcile: node.reconciling.turn,
    xray,
    expire: (signal) => expireSubscriptions({ store, clock: world.clock }, signal),
    countTraffic: counting.run,
    tellEnding: createTellEnding({ store, courier, clock: world.clock }),
    keepHouse: () =>
      keepHouse({ ...world, held, inbox, nodes, peers, operators, quarantine: stores.reconcile, restMs }),
    holdsNode: () => node.holder.epoch() !== null,
  });
  return scheduleTable({
    reconcileSeconds: config.reconcile.intervalSeconds,
    inboundSeconds: xray === null ? null : config.xray.reconcileIntervalSeconds,
  });
}
