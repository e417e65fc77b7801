import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { AccountProfile } from '../../../core/access.ts';
import { applyJob } from '../../../core/apply-job.ts';
import type { DeviceId, UpdateId } from '../../../core/ids.ts';
import type { NewJob } from '../../../core/ports/jobs.ts';
import type { SqlExecutor } from '../../../core/ports/sql-executor.ts';
import type {
  AccessAdditions,
  AccessStore,
  AccessTransaction,
  NewDevice,
} from '../../../core/ports/store.ts';
import { tellJob } from '../../../core/tell-job.ts';
import type { Database } from '../client.ts';
import { type Drizzle as Tx, toSqlExecutor } from '../drizzle-session.ts';
import { accounts, devices, issues, peers, subscriptions, updates } from '../schema.ts';
import { readAccounts } from './account-reader.ts';
import type { AddressAllocator } from './address-allocator.ts';
import {
  type Ended,
  expireSubscriptions,
  limitSubscriptions,
  readEnding,
  reviveSubscriptions,
} from './expiry.ts';
import { storableText } from './storable.ts';
import { openSubscriptionLink, revokeSubscriptionLink } from './subscription-links.ts';

export interface AccessStoreDeps {
  readonly database: Database;
  readonly allocator: AddressAllocator;
  /** Writes jobs with the transaction's own connection, so that intent and job commit together. */
  enqueueIn(executor: SqlExecutor, jobs: readonly NewJob[]): Promise<void>;
  /** Called after a commit that enqueued these, so that nobody waits for the next poll. */
  wake(jobs: readonly NewJob[]): void;
}

/** Accounts, subscriptions, devices and their peers in PostgreSQL. */
export function createAccessStore(deps: AccessStoreDeps): AccessStore {
  const { database } = deps;

  /** Jobs are woken only after the commit, and only those of the try that committed. */
  async function committed<T>(work: (tx: Tx, jobs: NewJob[]) => Promise<T>): Promise<T> {
    let jobs: NewJob[] = [];
    const result = await database.transaction((tx) => {
      jobs = [];
      return work(tx, jobs);
    });
    if (jobs.length > 0) deps.wake(jobs);
    return result;
  }

  /** The end and what follows from it commit together. */
  const ended = (carryOut: (tx: Tx) => Promise<Ended>): Promise<number> =>
    committed(async (tx, jobs) => {
      const { subscriptions, peers, told } = await carryOut(tx);
      await enqueue(tx, deps, jobs, [...peers.map((each) => applyJob(each)), ...told.map(tellJob)]);
      return subscriptions;
    });

  return {
    transaction: (work) => committed((tx, jobs) => work(accessTransaction(tx, deps, jobs))),
    view: async (id) => (await database.read((tx) => readAccounts(tx, [id]))).get(id) ?? null,
    expire: (now, limit) => ended((tx) => expireSubscriptions(tx, now, limit)),
    endLimited: (now, limit) => ended((tx) => limitSubscriptions(tx, now, limit)),
    revive: (now, limit) =>
      ended(async (tx) => ({ ...(await reviveSubscriptions(tx, now, limit)), told: [] })),
    ending: (id, now) => database.read((tx) => readEnding(tx, id, now)),
    async markBlocked(id, blocked) {
      await database.read((tx) =>
        tx
          .update(accounts)
          .set({ blockedAt: blocked ? sql`now()` : null })
          .where(eq(accounts.id, id)),
      );
    },
  };
}

async function enqueue(
  tx: Tx,
  deps: Pick<AccessStoreDeps, 'enqueueIn'>,
  jobs: NewJob[],
  added: readonly NewJob[],
) {
  if (added.length === 0) return;
  await deps.enqueueIn(toSqlExecutor(tx), added);
  jobs.push(...added);
}

/** Jobs that are enqueued are added to `jobs` as well: they are woken after the commit. */
export function accessTransaction(
  tx: Tx,
  deps: Pick<AccessStoreDeps, 'allocator' | 'enqueueIn'>,
  jobs: NewJob[],
): AccessTransaction {
  return {
    settleUpdates: (ids) => settleUpdates(tx, ids),
    async openAccounts(profiles) {
      await lockAccounts(tx, profiles);
      return readAccounts(
        tx,
        profiles.map((each) => each.id),
      );
    },
    claimAddresses: (node, count) => deps.allocator.claim(tx, node, count),
    add: (additions, now) => add(tx, additions, now),
    async setLanguage(id, language) {
      await tx.update(accounts).set({ language }).where(eq(accounts.id, id));
    },
    async renameDevice(id, name) {
      await tx.update(devices).set({ name }).where(eq(devices.id, id));
    },
    pauseDevice: (id) => setWanted(tx, id, 'paused'),
    resumeDevice: (id) => setWanted(tx, id, 'active'),
    revokeDevice: (id, now) => revokeDevice(tx, id, now),
    async renewPeer(id) {
      const keyNumber = sql`${peers.keyNumber} + 1`;
      await tx
        .update(peers)
        .set({ ...newGeneration, keyNumber })
        .where(eq(peers.id, id));
    },
    openSubscriptionLink: (id, fresh, now) => openSubscriptionLink(tx, id, fresh, now),
    revokeSubscriptionLink: (id, now) => revokeSubscriptionLink(tx, id, now),
    enqueue: (added) => enqueue(tx, deps, jobs, added),
  };
}

