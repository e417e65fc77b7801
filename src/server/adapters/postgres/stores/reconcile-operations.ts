import { sql } from 'drizzle-orm';
import type { NodeId } from '../../../core/ids.ts';
import type { ReconcileOperations, StrangerDecision } from '../../../core/ports/reconcile-desk.ts';
import type { Drizzle as Tx } from '../drizzle-session.ts';
import { adoptStranger, releaseStranger } from './adoption.ts';
import { storableText } from './storable.ts';

const STATE: Readonly<Record<Exclude<StrangerDecision, 'adopt'>, string>> = {
  keep: 'kept',
  remove: 'removing',
};

/** An operator's decisions about strangers and held removals, part of his transaction. */
export function reconcileOperations(tx: Tx): ReconcileOperations {
  return {
    async decideStranger(node, key, decision, by) {
      if (!(await isThere(tx, node, key))) return 'gone';
      const name = storableText(by.name);
      if (decision === 'adopt') return (await adoptStranger(tx, node, key, { ...by, name })) ?? 'done';
      await releaseStranger(tx, node, key, by.at);
      await tx.execute(sql`
        update adit.quarantined_peers
           set state = ${STATE[decision]}, refusal = null, decided_by = ${name}, decided_at = ${by.at.toISOString()}
         where node_id = ${node} and key = ${key}`);
      return 'done';
    },
    async answer(node, { id, count, decision }, by) {
      const rows = await tx.execute(sql`
        update adit.held_removals
           set decision = ${decision}, decided_by = ${storableText(by.name)}, decided_at = ${by.at.toISOString()}
         where node_id = ${node} and id = ${id} and count = ${count} and closed_at is null
        returning id`);
      return rows.length > 0;
    },
  };
}

async function isThere(tx: Tx, node: NodeId, key: string): Promise<boolean> {
  const rows = await tx.execute(sql`
    select from adit.quarantined_peers
     where node_id = ${node} and key = ${key} and state <> 'removed' for update`);
  return rows.length > 0;
}
