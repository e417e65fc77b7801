import { sql } from 'drizzle-orm';
import { AppError } from '../../../core/errors.ts';
import type { NodeId } from '../../../core/ids.ts';
import type { Drizzle as Tx } from '../drizzle-session.ts';

/** A holder that lost the node without noticing must write nothing any more: `conflict`. */
export async function refuseOldHolder(
  tx: Tx,
  node: { readonly id: NodeId; readonly epoch: number },
): Promise<void> {
  const rows = await tx.execute<{ lease_epoch: number }>(
    sql`select lease_epoch from adit.nodes where id = ${node.id} for share`,
  );
  if (rows[0]?.lease_epoch !== node.epoch) {
    throw new AppError('conflict', 'Another process has taken this node over.', { details: { ...node } });
  }
}