const newGeneration = { generation: sql`${peers.generation} + 1`, changedAt: sql`now()` };

async function settleUpdates(tx: Tx, ids: readonly UpdateId[]): Promise<ReadonlySet<UpdateId>> {
  const settled = await tx
    .update(updates)
    .set({ handledAt: sql`now()`, payload: null })
    .where(and(inArray(updates.id, [...ids]), isNull(updates.handledAt)))
    .returning({ id: updates.id });
  return new Set(settled.map((row) => row.id as UpdateId));
}

/** The upsert is the lock; in order of id, so that two batches never wait for each other in a circle. */
async function lockAccounts(tx: Tx, profiles: readonly AccountProfile[]): Promise<void> {
  const unique = new Map(profiles.map((each) => [each.id, each]));
  const inOrder = [...unique.values()].sort((a, b) => a.id - b.id);
  await tx
    .insert(accounts)
    .values(
      inOrder.map((each) => ({
        id: each.id,
        chatId: each.chatId,
        languageHint: each.languageHint,
        name: storableText(each.name),
        username: each.username === null ? null : storableText(each.username),
      })),
    )
    .onConflictDoUpdate({
      target: accounts.id,
      set: {
        chatId: sql`excluded.chat_id`,
        languageHint: sql`excluded.language_hint`,
        name: sql`excluded.name`,
        username: sql`excluded.username`,
        blockedAt: null,
      },
    });
}

async function add(tx: Tx, additions: AccessAdditions, now: Date): Promise<void> {
  if (additions.subscriptions.length > 0) await tx.insert(subscriptions).values([...additions.subscriptions]);
  if (additions.devices.length > 0) {
    const createdAt = now;
    await tx
      .insert(devices)
      .values(additions.devices.map(({ id, accountId, name }) => ({ id, accountId, name, createdAt })));
    await tx.insert(peers).values(additions.devices.map((each) => newPeer(each, now)));
  }
  if (additions.issues.length > 0) {
    // A peer that is new here has no earlier promise.
    if (additions.devices.length < additions.issues.length) await supersede(tx, additions.issues, now);
    await tx.insert(issues).values(additions.issues.map((each) => ({ ...each, createdAt: now })));
  }
}

/** The newest promise for a peer is the one that is kept; an earlier one that never arrived is let go. */
async function supersede(tx: Tx, added: AccessAdditions['issues'], now: Date): Promise<void> {
  const peerIds = added.map((each) => each.peerId);
  await tx
    .update(issues)
    .set({ supersededAt: now })
    .where(and(inArray(issues.peerId, peerIds), isNull(issues.deliveredAt), isNull(issues.supersededAt)));
}

const newPeer = (device: NewDevice, now: Date) => ({
  id: device.peerId,
  deviceId: device.id,
  nodeId: device.nodeId,
  protocol: device.protocol,
  ...device.address,
  changedAt: now,
  createdAt: now,
});

async function setWanted(tx: Tx, id: DeviceId, state: 'active' | 'paused'): Promise<void> {
  await tx.update(devices).set({ state }).where(eq(devices.id, id));
  await tx
    .update(peers)
    .set({ wanted: state === 'active', ...newGeneration })
    .where(and(eq(peers.deviceId, id), isNull(peers.releasedAt)));
}

/** The address rests rather than going straight back: a stranger should not inherit somebody's live traffic. */
async function revokeDevice(tx: Tx, id: DeviceId, now: Date): Promise<void> {
  await tx.update(devices).set({ state: 'revoked', revokedAt: now }).where(eq(devices.id, id));
  await tx.execute(sql`
    with released as (
      update adit.peers
         set wanted = false, released_at = ${now.toISOString()}, changed_at = ${now.toISOString()},
             generation = generation + 1
       where device_id = ${id} and released_at is null
      returning pool_id, position
    )
    update adit.addresses a set state = 'resting', resting_since = ${now.toISOString()}
      from released r where a.pool_id = r.pool_id and a.position = r.position`);
}
