import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  cidr,
  index,
  inet,
  integer,
  jsonb,
  pgSchema,
  primaryKey,
  serial,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';

/**
 * The tables. The database is the only author of intent: what stands here is what the servers are brought to.
 * No private key, no token and no config text has a column.
 */
export const adit = pgSchema('adit');

const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date', precision: 3 });

/** A Telegram user. `language` is null until it is chosen; `language_hint` follows Telegram. */
export const accounts = adit.table(
  'accounts',
  {
    id: bigint('id', { mode: 'number' }).primaryKey(),
    chatId: bigint('chat_id', { mode: 'number' }).notNull(),
    language: text('language'),
    languageHint: text('language_hint').notNull(),
    name: text('name').notNull(),
    username: text('username'),
    blockedAt: moment('blocked_at'),
    /** An operator paused it: nothing of it connects and nothing new is issued. */
    pausedAt: moment('paused_at'),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (t) => [
    // Serve the keyset pages of the dashboard, one for each order.
    index('accounts_created').on(t.createdAt, t.id),
    // A stranger's name may be longer than an entry of an index.
    index('accounts_name').on(sql`left(name, 64)`, t.id),
    // Serves `@name` from its beginning, in any collation.
    index('accounts_username').on(sql`left(lower(username), 64) text_pattern_ops`),
  ],
);

/** What an account may use, until when. */
export const subscriptions = adit.table(
  'subscriptions',
  {
    id: uuid('id').primaryKey(),
    accountId: bigint('account_id', { mode: 'number' })
      .notNull()
      .references(() => accounts.id),
    plan: text('plan').notNull(),
    startsAt: moment('starts_at').notNull(),
    endsAt: moment('ends_at').notNull(),
    /** Set once its end has been carried out on the node. */
    expiredAt: moment('expired_at'),
    /** Bytes in both directions it may use; null: as many as it likes. */
    trafficLimitBytes: bigint('traffic_limit_bytes', { mode: 'number' }),
    /** Bytes used while it was the account's running subscription. */
    usedBytes: bigint('used_bytes', { mode: 'number' }).notNull().default(0),
    /** Set once the limit was reached and carried out on the node. */
    limitedAt: moment('limited_at'),
  },
  (t) => [
    index('subscriptions_account').on(t.accountId),
    // One trial an account, ever: the last word, whatever the code above decided.
    uniqueIndex('subscriptions_one_trial').on(t.accountId).where(sql`plan = 'trial'`),
    // Serves the expiry job: only what has not been carried out is in it.
    index('subscriptions_due').on(t.endsAt).where(sql`expired_at is null`),
    // Serves taking back what was ended before its time: of those, none but what a jump of the clock left.
    index('subscriptions_ended').on(t.endsAt).where(sql`expired_at is not null`),
    // Serves the limits: only those that have one and have not reached it are in it.
    index('subscriptions_limited')
      .on(t.accountId)
      .where(sql`traffic_limit_bytes is not null and limited_at is null and expired_at is null`),
  ],
);

/** A VPN server, one row a protocol. `lease_epoch` counts take-overs: writes of an older holder are refused. */
export const nodes = adit.table('nodes', {
  id: text('id').primaryKey(),
  protocol: text('protocol', { enum: ['wireguard', 'vless'] })
    .notNull()
    .default('wireguard'),
  endpoint: text('endpoint').notNull(),
  /** Of its WireGuard interface; null where there is none. */
  publicKey: text('public_key'),
  leaseEpoch: integer('lease_epoch').notNull().default(0),
  createdAt: moment('created_at').notNull().defaultNow(),
});

/** A range of addresses of a node. Ranges never overlap (exclusion constraint in the migration). */
export const pools = adit.table('pools', {
  id: serial('id').primaryKey(),
  nodeId: text('node_id')
    .notNull()
    .references(() => nodes.id),
  cidr4: cidr('cidr4').notNull().unique(),
  /** IPv6 follows from the IPv4 offset: network + position. */
  cidr6: cidr('cidr6').unique(),
  /** An operator added it while Adit ran: the configuration does not name it. */
  added: boolean('added').notNull().default(false),
  createdAt: moment('created_at').notNull().defaultNow(),
});

/**
 * One row an address that may be given out; network, broadcast and the server's own are never in it.
 * `position` is the offset from the network address.
 */
export const addresses = adit.table(
  'addresses',
  {
    poolId: integer('pool_id')
      .notNull()
      .references(() => pools.id),
    position: integer('position').notNull(),
    state: text('state', { enum: ['free', 'leased', 'resting'] })
      .notNull()
      .default('free'),
    /** When it began to rest. */
    restingSince: moment('resting_since'),
  },
  (t) => [
    primaryKey({ columns: [t.poolId, t.position] }),
    // Serves the claim: it holds free addresses only, so a claim costs the same in a nearly full pool.
    index('addresses_free').on(t.poolId, t.position).where(sql`state = 'free'`),
    index('addresses_resting').on(t.poolId, t.restingSince).where(sql`state = 'resting'`),
    check('addresses_state', sql`state in ('free', 'leased', 'resting')`),
  ],
);

/** One thing of a user's that connects. A revoked one stays for the record. */
export const devices = adit.table(
  'devices',
  {
    id: uuid('id').primaryKey(),
    accountId: bigint('account_id', { mode: 'number' })
      .notNull()
      .references(() => accounts.id),
    name: text('name').notNull(),
    state: text('state', { enum: ['active', 'paused', 'revoked'] })
      .notNull()
      .default('active'),
    createdAt: moment('created_at').notNull(),
    revokedAt: moment('revoked_at'),
  },
  (t) => [
    index('devices_account').on(t.accountId).where(sql`state <> 'revoked'`),
    // Serves one account's page, which shows what it had as well.
    index('devices_account_all').on(t.accountId),
    // Serves the dashboard's last events.
    index('devices_revoked').on(t.revokedAt).where(sql`revoked_at is not null`),
  ],
);

/**
 * A device's credential on a node. `generation` rises with each change of intent; the peer is applied when the
 * interface was read back with `applied_generation` equal to it.
 */
export const peers = adit.table(
  'peers',
  {
    id: uuid('id').primaryKey(),
    deviceId: uuid('device_id')
      .notNull()
      .references(() => devices.id),
    nodeId: text('node_id')
      .notNull()
      .references(() => nodes.id),
    protocol: text('protocol', { enum: ['wireguard', 'vless'] })
      .notNull()
      .default('wireguard'),
    publicKey: text('public_key').unique('peers_public_key'),
    /**
     * VLESS: which of its user ids is the valid one. The id itself is made of this number, the peer's id and a key in
     * STATE_DIR, and has no column: whoever reads the database cannot connect.
     */
    keyNumber: integer('key_number').notNull().default(1),
    /** WireGuard only, as are position and addresses. */
    poolId: integer('pool_id'),
    position: integer('position'),
    ip4: inet('ip4'),
    ip6: inet('ip6'),
    /**
     * Of what a WireGuard node should hold of it (core/peer-digest): the database keeps it, whoever writes, so that a
     * comparison adds up 100,000 peers from the index alone.
     */
    lineHash: bigint('line_hash', { mode: 'bigint' }).generatedAlwaysAs(
      sql`hashtextextended(public_key || ' ' || host(ip4) || '/32' || coalesce(',' || host(ip6) || '/128', ''), 0)`,
    ),
    wanted: boolean('wanted').notNull().default(true),
    generation: integer('generation').notNull().default(1),
    appliedGeneration: integer('applied_generation').notNull().default(0),
    changedAt: moment('changed_at').notNull(),
    appliedAt: moment('applied_at'),
    createdAt: moment('created_at').notNull(),
    /** Its address was given back; another peer may hold it now. */
    releasedAt: moment('released_at'),
  },
  (t) => [
    index('peers_device').on(t.deviceId),
    // No address is ever given twice: the last word.
    uniqueIndex('peers_ip4').on(t.ip4).where(sql`released_at is null`),
    uniqueIndex('peers_ip6').on(t.ip6).where(sql`released_at is null`),
    // Serves the keyset pages of what a node should have, and what they come to.
    index('peers_wanted').on(t.nodeId, t.id, t.lineHash).where(sql`wanted`),
    // Serve the dashboard: the list of what is not gone, and a key from its beginning.
    index('peers_current').on(t.id).where(sql`released_at is null`),
    // Serves the list by address; VLESS users have none and come last.
    index('peers_address')
      .on(sql`coalesce(ip4, '255.255.255.255'::inet)`, t.id)
      .where(sql`released_at is null`),
    // Serves the rate at which addresses come back.
    index('peers_released').on(t.releasedAt, t.poolId).where(sql`released_at is not null`),
    index('peers_key_prefix').on(sql`public_key text_pattern_ops`),
    index('peers_unapplied').on(t.nodeId, t.changedAt).where(sql`generation <> applied_generation`),
    check(
      'peers_protocol',
      sql`case protocol when 'wireguard' then ip4 is not null and pool_id is not null and position is not null
               when 'vless' then ip4 is null and public_key is null else false end`,
    ),
  ],
);

/** Keys that were a peer's and were replaced: they must not be on an interface, and never come back. */
export const retiredKeys = adit.table(
  'retired_keys',
  {
    publicKey: text('public_key').primaryKey(),
    peerId: uuid('peer_id')
      .notNull()
      .references(() => peers.id),
    /** Read back as absent from the interface. */
    removedAt: moment('removed_at'),
  },
  (t) => [index('retired_keys_peer').on(t.peerId).where(sql`removed_at is null`)],
);

/** One promise of a config: its cause is unique for ever, so that nothing is issued twice for one reason. */
export const issues = adit.table(
  'issues',
  {
    id: uuid('id').primaryKey(),
    cause: text('cause').notNull().unique(),
    accountId: bigint('account_id', { mode: 'number' })
      .notNull()
      .references(() => accounts.id),
    deviceId: uuid('device_id')
      .notNull()
      .references(() => devices.id),
    peerId: uuid('peer_id')
      .notNull()
      .references(() => peers.id),
    createdAt: moment('created_at').notNull(),
    livingMessageId: bigint('living_message_id', { mode: 'number' }),
    documentMessageId: bigint('document_message_id', { mode: 'number' }),
    deliveredAt: moment('delivered_at'),
    /** A newer config was promised for the same peer before this one arrived. */
    supersededAt: moment('superseded_at'),
  },
  (t) => [
    index('issues_peer').on(t.peerId, t.createdAt),
    index('issues_account').on(t.accountId),
    index('issues_pending').on(t.peerId).where(sql`delivered_at is null and superseded_at is null`),
  ],
);

/** Telegram updates: accepted before they are confirmed, marked handled together with their effect. */
export const updates = adit.table(
  'updates',
  {
    id: bigint('id', { mode: 'number' }).primaryKey(),
    /** Emptied when handled. */
    payload: jsonb('payload'),
    receivedAt: moment('received_at').notNull().defaultNow(),
    handledAt: moment('handled_at'),
  },
  (t) => [index('updates_unhandled').on(t.id).where(sql`handled_at is null`)],
);

/** Each comparison of a node with the database, kept as history. */
export const reconcileRuns = adit.table(
  'reconcile_runs',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    nodeId: text('node_id').notNull(),
    startedAt: moment('started_at').notNull(),
    finishedAt: moment('finished_at').notNull(),
    outcome: text('outcome').notNull(),
    added: integer('added').notNull(),
    removed: integer('removed').notNull(),
    changed: integer('changed').notNull(),
    quarantined: integer('quarantined').notNull(),
    refused: integer('refused').notNull(),
    error: text('error'),
    /** Nothing was done: an operator wanted to see what would be. */
    dryRun: boolean('dry_run').notNull().default(false),
    /** What separated the two, at most some hundred lines of it; null: nothing did. */
    diff: jsonb('diff'),
  },
  (t) => [
    index('reconcile_runs_started').on(t.startedAt),
    // Serves the history of one node.
    index('reconcile_runs_node').on(t.nodeId, t.id),
  ],
);
