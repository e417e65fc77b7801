/**
 * What the lists of the dashboard walk along, on pg-boss' own table; made after that, as the view report.jobs is.
 * Two entries a job and change of state: some microseconds each, for pages that cost the same at a million jobs.
 */
export function createListIndexes(schema: string): string {
  return `
    CREATE INDEX IF NOT EXISTS adit_job_list ON ${schema}.job_common (state, name, created_on, id);
    CREATE INDEX IF NOT EXISTS adit_job_subject ON ${schema}.job_common ((data->>'peerId'))
      WHERE data->>'peerId' IS NOT NULL`;
}
