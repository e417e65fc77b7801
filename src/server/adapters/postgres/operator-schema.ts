import { sql } from 'drizzle-orm';
import { bigint, check, index, integer, jsonb, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { adit } from './schema.ts';

/**
 * Who works with the dashboard, and what was done there. Passwords, tokens and recovery codes are here as hashes only; the
 * second factor's key is sealed with a key that lies in STATE_DIR.
 */
const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date', precision: 3 });
const role = (name: string) => text(name, { enum: ['viewer', 'operator', 'owner'] }).notNull();

export const operators = adit.table(
  'operators',
  {
    id: uuid('id').primaryKey(),
    /** Lower case. */
    name: text('name').notNull().unique('operators_name'),
    role: role('role'),
    /** argon2id, as PHC text. */
    passwordHash: text('password_hash').notNull(),
    /** Null: no second factor. */
    totpSealed: text('totp_sealed'),
    /** Shown for enrolling, not confirmed yet. */
    totpPendingSealed: text('totp_pending_sealed'),
    /** The newest 30-second step whose code was used: that code and older ones are refused. */
    totpLastStep: bigint('totp_last_step', { mode: 'number' }),
    createdAt: moment('created_at').notNull(),
  },
  () => [check('operators_role', sql`role in ('viewer', 'operator', 'owner')`)],
);

/** One login on one browser. `stage` is `code` between password and second factor; that opens nothing. */
export const operatorSessions = adit.table(
  'operator_sessions',
  {
    id: uuid('id').primaryKey(),
    operatorId: uuid('operator_id')
      .notNull()
      .references(() => operators.id, { onDelete: 'cascade' }),
    tokenHash: text('token_hash').notNull().unique('operator_sessions_token'),
    stage: text('stage', { enum: ['code', 'full'] }).notNull(),
    createdAt: moment('created_at').notNull(),
    seenAt: moment('seen_at').notNull(),
    /** Whatever happens, it ends then. */
    endsAt: moment('ends_at').notNull(),
    address: text('address').notNull(),
    agent: text('agent').notNull(),
  },
  (t) => [index('operator_sessions_operator').on(t.operatorId), index('operator_sessions_ends').on(t.endsAt)],
);

/** Browsers an operator has logged in from: no stranger's attack on the name slows them down. */
export const operatorDevices = adit.table(
  'operator_devices',
  {
    id: uuid('id').primaryKey(),
    operatorId: uuid('operator_id')
      .notNull()
      .references(() => operators.id, { onDelete: 'cascade' }),
    tokenHash: text('token_hash').notNull().unique('operator_devices_token'),
    address: text('address').notNull(),
    usedAt: moment('used_at').notNull(),
  },
  (t) => [index('operator_devices_operator').on(t.operatorId, t.usedAt)],
);

/** Each opens the second step once, in place of a code. */
export const recoveryCodes = adit.table('recovery_codes', {
  codeHash: text('code_hash').primaryKey(),
  operatorId: uuid('operator_id')
    .notNull()
    .references(() => operators.id, { onDelete: 'cascade' }),
});

/** One-time links: the first owner's (`name` null), or one that sets the password of `name`. */
export const setupLinks = adit.table('setup_links', {
  tokenHash: text('token_hash').primaryKey(),
  name: text('name'),
  role: role('role'),
  createdAt: moment('created_at').notNull(),
  expiresAt: moment('expires_at').notNull(),
  usedAt: moment('used_at'),
});

/** Tries that failed, in a fixed number of buckets: no attack can make this table grow. */
export const loginAttempts = adit.table('login_attempts', {
  /** `account:0…4095`, `address:0…65535`; of those who exist `device:`, `code:` and `inside:` with an id. */
  key: text('key').primaryKey(),
  failures: integer('failures').notNull(),
  lastFailedAt: moment('last_failed_at').notNull(),
  blockedUntil: moment('blocked_until'),
});

/** Who did what, when, from where. Rows are only ever added. */
export const audit = adit.table(
  'audit',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    at: moment('at').notNull(),
    /** No reference: the record outlives the operator. Null: nobody was logged in. */
    operatorId: uuid('operator_id'),
    operatorName: text('operator_name').notNull(),
    address: text('address').notNull(),
    /** `login`, `login-failed`, `peer-revoke` … */
    action: text('action').notNull(),
    /** What it was done to: `account:42`, `operator:anna`. */
    subject: text('subject'),
    details: jsonb('details').notNull().default({}),
  },
  (t) => [
    index('audit_operator').on(t.operatorName, t.id),
    index('audit_action').on(t.action, t.id),
    index('audit_subject').on(t.subject, t.id).where(sql`subject is not null`),
  ],
);
