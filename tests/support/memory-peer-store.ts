import { applyJob } from '../../src/server/core/apply-job.ts';
import { AppError } from '../../src/server/core/errors.ts';
import type { IssueId, PeerId, PublicKey } from '../../src/server/core/ids.ts';
import { hashLine } from '../../src/server/core/line-hash.ts';
import { allowedIpsOf } from '../../src/server/core/peer-change.ts';
import { bucketOf, createDigest, wantedLine } from '../../src/server/core/peer-digest.ts';
import type { Standing } from '../../src/server/core/ports/backend.ts';
import type { PeerStore, PeerTarget, PendingIssue } from '../../src/server/core/ports/store.ts';
import {
  addressesOf,
  type IssueRow,
  type MemoryDatabase,
  type PeerRow,
  refuseDuplicate,
  type Tables,
} from './memory-database.ts';
import { newestIssue } from './memory-store.ts';

/** Small, so that a few peers already make several pages. */
const PAGE = 7;

/** Peers as the worker and the reconcile see them, in memory. */
export function createMemoryPeerStore(database: MemoryDatabase): PeerStore {
  const mark = (id: IssueId, change: (issue: IssueRow) => Partial<IssueRow>) =>
    database.transaction(({ issues }) => {
      const issue = issues.get(id);
      if (issue) issues.set(id, { ...issue, ...change(issue) });
    });

  return {
    targets: (ids) =>
      database.transaction((tables) =>
        ids.flatMap((id) => {
          const peer = tables.peers.get(id);
          return peer?.protocol === 'wireguard' ? [toTarget(tables, peer)] : [];
        }),
      ),
    assignKeys: (node, keys) => database.transaction((tables) => assignKeys(tables, node, keys)),
    markApplied: (applied) =>
      database.transaction(({ peers }) => {
        for (const { peerId, generation } of applied) {
          const peer = peers.get(peerId);
          if (!peer || peer.appliedGeneration >= generation) continue;
          peers.set(peerId, { ...peer, appliedGeneration: generation });
        }
      }),
    forgetRetired: (keys) =>
      database.transaction(({ retiredKeys }) => {
        for (const key of keys) {
          const row = retiredKeys.get(key);
          if (row) retiredKeys.set(key, { ...row, removedAt: database.clock.now() });
        }
      }),
    saveLivingMessage: (id, livingMessageId) => mark(id, () => ({ livingMessageId })),
    saveDocument: (id, documentMessageId) => mark(id, () => ({ documentMessageId })),
    markDelivered: (id, now) => mark(id, (issue) => ({ deliveredAt: issue.deliveredAt ?? now })),
    wanted: (nodeId, buckets) => wantedPages(database, nodeId, buckets),
    async wantedDigest(nodeId) {
      const building = createDigest();
      for await (const page of wantedPages(database, nodeId))
        for (const each of page) building.addLine(wantedLine(each));
      return building.buckets();
    },
    standing: (nodeId, keys) =>
      database.transaction((tables) => {
        const found = keys.map((key) => [key, standingOf(tables, nodeId, key)] as const);
        return new Map(found.filter((each): each is [PublicKey, Standing] => each[1] !== null));
      }),
    enqueueOverdue: (nodeId, olderThan, limit) =>
      database.transaction((tables, enqueue) => {
        const overdue = [...tables.peers.values()]
          .filter((each) => each.nodeId === nodeId && each.changedAt < olderThan)
          .filter((each) => each.generation !== each.appliedGeneration || isAwaited(tables, each))
          .slice(0, limit);
        const changedAt = database.clock.now();
        for (const each of overdue) tables.peers.set(each.id, { ...each, changedAt });
        enqueue(overdue.map((each) => applyJob(each, { singletonKey: `overdue:${each.id}` })));
        return overdue.length;
      }),
  };
}

/** Its config never arrived, though its user can be reached. */
function isAwaited(tables: Tables, peer: PeerRow): boolean {
  const issue = newestIssue(tables, peer.id);
  if (!peer.wanted || !issue || issue.deliveredAt !== null) return false;
  return tables.accounts.get(issue.accountId)?.blockedAt === null;
}

