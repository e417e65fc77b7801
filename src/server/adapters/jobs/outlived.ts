import type { JobsDatabase } from './database.ts';
import { CLOCK_KINDS, DEAD_LETTER } from './kinds.ts';

/**
 * Discards dead jobs of the kinds that the clock brings again, once a later one of the kind went well: nobody has to do
 * anything about them any more, and an alert on dead jobs would never end. What failed stands in the records of the kind.
 * Returns how many. Safe to repeat.
 */
export async function discardOutlived(database: JobsDatabase, schema: string): Promise<number> {
  const rows = await database.execute(outlived(schema), [DEAD_LETTER, CLOCK_KINDS]);
  return rows.length;
}

/** One that died ahead of the clock died before that was set back: a success of the last two minutes is later. */
function outlived(schema: string): string {
  return `
    DELETE FROM ${schema}.job d
    WHERE d.name = $1 AND d.state < 'active' AND d.source_name = ANY($2::text[])
      AND EXISTS (
        SELECT FROM ${schema}.job s
        WHERE s.name = d.source_name AND s.state = 'completed'
          AND s.completed_on BETWEEN
            CASE WHEN d.created_on <= ${schema}.job_now() THEN d.created_on
                 ELSE ${schema}.job_now() - interval '2 minutes' END
            AND ${schema}.job_now())
    RETURNING d.id`;
}
