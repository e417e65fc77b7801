import { createKeyMaker } from '../../src/server/adapters/wireguard/key-maker.ts';
import { hashLine } from '../../src/server/core/line-hash.ts';
import { allowedIpsOf } from '../../src/server/core/peer-change.ts';
import { bucketOf, createDigest, liveLine } from '../../src/server/core/peer-digest.ts';
import type { LivePeer, Tunnel, TunnelPeer } from '../../src/server/core/ports/tunnel.ts';
import { addressesOf } from './memory-database.ts';
import { startProcess } from './service-process.ts';
import { createServiceWorld, type ServiceWorld } from './service-world.ts';

const range = (length: number) => Array.from({ length }, (_, index) => index + 1);

/** A world in which `count` users have their devices. */
export async function worldWith(count: number, cidr4 = '10.66.0.0/24'): Promise<ServiceWorld> {
  const world = await createServiceWorld({ cidr4 });
  const process = await startProcess(world);
  await Promise.all(range(count).map((account) => process.visit({ kind: 'start', account })));
  await process.rest();
  return world;
}

/** As they stand in the database. */
export const intended = (world: ServiceWorld): TunnelPeer[] =>
  [...world.database.tables.peers.values()].map((each) => ({
    publicKey: each.publicKey!,
    allowedIps: allowedIpsOf(addressesOf(each)),
  }));

/** Peers of nobody, each with an address of its own outside the pool. */
export const strangers = (count: number): TunnelPeer[] =>
  range(count).map((n) => ({
    publicKey: createKeyMaker().keyPair().publicKey,
    allowedIps: [`192.168.${n}.1/32`],
  }));

/** Peers that are in the database as unwanted, and still on the interface: removals that were lost. */
export async function loseRemovals(world: ServiceWorld, count: number): Promise<readonly string[]> {
  const process = await startProcess(world);
  const lost = intended(world).slice(0, count);
  const devices = [...world.database.tables.devices.values()].slice(0, count);
  await Promise.all(
    devices.map((each) => process.visit({ kind: 'pause', account: each.accountId, device: each.id })),
  );
  await process.rest();
  await world.tunnel.apply({ remove: [], add: lost });
  return lost.map((each) => each.publicKey);
}

export const live = async (world: ServiceWorld): Promise<readonly string[]> =>
  (await world.tunnel.read()).peers.map((each) => each.publicKey);

/** What an operator does on the dashboard. */
export function answer(world: ServiceWorld, decision: 'allow' | 'refuse'): void {
  const { questions } = world.database.tables;
  for (const [id, each] of questions) {
    if (!each.closed) questions.set(id, { ...each, decision, decidedBy: 'anna', decidedAt: new Date(0) });
  }
}

/** An interface that shows only some of its peers, whichever way it is asked. */
export function showing(real: Tunnel, shown: (peer: LivePeer, at: number) => boolean): Tunnel {
  const peers = async (signal?: AbortSignal) => (await real.read(signal)).peers.filter(shown);
  return {
    ...real,
    read: async (signal) => ({ ...(await real.read(signal)), peers: await peers(signal) }),
    async digest(signal) {
      const building = createDigest();
      for (const peer of await peers(signal)) building.addLine(liveLine(peer));
      return building.buckets();
    },
    readSome: async (buckets, signal) =>
      (await peers(signal)).filter((peer) => buckets.has(bucketOf(hashLine(liveLine(peer))))),
  };
}

/** The readings of an interface; what is done to one is done to all. */
export const READINGS = ['read', 'digest', 'readSome'] as const;