function toTarget(tables: Tables, peer: PeerRow): PeerTarget {
  const retired = [...tables.retiredKeys.values()].filter(
    (each) => each.peerId === peer.id && each.removedAt === null,
  );
  return {
    peerId: peer.id,
    generation: peer.generation,
    wanted: peer.wanted,
    publicKey: peer.publicKey,
    ip4: peer.ip4 as string,
    ip6: peer.ip6,
    retiredKeys: retired.map((each) => each.publicKey),
    issue: pendingIssue(tables, peer),
  };
}

/** The newest config or link of a wanted peer that has not reached its user. */
export function pendingIssue(tables: Tables, peer: PeerRow): PendingIssue | null {
  const issue = newestIssue(tables, peer.id);
  return peer.wanted && issue && issue.deliveredAt === null ? toIssue(tables, issue) : null;
}

function toIssue(tables: Tables, issue: IssueRow): PendingIssue {
  const account = tables.accounts.get(issue.accountId)!;
  const ends = [...tables.subscriptions.values()]
    .filter((each) => each.accountId === account.id)
    .map((each) => each.endsAt.getTime());
  return {
    id: issue.id,
    accountId: account.id,
    chatId: account.chatId,
    language: account.language ?? account.languageHint,
    deviceId: issue.deviceId,
    deviceName: tables.devices.get(issue.deviceId)!.name,
    until: new Date(Math.max(0, ...ends)),
    livingMessageId: issue.livingMessageId,
    documentMessageId: issue.documentMessageId,
  };
}

function assignKeys(
  tables: Tables,
  node: Parameters<PeerStore['assignKeys']>[0],
  keys: readonly { readonly peerId: PeerId; readonly publicKey: PublicKey }[],
): void {
  if (tables.nodes.get(node.id)?.epoch !== node.epoch) {
    throw new AppError('conflict', 'Another process has taken this node over.');
  }
  for (const { peerId, publicKey } of keys) {
    const others = [...tables.peers.values()].filter((each) => each.id !== peerId);
    refuseDuplicate(
      others.some((each) => each.publicKey === publicKey),
      'peers_public_key',
    );
    const peer = tables.peers.get(peerId);
    if (!peer) continue;
    if (peer.publicKey !== null) {
      tables.retiredKeys.set(peer.publicKey, { publicKey: peer.publicKey, peerId, removedAt: null });
    }
    const appliedGeneration = Math.min(peer.appliedGeneration, peer.generation - 1);
    tables.peers.set(peerId, { ...peer, publicKey, appliedGeneration });
  }
}

async function* wantedPages(database: MemoryDatabase, nodeId: string, buckets?: ReadonlySet<number>) {
  for await (const page of allWanted(database, nodeId)) {
    yield buckets ? page.filter((each) => buckets.has(bucketOf(hashLine(wantedLine(each))))) : page;
  }
}

async function* allWanted(database: MemoryDatabase, nodeId: string) {
  let last = '';
  for (;;) {
    const page = await database.transaction(({ peers }) =>
      [...peers.values()]
        .filter((each) => each.nodeId === nodeId && each.wanted && each.publicKey !== null && each.id > last)
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .slice(0, PAGE),
    );
    if (page.length === 0) break;
    yield page.map((each) => ({
      publicKey: each.publicKey as PublicKey,
      allowedIps: allowedIpsOf(addressesOf(each)),
      applied: each.generation === each.appliedGeneration,
    }));
    last = page.at(-1)!.id;
  }
  const adopted = [...database.tables.strangers.values()].filter((each) => each.state === 'adopted');
  if (adopted.length === 0) return;
  yield adopted.map(({ key, allowedIps }) => ({ publicKey: key as PublicKey, allowedIps, applied: true }));
}

function standingOf(tables: Tables, nodeId: string, key: PublicKey): Standing | null {
  const owner = [...tables.peers.values()].find((each) => each.publicKey === key && each.nodeId === nodeId);
  if (owner?.wanted) return 'wanted';
  if (owner) return owner.generation === owner.appliedGeneration ? 'unwanted' : 'underway';
  const retired = tables.retiredKeys.get(key);
  if (retired) return retired.removedAt === null ? 'underway' : 'unwanted';
  return tables.strangers.get(key)?.state === 'adopted' ? 'wanted' : null;
}
