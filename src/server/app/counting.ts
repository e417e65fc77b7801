import { LOCAL_NODE } from '../core/ids.ts';
import type { TrafficSource } from '../core/ports/traffic.ts';
import type { Tunnel } from '../core/ports/tunnel.ts';
import { type CountTraffic, createCountTraffic } from '../services/count-traffic.ts';
import { readingOf } from '../services/node-activity.ts';
import type { NodeWork } from './node.ts';
import type { Stores } from './stores.ts';
import type { World } from './world.ts';

/** What counts traffic; a further node is one more source. */
export function createCounting(
  world: World,
  parts: { readonly stores: Stores; readonly node: NodeWork; readonly tunnel: Tunnel },
  further: readonly TrafficSource[] = [],
): CountTraffic {
  return createCountTraffic({
    clock: world.clock,
    sources: [tunnelSource(parts.tunnel), ...further],
    counters: parts.stores.counters,
    access: parts.stores.access,
    holder: LOCAL_NODE,
    epoch: () => parts.node.holder.epoch() ?? -1,
  });
}

export const tunnelSource = (tunnel: Tunnel): TrafficSource => ({
  node: LOCAL_NODE,
  protocol: 'wireguard',
  async read(signal) {
    const { boot, peers } = await tunnel.traffic(signal);
    return { boot, peers: peers.map((live) => ({ key: live.publicKey, ...readingOf(live) })) };
  },
});
