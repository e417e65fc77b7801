import type { AccountState, Device } from '../../src/server/core/access.ts';
import { AppError } from '../../src/server/core/errors.ts';
import type { AccountId, DeviceId, PeerId, UpdateId } from '../../src/server/core/ids.ts';
import type { NewJob } from '../../src/server/core/ports/jobs.ts';
import type {
  AccessAdditions,
  AccessStore,
  AccessTransaction,
  NewDevice,
} from '../../src/server/core/ports/store.ts';
import { claimAddresses, release } from './memory-addresses.ts';
import {
  type IssueRow,
  type LinkRow,
  type MemoryDatabase,
  type PeerRow,
  refuseDuplicate,
  type Tables,
} from './memory-database.ts';
import { endsIn } from './memory-ends.ts';

/** Accounts, subscriptions and devices in memory, with the constraints the real tables have. */
export function createMemoryAccessStore(database: MemoryDatabase): AccessStore {
  return {
    transaction: (work) =>
      database.transaction((tables, enqueue) => work(accessTransaction(database, tables, enqueue))),
    view: (id) => database.transaction((tables) => readAccount(tables, id)),
    ...endsIn(database, { changePeer, ownerOf }),
    markBlocked: (id, blocked) =>
      database.transaction((tables) => {
        const account = tables.accounts.get(id);
        if (account)
          tables.accounts.set(id, { ...account, blockedAt: blocked ? database.clock.now() : null });
      }),
  };
}

const ownerOf = (tables: Tables, peer: PeerRow) => tables.devices.get(peer.deviceId)!.accountId;

function accessTransaction(
  database: MemoryDatabase,
  tables: Tables,
  enqueue: (jobs: readonly NewJob[]) => void,
): AccessTransaction {
  return {
    settleUpdates: async (ids) => settleUpdates(database, tables, ids),
    async openAccounts(profiles) {
      for (const { id, chatId, languageHint, name, username } of profiles) {
        const { language = null, paused = false } = tables.accounts.get(id) ?? {};
        const fresh = { id, chatId, languageHint, name, username, language, paused };
        tables.accounts.set(id, { ...fresh, blockedAt: null });
      }
      return new Map(profiles.map((each) => [each.id, readAccount(tables, each.id)!]));
    },
    claimAddresses: async (node, count) => claimAddresses(database, tables, node, count),
    add: async (additions, now) => add(tables, additions, now),
    async setLanguage(id, language) {
      tables.accounts.set(id, { ...tables.accounts.get(id)!, language });
    },
    async renameDevice(id, name) {
      tables.devices.set(id, { ...tables.devices.get(id)!, name });
    },
    pauseDevice: async (id) => setWanted(database, tables, id, 'paused'),
    resumeDevice: async (id) => setWanted(database, tables, id, 'active'),
    async revokeDevice(id, now) {
      tables.devices.set(id, { ...tables.devices.get(id)!, state: 'revoked', revokedAt: now });
      for (const peer of peersOf(tables, id)) {
        changePeer(database, tables, peer.id, { wanted: false, releasedAt: now });
        release(tables, peer, now);
      }
    },
    async renewPeer(id) {
      changePeer(database, tables, id, { keyNumber: (tables.peers.get(id)?.keyNumber ?? 0) + 1 });
    },
    async openSubscriptionLink(accountId, fresh) {
      const open = [...tables.links.values()].find((each) => isOpen(each, accountId));
      if (open) return open.id;
      tables.links.set(fresh, { id: fresh, accountId, revokedAt: null });
      return fresh;
    },
    async revokeSubscriptionLink(accountId, now) {
      const open = [...tables.links.values()].find((each) => isOpen(each, accountId));
      if (open) tables.links.set(open.id, { ...open, revokedAt: now });
      return open !== undefined;
    },
    enqueue: async (jobs) => enqueue(jobs),
  };
}

const isOpen = (link: LinkRow, account: AccountId) => link.accountId === account && link.revokedAt === null;

function settleUpdates(database: MemoryDatabase, tables: Tables, ids: readonly UpdateId[]) {
  const settled = new Set<UpdateId>();
  for (const id of ids) {
    const row = tables.updates.get(id);
    if (!row || row.handledAt !== null) continue;
    tables.updates.set(id, { ...row, payload: null, handledAt: database.clock.now() });
    settled.add(id);
  }
  return settled;
}

/** Peers of a device whose address is still theirs. */
const peersOf = (tables: Tables, id: DeviceId) =>
  [...tables.peers.values()].filter((each) => each.deviceId === id && each.releasedAt === null);

