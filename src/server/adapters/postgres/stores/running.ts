import { type SQL, sql } from 'drizzle-orm';
import { latestStart } from '../../../core/access.ts';

/**
 * A row `s` of adit.subscriptions is in force: it has begun, is not over and has traffic left. What core/access calls
 * active, said in SQL.
 */
export function isRunning(now: Date): SQL {
  const at = now.toISOString();
  return sql`(s.starts_at <= ${latestStart(now).toISOString()} and s.ends_at > ${at} and s.limited_at is null)`;
}
