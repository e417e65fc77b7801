import { and, desc, eq, gt, inArray, isNull, max, type SQL, sql } from 'drizzle-orm';
import { operatorId, sessionId } from '../../../core/ids.ts';
import { DEVICE_KNOWN_MS, SESSION_IDLE_MS } from '../../../core/operator-rules.ts';
import { operatorSubject } from '../../../core/operators.ts';
import type { OperatorStore } from '../../../core/ports/operators.ts';
import type { Database } from '../client.ts';
import { audit, operatorDevices, operatorSessions, operators, setupLinks } from '../operator-schema.ts';
import { operatorById, operatorByName, toLink } from './operator-rows.ts';
import { operatorTransaction } from './operator-transaction.ts';

/** To note each request would cost a write each. */
const SEEN_EVERY_MS = 60_000;
const DAY_MS = 24 * 60 * 60_000;

/** Operators and their sessions in PostgreSQL. */
export function createOperatorStore(database: Database): OperatorStore {
  const { read } = database;
  return {
    ...sessionReads(database),
    ...deviceReads(database),
    transaction: (work) => database.transaction((tx) => work(operatorTransaction(tx))),
    async hasOwner() {
      const owner = eq(operators.role, 'owner');
      const rows = await read((db) => db.select({ id: operators.id }).from(operators).where(owner).limit(1));
      return rows.length > 0;
    },
    byName: (name) => read((db) => operatorByName(db, name)),
    byId: (id) => read((db) => operatorById(db, id)),
    async list() {
      const rows = await read((db) =>
        db
          .select({
            id: operators.id,
            name: operators.name,
            role: operators.role,
            totp: sql<boolean>`${operators.totpSealed} is not null`,
            seenAt: max(operatorSessions.seenAt),
          })
          .from(operators)
          .leftJoin(operatorSessions, eq(operatorSessions.operatorId, operators.id))
          .groupBy(operators.id)
          .orderBy(operators.name),
      );
      return rows.map((row) => ({ ...row, id: operatorId(row.id) }));
    },
    async link(tokenHash, now) {
      const inForce = and(isNull(setupLinks.usedAt), gt(setupLinks.expiresAt, now));
      const [row] = await read((db) =>
        db
          .select()
          .from(setupLinks)
          .where(and(eq(setupLinks.tokenHash, tokenHash), inForce)),
      );
      return row === undefined ? null : toLink(row);
    },
    forget: (now) => forget(database, now),
  };
}

/** Indexes: operator_sessions_token, operator_sessions_pkey, operator_sessions_operator. */
function sessionReads({ read }: Database) {
  const inForce = (now: Date): SQL | undefined =>
    and(gt(operatorSessions.endsAt, now), gt(operatorSessions.seenAt, before(now, SESSION_IDLE_MS)));
  const touch = (ids: readonly string[], now: Date) =>
    read((db) =>
      db
        .update(operatorSessions)
        .set({ seenAt: now })
        .where(inArray(operatorSessions.id, [...ids])),
    );
  const isStale = (row: { seenAt: Date }, now: Date) => row.seenAt < before(now, SEEN_EVERY_MS);

  return {
    async session(tokenHash, stage, now) {
      const wanted = and(
        eq(operatorSessions.tokenHash, tokenHash),
        eq(operatorSessions.stage, stage),
        inForce(now),
      );
      const [row] = await read((db) =>
        db
          .select({
            id: operatorSessions.id,
            startedAt: operatorSessions.createdAt,
            seenAt: operatorSessions.seenAt,
            operatorId: operators.id,
            name: operators.name,
            role: operators.role,
          })
          .from(operatorSessions)
          .innerJoin(operators, eq(operators.id, operatorSessions.operatorId))
          .where(wanted),
      );
      if (row === undefined) return null;
      if (isStale(row, now)) await touch([row.id], now);
      const operator = { id: operatorId(row.operatorId), name: row.name, role: row.role };
      return { id: sessionId(row.id), operator, startedAt: row.startedAt };
    },
    async stillValid(ids, now) {
      if (ids.length === 0) return new Set();
      const wanted = and(
        inArray(operatorSessions.id, [...ids]),
        eq(operatorSessions.stage, 'full'),
        inForce(now),
      );
      const rows = await read((db) =>
        db
          .select({ id: operatorSessions.id, seenAt: operatorSessions.seenAt })
          .from(operatorSessions)
          .where(wanted),
      );
      const stale = rows.filter((row) => isStale(row, now)).map((row) => row.id);
      if (stale.length > 0) await touch(stale, now);
      return new Set(rows.map((row) => sessionId(row.id)));
    },
    async sessionsOf(operator, now) {
      const theirs = and(
        eq(operatorSessions.operatorId, operator),
        eq(operatorSessions.stage, 'full'),
        inForce(now),
      );
      const rows = await read((db) =>
        db.select().from(operatorSessions).where(theirs).orderBy(desc(operatorSessions.seenAt)),
      );
      return rows.map(({ id, createdAt, seenAt, address, agent }) => ({
        id: sessionId(id),
        createdAt,
        seenAt,
        address,
        agent,
      }));
    },
  } satisfies Partial<OperatorStore>;
}

/** Indexes: operator_devices_token, audit_subject. */
function deviceReads({ read }: Database) {
  return {
    async device(operator, tokenHash, now) {
      const known = and(
        eq(operatorDevices.tokenHash, tokenHash),
        eq(operatorDevices.operatorId, operator),
        gt(operatorDevices.usedAt, before(now, DEVICE_KNOWN_MS)),
      );
      const [row] = await read((db) => db.select().from(operatorDevices).where(known));
      return row === undefined ? null : { id: row.id, tokenHash: row.tokenHash };
    },
    async knowsAddress(operator, address, now) {
      const known = and(
        eq(audit.subject, operatorSubject(operator.name)),
        eq(audit.operatorId, operator.id),
        eq(audit.action, 'login'),
        eq(audit.address, address),
        gt(audit.at, before(now, DEVICE_KNOWN_MS)),
      );
      const rows = await read((db) => db.select({ id: audit.id }).from(audit).where(known).limit(1));
      return rows.length > 0;
    },
  } satisfies Partial<OperatorStore>;
}

const before = (now: Date, ms: number) => new Date(now.getTime() - ms);

async function forget({ read }: Database, now: Date): Promise<number> {
  const at = (ms: number) => before(now, ms).toISOString();
  const gone = (statement: SQL) => read(async (db) => (await db.execute(statement)).length);
  const counts = [
    await gone(sql`delete from adit.operator_sessions
      where ends_at <= ${at(0)} or seen_at <= ${at(SESSION_IDLE_MS)} returning 1`),
    await gone(sql`delete from adit.setup_links where expires_at <= ${at(DAY_MS)} returning 1`),
    await gone(sql`delete from adit.login_attempts where last_failed_at <= ${at(DAY_MS)} returning 1`),
    await gone(sql`delete from adit.operator_devices where used_at <= ${at(DEVICE_KNOWN_MS)} returning 1`),
  ];
  return counts.reduce((sum, each) => sum + each, 0);
}
