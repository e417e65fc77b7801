import { expect } from 'bun:test';
import type { PrivateKey, PublicKey } from '../../src/server/core/ids.ts';
import { allowedIpsOf } from '../../src/server/core/peer-change.ts';
import { readVlessLink } from '../../src/server/core/vless-link.ts';
import { addressesOf, type PeerRow } from './memory-database.ts';
import type { ServiceWorld } from './service-world.ts';
import { toUser } from './vless-sale.ts';

/** What must be true of any world at rest, whatever happened before. */
export async function expectAtRest(world: ServiceWorld): Promise<void> {
  expectJobsDone(world);
  expectAddressesWhole(world);
  await expectInterfaceEqual(world);
  await expectInboundEqual(world);
  expectConfigsWork(world);
  expectLinksWork(world);
  expectNoPrivateKeyKept(world);
}

const wantedPeers = (world: ServiceWorld): PeerRow[] =>
  [...world.database.tables.peers.values()].filter((each) => each.wanted && each.protocol === 'wireguard');

function expectJobsDone(world: ServiceWorld): void {
  expect(world.jobs.jobs.filter((each) => each.state !== 'completed')).toEqual([]);
  const unapplied = [...world.database.tables.peers.values()].filter(
    (each) => each.generation !== each.appliedGeneration,
  );
  expect(unapplied).toEqual([]);
  const retired = [...world.database.tables.retiredKeys.values()].filter((each) => each.removedAt === null);
  expect(retired).toEqual([]);
}

/** Every leased address has its one peer, and every peer that was not released its leased address (A5, A7). */
function expectAddressesWhole(world: ServiceWorld): void {
  const { peers, addresses, devices } = world.database.tables;
  const place = (each: { poolId: number | null; position: number | null }) =>
    `${each.poolId}:${each.position}`;
  const holders = [...peers.values()]
    .filter((each) => each.releasedAt === null && each.protocol === 'wireguard')
    .map(place);
  const leased = [...addresses.values()].filter((each) => each.state === 'leased').map(place);
  expect(new Set(holders).size).toBe(holders.length);
  expect(holders.sort()).toEqual(leased.sort());
  const revoked = [...peers.values()].filter((each) => devices.get(each.deviceId)?.state === 'revoked');
  expect(revoked.every((each) => each.releasedAt !== null && !each.wanted)).toBe(true);
}

/** Database, interface and wg0.conf say the same. */
async function expectInterfaceEqual(world: ServiceWorld): Promise<void> {
  const line = (key: string | null, ips: readonly string[]) => `${key} ${ips.join()}`;
  const wanted = wantedPeers(world).map((each) => line(each.publicKey, allowedIpsOf(addressesOf(each))));
  const live = (await world.tunnel.read()).peers.map((each) => line(each.publicKey, each.allowedIps));
  const saved = world.file.peers.map((each) => line(each.publicKey, each.allowedIps));
  expect(live.sort()).toEqual(wanted.sort());
  if (world.file.writes > 0) expect(saved.sort()).toEqual(wanted);
}

/** Database and Xray say the same. */
async function expectInboundEqual(world: ServiceWorld): Promise<void> {
  const { users } = await world.inbound.read();
  expect(users.toSorted(byEmail)).toEqual(wantedUsers(world).map(toWanted).toSorted(byEmail));
}

const wantedUsers = (world: ServiceWorld): PeerRow[] =>
  [...world.database.tables.peers.values()].filter((each) => each.wanted && each.protocol === 'vless');

const toWanted = ({ id, keyNumber }: PeerRow) => toUser({ peerId: id, keyNumber });
const byEmail = (a: { readonly email: string }, b: { readonly email: string }) =>
  a.email < b.email ? -1 : 1;

/** Each wanted user was sent the link that works, and sent it last; no table, job or line of the log holds an id. */
function expectLinksWork(world: ServiceWorld): void {
  for (const peer of wantedUsers(world)) {
    const sent = world.courier.messages.filter(
      (each) => each.kind === 'link' && each.deviceId === peer.deviceId,
    );
    const { id } = readVlessLink(sent.at(-1)?.content ?? '');
    expect(id).toBe(toWanted(peer).vlessId);
  }
  const ids = world.courier.messages
    .filter((each) => each.kind === 'link')
    .map((each) => readVlessLink(each.content).id);
  const tables = Object.values(world.database.tables).map((table: Map<unknown, unknown>) => [
    ...table.values(),
  ]);
  const kept = JSON.stringify([tables, world.jobs.jobs, world.logLines], errorsToo);
  for (const id of ids) expect(kept).not.toContain(id);
}

/** The newest document of each wanted device works; no other document does (E1, E7). */
function expectConfigsWork(world: ServiceWorld): void {
  const peers = new Map(wantedPeers(world).map((each) => [each.deviceId as string, each]));
  const newest = new Map<string, string>();
  for (const each of world.courier.messages) {
    if (each.kind === 'document' && !each.deleted) newest.set(each.deviceId!, each.content);
  }
  for (const [device, peer] of peers) {
    const config = newest.get(device);
    expect(config).toBeDefined();
    expect(keyIn(world, config!)).toBe(peer.publicKey as PublicKey);
    expect(config).toContain(`Address = ${allowedIpsOf(addressesOf(peer)).join(', ')}`);
  }
  const working = new Set(wantedPeers(world).map((each) => each.publicKey));
  const alive = world.courier.messages.filter(
    (each) => each.kind === 'document' && !each.deleted && working.has(keyIn(world, each.content)),
  );
  expect(alive.length).toBe(peers.size);
}

/** The public key that belongs to the private one in a config. */
export function keyIn(world: ServiceWorld, config: string): PublicKey {
  const written = /^PrivateKey = (.+)$/m.exec(config)?.[1] as PrivateKey;
  return world.keysMade.get(written)!;
}

/** E7: of all the private keys ever made, none is in a table, a job, a log line or wg0.conf. */
export function expectNoPrivateKeyKept(world: ServiceWorld): void {
  const tables = Object.values(world.database.tables).map((table: Map<unknown, unknown>) => [
    ...table.values(),
  ]);
  const kept = JSON.stringify([tables, world.jobs.jobs, world.logLines, world.file], errorsToo);
  for (const key of world.keysMade.keys()) expect(kept).not.toContain(key);
}

/** JSON leaves an error's own words out. */
function errorsToo(_: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  return { ...value, message: value.message, stack: value.stack, cause: value.cause };
}
