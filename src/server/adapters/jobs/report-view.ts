import { DEAD_LETTER } from './kinds.ts';
import { activeTooLong, waitingTooLong } from './stuck.ts';

/**
 * The stable view operators and tests read (contract). It stands on pg-boss' table, so it is made after that, not
 * by our migrations. A dead job is one row, in its last queue; the failed original it came from is left out.
 */
export function createReportView(schema: string): string {
  return `
    CREATE SCHEMA IF NOT EXISTS report;
    CREATE OR REPLACE VIEW report.jobs AS
    SELECT id,
           name AS queue,
           CASE WHEN name = '${DEAD_LETTER}' THEN 'dead' ELSE state::text END AS state,
           CASE WHEN name = '${DEAD_LETTER}' THEN COALESCE(source_retry_count, 0) + 1
                WHEN started_on IS NULL THEN retry_count
                ELSE retry_count + 1 END AS attempt,
           CASE WHEN name = '${DEAD_LETTER}' THEN COALESCE(source_retry_count, 0) + 1
                ELSE retry_limit + 1 END AS max_attempts,
           COALESCE(data->>'peerId', data->>'nodeId') AS subject,
           CASE WHEN name = '${DEAD_LETTER}' THEN false
                WHEN state < 'active' THEN ${waitingTooLong('now()')}
                WHEN state = 'active' THEN COALESCE(${activeTooLong('now()')}, false)
                ELSE false END AS stuck,
           COALESCE(source_created_on, created_on) AS created_at,
           started_on AS started_at,
           COALESCE(source_output, output)->>'message' AS last_error
    FROM ${schema}.job
    WHERE NOT (state = 'failed' AND dead_letter IS NOT NULL)`;
}
