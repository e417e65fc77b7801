import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
  index,
  integer,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { accounts, adit, nodes, peers } from './schema.ts';

/** What was found on nodes, what was counted there, and how clients ask for their links. */
const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date', precision: 3 });
const bytes = (name: string) => bigint(name, { mode: 'number' }).notNull().default(0);

/** Peers found on a node that are not ours. `key` is a WireGuard public key, or the e-mail of a VLESS user. */
export const quarantinedPeers = adit.table(
  'quarantined_peers',
  {
    nodeId: text('node_id')
      .notNull()
      .references(() => nodes.id),
    key: text('key').notNull(),
    /** WireGuard: what it may use. */
    allowedIps: text('allowed_ips').array().notNull().default([]),
    firstSeenAt: moment('first_seen_at').notNull(),
    lastSeenAt: moment('last_seen_at').notNull(),
    /** `waiting` for its grace to end or for an operator; `kept` where it is; `adopted`: put back when lost; `removed`. */
    state: text('state', { enum: ['waiting', 'kept', 'adopted', 'removing', 'removed'] })
      .notNull()
      .default('waiting'),
    /** Why it could not be adopted; null: nobody tried, or it was. */
    refusal: text('refusal'),
    /** Who decided: an operator's name, or `policy`. */
    decidedBy: text('decided_by'),
    decidedAt: moment('decided_at'),
  },
  (t) => [
    primaryKey({ columns: [t.nodeId, t.key] }),
    index('quarantined_peers_state').on(t.nodeId, t.state, t.lastSeenAt),
    check('quarantined_peers_state', sql`state in ('waiting', 'kept', 'adopted', 'removing', 'removed')`),
  ],
);

/** Removals too many to be believed: nothing of them is done before an operator says so. */
export const heldRemovals = adit.table(
  'held_removals',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    nodeId: text('node_id')
      .notNull()
      .references(() => nodes.id),
    askedAt: moment('asked_at').notNull(),
    /** Peers that would go, of how many there are. */
    count: integer('count').notNull(),
    total: integer('total').notNull(),
    /** Why it was not done: see core/removal-guard. */
    reason: text('reason').notNull(),
    /** What would go: an answer is about these, and about no others. */
    keys: text('keys').array().notNull(),
    decision: text('decision', { enum: ['allow', 'refuse'] }),
    decidedBy: text('decided_by'),
    decidedAt: moment('decided_at'),
    /** Allowed or not, it is over then: the next one is asked anew. */
    closedAt: moment('closed_at'),
  },
  // One open question a node.
  (t) => [uniqueIndex('held_removals_open').on(t.nodeId).where(sql`closed_at is null`)],
);

/**
 * Traffic of a peer over all lives of its node. A raw value counts from the boot it belongs to: with another boot, or
 * when it went down, it began at nothing again.
 */
export const peerCounters = adit.table('peer_counters', {
  peerId: uuid('peer_id')
    .primaryKey()
    .references(() => peers.id),
  boot: text('boot').notNull(),
  rawReceived: bytes('raw_received'),
  rawSent: bytes('raw_sent'),
  receivedBytes: bytes('received_bytes'),
  sentBytes: bytes('sent_bytes'),
  lastHandshakeAt: moment('last_handshake_at'),
  readAt: moment('read_at').notNull(),
});

/** Addresses at which clients fetch an account's links. The address is made of the id and a key in STATE_DIR. */
export const subscriptionLinks = adit.table(
  'subscription_links',
  {
    id: uuid('id').primaryKey(),
    accountId: bigint('account_id', { mode: 'number' })
      .notNull()
      .references(() => accounts.id),
    createdAt: moment('created_at').notNull(),
    revokedAt: moment('revoked_at'),
    fetchedAt: moment('fetched_at'),
  },
  // One that works an account.
  (t) => [uniqueIndex('subscription_links_account').on(t.accountId).where(sql`revoked_at is null`)],
);
