import { JOB_KINDS } from '../../core/job-kinds.ts';
import type { JobQuery } from '../../core/ports/job-desk.ts';
import { isStuck, LAST_ERROR, type Part, partsOfTab } from './job-columns.ts';

/** SQL over pg-boss' table, with its values from `$1` on. */
export interface JobSelection {
  /** Conditions on one row beside its part. */
  readonly where: string;
  readonly parts: readonly Part[];
  readonly values: readonly unknown[];
  /** Ids that alone can match, found by their own indexes first: in the order of a list they might be the last. */
  readonly among: string | null;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function selectionOf(schema: string, query: JobQuery, now: Date): JobSelection {
  const values: unknown[] = [];
  const conditions: string[] = [];
  if (query.tab === 'stuck')
    conditions.push(isStuck(`$${values.push(now.toISOString())}::text::timestamptz`));
  if (query.tab === 'dead' && query.queue !== null) {
    conditions.push(`source_name = $${values.push(query.queue)}`);
  }
  const known = query.queue === null || (JOB_KINDS as readonly string[]).includes(query.queue);
  const parts = known ? partsOfTab(query.tab, query.queue) : [];
  const among = UUID.test(query.q) ? byId(schema, values, query.q) : null;
  if (query.q !== '' && among === null) {
    // What a finished job answered is no error; to look through a million of them would help nobody.
    const text = values.push(`%${query.q.replace(/[\\%_]/g, '\\$&')}%`);
    conditions.push(query.tab === 'done' ? 'false' : `${LAST_ERROR} ILIKE $${text}`);
  }
  return { where: conditions.map((each) => ` AND ${each}`).join(''), parts, values, among };
}

/** Served by the primary key (name, id) and by adit_job_subject. */
function byId(schema: string, values: unknown[], id: string): string {
  const given = values.push(id.toLowerCase());
  return `
    SELECT id FROM ${schema}.job WHERE id = $${given}::text::uuid
    UNION
    SELECT id FROM ${schema}.job WHERE data->>'peerId' = $${given}`;
}
