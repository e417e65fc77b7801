import access from '../../../../drizzle/0000_access.sql' with { type: 'text' };
import report from '../../../../drizzle/0001_report.sql' with { type: 'text' };
import operators from '../../../../drizzle/0002_operators.sql' with { type: 'text' };
import operations from '../../../../drizzle/0003_operations.sql' with { type: 'text' };
import events from '../../../../drizzle/0004_events.sql' with { type: 'text' };
import addedPools from '../../../../drizzle/0005_added_pools.sql' with { type: 'text' };
import nodes from '../../../../drizzle/0006_nodes.sql' with { type: 'text' };

/** One SQL file of `drizzle/`. Files are only ever added: an applied one never changes. */
export interface MigrationFile {
  readonly name: string;
  readonly sql: string;
}

/**
 * Every file, oldest first. Named one by one because a compiled binary has no folder to look into; a test
 * compares this list with the folder and its journal.
 */
export const MIGRATIONS: readonly MigrationFile[] = [
  { name: '0000_access', sql: access },
  { name: '0001_report', sql: report },
  { name: '0002_operators', sql: operators },
  { name: '0003_operations', sql: operations },
  { name: '0004_events', sql: events },
  { name: '0005_added_pools', sql: addedPools },
  { name: '0006_nodes', sql: nodes },
];