/** A new intent is a new generation. */
function changePeer(database: MemoryDatabase, tables: Tables, id: PeerId, change: Partial<PeerRow>): void {
  const peer = tables.peers.get(id);
  if (!peer) throw new AppError('internal', `There is no peer ${id}.`);
  const generation = peer.generation + 1;
  tables.peers.set(id, { ...peer, ...change, generation, changedAt: database.clock.now() });
}

function setWanted(database: MemoryDatabase, tables: Tables, id: DeviceId, state: 'active' | 'paused'): void {
  tables.devices.set(id, { ...tables.devices.get(id)!, state });
  for (const peer of peersOf(tables, id))
    changePeer(database, tables, peer.id, { wanted: state === 'active' });
}

function add(tables: Tables, additions: AccessAdditions, now: Date): void {
  for (const each of additions.subscriptions) {
    const trials = [...tables.subscriptions.values()].filter((row) => row.plan === 'trial');
    refuseDuplicate(
      each.plan === 'trial' && trials.some((row) => row.accountId === each.accountId),
      'subscriptions_one_trial',
    );
    tables.subscriptions.set(each.id, { ...each, usedBytes: 0, limitedAt: null, expiredAt: null });
  }
  for (const each of additions.devices) addDevice(tables, each, now);
  for (const each of additions.issues) {
    const causes = [...tables.issues.values()].map((row) => row.cause);
    refuseDuplicate(causes.includes(each.cause), 'issues_cause_unique');
    const undelivered = { livingMessageId: null, documentMessageId: null, deliveredAt: null };
    tables.issues.set(each.id, { ...each, createdAt: now, ...undelivered });
  }
}

function addDevice(tables: Tables, { address, ...device }: NewDevice, now: Date): void {
  const { id, accountId, name, peerId, nodeId, protocol } = device;
  const holders = [...tables.peers.values()].filter((each) => each.releasedAt === null);
  const { ip4, ip6 } = address ?? { ip4: null, ip6: null };
  if ((protocol === 'wireguard') !== (address !== null)) throw new AppError('internal', 'peers_protocol');
  refuseDuplicate(ip4 !== null && holders.some((each) => each.ip4 === ip4), 'peers_ip4');
  refuseDuplicate(ip6 !== null && holders.some((each) => each.ip6 === ip6), 'peers_ip6');
  tables.devices.set(id, { id, accountId, name, state: 'active', createdAt: now, revokedAt: null });
  tables.peers.set(peerId, {
    id: peerId,
    deviceId: id,
    nodeId,
    protocol,
    publicKey: null,
    keyNumber: 1,
    ...(address ?? { poolId: null, position: null, ip4: null, ip6: null }),
    wanted: true,
    generation: 1,
    appliedGeneration: 0,
    changedAt: now,
    releasedAt: null,
  });
}

function readAccount(tables: Tables, id: AccountId): AccountState | null {
  const row = tables.accounts.get(id);
  if (!row) return null;
  const subscriptions = [...tables.subscriptions.values()].filter((each) => each.accountId === id);
  const devices = [...tables.devices.values()].filter(
    (each) => each.accountId === id && each.state !== 'revoked',
  );
  return {
    account: {
      id,
      chatId: row.chatId,
      language: row.language ?? row.languageHint,
      paused: row.paused ?? false,
    },
    subscriptions: subscriptions.map(
      ({ id, plan, startsAt, endsAt, trafficLimitBytes, usedBytes, limitedAt }) => {
        const limited = limitedAt !== null;
        return { id, plan, startsAt, endsAt, trafficLimitBytes, usedBytes, limited };
      },
    ),
    devices: devices.map((each) => readDevice(tables, each.id)),
  };
}

function readDevice(tables: Tables, id: DeviceId): Device {
  const device = tables.devices.get(id)!;
  const peer = peersOf(tables, id)[0]!;
  const { nodeId, protocol, publicKey, keyNumber, ip4, ip6, wanted } = peer;
  const applied = peer.generation === peer.appliedGeneration;
  return {
    id,
    name: device.name,
    state: device.state as 'active' | 'paused',
    createdAt: device.createdAt,
    peer: { id: peer.id, nodeId, protocol, publicKey, keyNumber, ip4, ip6, wanted, applied },
    delivered: newestIssue(tables, peer.id)?.deliveredAt !== null,
    traffic: tables.counters.get(peer.id) ?? null,
  };
}

/** Issues are inserted in order of time, and a map keeps that order. */
export const newestIssue = (tables: Tables, id: PeerId): IssueRow | undefined =>
  [...tables.issues.values()].findLast((each) => each.peerId === id);
