/** Holds a statement of the program under test at the moment it needs a table, with nothing but a lock on that. */
import postgres, { type Sql } from 'postgres';
import type { AditRig } from './adit-rig.ts';
import { eventually } from './eventually.ts';

/**
 * `SHARE` lets others read and not write; `EXCLUSIVE` also stops `SELECT … FOR …`; `ACCESS EXCLUSIVE` stops reading
 * (PostgreSQL manual, 13.3.1).
 */
export type LockMode = 'SHARE' | 'EXCLUSIVE' | 'ACCESS EXCLUSIVE';

export interface DatabaseGate {
  open(): Promise<void>;
}

/** Returns when the lock is held. */
export async function closeGate(rig: AditRig, table: string, mode: LockMode): Promise<DatabaseGate> {
  const sql = postgres({ ...rig.database.socket, max: 1, onnotice: () => {} });
  await sql.unsafe(`begin; lock table ${table} in ${mode} mode`).simple();
  return {
    open: () => sql.end({ timeout: 0 }),
  };
}

/** Waits until a session of the program stands before a lock with a statement like this (SQL `ilike`). */
export async function someoneWaits(sql: Sql, statement: string, withinMs = 10_000): Promise<void> {
  await eventually(
    async () => {
      const waiting = await sql<{ query: string }[]>`
        select query from pg_stat_activity
         where datname = current_database() and application_name = 'adit' and wait_event_type = 'Lock'`;
      const [found] = await sql`
        select from unnest(${waiting.map((each) => each.query)}::text[]) as query where query ilike ${statement}`;
      if (!found) throw new Error(`nobody waits with ${statement}: ${waiting.map((each) => each.query)}`);
    },
    { withinMs, everyMs: 10 },
  );
}
