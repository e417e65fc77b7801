import { and, count, eq, isNull, ne, sql } from 'drizzle-orm';
import { type OperatorId, type SessionId, sessionId } from '../../../core/ids.ts';
import { MOST_DEVICES, MOST_SESSIONS } from '../../../core/operator-rules.ts';
import type { OperatorTransaction } from '../../../core/ports/operators.ts';
import type { Drizzle as Tx } from '../drizzle-session.ts';
import { operatorDevices, operatorSessions, operators, setupLinks } from '../operator-schema.ts';
import { writeAudit } from './audit-writer.ts';
import { operatorById, operatorByName, toLink } from './operator-rows.ts';
import { secondFactorIn } from './second-factor-in.ts';
import { triesIn } from './tries-in.ts';

/** See the port. Indexes: operators_name, setup_links_pkey, operator_sessions_operator, operator_devices_operator. */
export function operatorTransaction(tx: Tx): OperatorTransaction {
  return {
    ...operatorsIn(tx),
    ...linksIn(tx),
    ...sessionsIn(tx),
    ...devicesIn(tx),
    ...secondFactorIn(tx),
    ...triesIn(tx),
    audit: (entries) => writeAudit(tx, entries),
  };
}

function operatorsIn(tx: Tx) {
  return {
    async lockOperators() {
      await tx.execute(sql`lock table adit.operators in share row exclusive mode`);
    },
    byName: (name: string) => operatorByName(tx, name),
    byId: (id: OperatorId) => operatorById(tx, id),
    async owners() {
      const [row] = await tx.select({ owners: count() }).from(operators).where(eq(operators.role, 'owner'));
      return row?.owners ?? 0;
    },
    async add(operator, now) {
      await tx.insert(operators).values({ ...operator, createdAt: now });
    },
    async setPassword(id, passwordHash) {
      await tx.update(operators).set({ passwordHash }).where(eq(operators.id, id));
    },
    async setRole(id, role) {
      await tx.update(operators).set({ role }).where(eq(operators.id, id));
    },
    async remove(id) {
      await tx.delete(operators).where(eq(operators.id, id));
    },
  } satisfies Partial<OperatorTransaction>;
}

function linksIn(tx: Tx) {
  return {
    async addLink(link, now) {
      await tx.insert(setupLinks).values({ ...link, createdAt: now });
    },
    async takeLink(tokenHash, now) {
      const [row] = await tx
        .update(setupLinks)
        .set({ usedAt: now })
        .where(
          and(
            eq(setupLinks.tokenHash, tokenHash),
            isNull(setupLinks.usedAt),
            sql`${setupLinks.expiresAt} > ${now.toISOString()}`,
          ),
        )
        .returning();
      return row === undefined ? null : toLink(row);
    },
    async dropLinks(name) {
      const whose = name === null ? isNull(setupLinks.name) : eq(setupLinks.name, name);
      await tx.delete(setupLinks).where(and(whose, isNull(setupLinks.usedAt)));
    },
  } satisfies Partial<OperatorTransaction>;
}

function sessionsIn(tx: Tx) {
  const idsOf = (rows: readonly { id: string }[]): SessionId[] => rows.map((row) => sessionId(row.id));
  return {
    async addSession(session, now) {
      await tx.insert(operatorSessions).values({ ...session, createdAt: now, seenAt: now });
      const beyond = sql`id in (
        select id from adit.operator_sessions where operator_id = ${session.operatorId}
         order by created_at desc, id desc offset ${MOST_SESSIONS})`;
      const gone = await tx.delete(operatorSessions).where(beyond).returning({ id: operatorSessions.id });
      return idsOf(gone);
    },
    async endSession(operator, id) {
      const whose = and(eq(operatorSessions.id, id), eq(operatorSessions.operatorId, operator));
      const gone = await tx.delete(operatorSessions).where(whose).returning({ id: operatorSessions.id });
      return gone.length > 0;
    },
    async endSessions(operator, spared) {
      const others = spared === null ? undefined : ne(operatorSessions.id, spared);
      const whose = and(eq(operatorSessions.operatorId, operator), others);
      return idsOf(await tx.delete(operatorSessions).where(whose).returning({ id: operatorSessions.id }));
    },
  } satisfies Partial<OperatorTransaction>;
}

function devicesIn(tx: Tx) {
  return {
    async rememberDevice(operatorId, device, address, now) {
      await tx
        .insert(operatorDevices)
        .values({ ...device, operatorId, address, usedAt: now })
        .onConflictDoUpdate({
          target: operatorDevices.tokenHash,
          set: { address, usedAt: now },
          setWhere: eq(operatorDevices.operatorId, operatorId),
        });
      await tx.execute(sql`
        delete from adit.operator_devices where id in (
          select id from adit.operator_devices where operator_id = ${operatorId}
           order by used_at desc, id desc offset ${MOST_DEVICES})`);
    },
    async forgetDevices(operatorId) {
      await tx.delete(operatorDevices).where(eq(operatorDevices.operatorId, operatorId));
    },
  } satisfies Partial<OperatorTransaction>;
}
