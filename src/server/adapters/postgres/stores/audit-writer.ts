import type { AuditEntry } from '../../../core/audit.ts';
import type { Drizzle as Tx } from '../drizzle-session.ts';
import { audit } from '../operator-schema.ts';
import { storableJson, storableText } from './storable.ts';

/** Adds to the audit inside the transaction of what it tells: both commit or neither. */
export async function writeAudit(tx: Tx, entries: readonly AuditEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await tx.insert(audit).values(
    entries.map(({ at, actor, action, subject, details }) => ({
      at,
      operatorId: actor.id,
      operatorName: storableText(actor.name),
      address: actor.address,
      action,
      subject: subject === null ? null : storableText(subject),
      details: storableJson(details),
    })),
  );
}
