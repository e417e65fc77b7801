import { eq } from 'drizzle-orm';
import { type OperatorId, operatorId } from '../../../core/ids.ts';
import type { OperatorRecord, SetupLink } from '../../../core/ports/operators.ts';
import type { Drizzle } from '../drizzle-session.ts';
import { operators, type setupLinks } from '../operator-schema.ts';
import { storableText } from './storable.ts';

export async function operatorByName(tx: Drizzle, name: string): Promise<OperatorRecord | null> {
  // What somebody typed: PostgreSQL must be able to take it.
  const [row] = await tx
    .select()
    .from(operators)
    .where(eq(operators.name, storableText(name)));
  return row === undefined ? null : toRecord(row);
}

export async function operatorById(tx: Drizzle, id: OperatorId): Promise<OperatorRecord | null> {
  const [row] = await tx.select().from(operators).where(eq(operators.id, id));
  return row === undefined ? null : toRecord(row);
}

function toRecord(row: typeof operators.$inferSelect): OperatorRecord {
  const { name, role, passwordHash, totpSealed, totpPendingSealed } = row;
  return { id: operatorId(row.id), name, role, passwordHash, totpSealed, totpPendingSealed };
}

export function toLink(row: typeof setupLinks.$inferSelect): SetupLink {
  const { tokenHash, name, role, expiresAt } = row;
  return { tokenHash, name, role, expiresAt };
}
