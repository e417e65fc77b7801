import { asc, inArray, sql } from 'drizzle-orm';
import type { Tries } from '../../../core/login-limits.ts';
import type { OperatorTransaction } from '../../../core/ports/operators.ts';
import type { Drizzle as Tx } from '../drizzle-session.ts';
import { loginAttempts } from '../operator-schema.ts';

const LONG_AGO = new Date(0);

/** The counters' part of the transaction. Index: login_attempts_pkey. */
export function triesIn(tx: Tx) {
  return {
    async tries(keys) {
      // A row that is not there cannot be locked, and two first tries would both count one.
      await tx
        .insert(loginAttempts)
        .values(keys.toSorted().map((key) => ({ key, failures: 0, lastFailedAt: LONG_AGO })))
        .onConflictDoNothing();
      const rows = await tx
        .select()
        .from(loginAttempts)
        .where(inArray(loginAttempts.key, [...keys]))
        .orderBy(asc(loginAttempts.key))
        .for('update');
      return new Map(rows.map(({ key, ...tries }) => [key, tries]));
    },
    async saveTries(all: ReadonlyMap<string, Tries>) {
      const excluded = (column: string) => sql.raw(`excluded.${column}`);
      await tx
        .insert(loginAttempts)
        .values([...all].map(([key, tries]) => ({ key, ...tries })))
        .onConflictDoUpdate({
          target: loginAttempts.key,
          set: {
            failures: excluded('failures'),
            lastFailedAt: excluded('last_failed_at'),
            blockedUntil: excluded('blocked_until'),
          },
        });
    },
  } satisfies Partial<OperatorTransaction>;
}
