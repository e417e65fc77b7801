import { type SQL, sql } from 'drizzle-orm';

/**
 * A row `s` of adit.subscriptions is in force: it has begun, is not over and has traffic left. What core/access calls
 * active, said in SQL.
 */
export function isRunning(now: Date): SQL {
  const at = now.toISOString();
  return sql`(s.starts_at <= ${at} and s.ends_at > ${at} and s.limited_at is null)`;
}
