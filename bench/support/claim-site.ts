import postgres from 'postgres';
import { parseDatabaseUrl } from '../../src/server/adapters/postgres/address.ts';
import type { Database } from '../../src/server/adapters/postgres/client.ts';
import { databaseOn } from '../../tests/support/database.ts';
import type { TestServer } from '../../tests/support/postgres-server.ts';
import { type ClaimPool, fillPool, prepareClaims } from './claim-pool.ts';
import { migrated } from './durable-postgres.ts';

/** A database with one pool to claim from. */
export interface ClaimSite {
  readonly admin: postgres.Sql;
  readonly database: Database;
  /** As it was filled last. */
  pool(): ClaimPool;
  fill(bits: number, share: number): Promise<void>;
  close(): Promise<void>;
}

/** `clients` connections: nobody waits for a slot. */
export async function openClaimSite(server: TestServer, name: string, clients: number): Promise<ClaimSite> {
  const url = await migrated(server, name);
  const admin = postgres(url, { max: 2, onnotice: () => {} });
  // A minute a statement: reading a million rows, or queueing for it at a lock, may take long.
  const database = databaseOn(parseDatabaseUrl(url), { poolMax: clients, statementTimeoutMs: 60_000 });
  await prepareClaims(admin);
  let filled: ClaimPool | undefined;
  return {
    admin,
    database,
    pool() {
      if (filled === undefined) throw new Error('not filled yet');
      return filled;
    },
    async fill(bits, share) {
      filled = await fillPool(admin, bits, share);
    },
    async close() {
      await Promise.all([database.close(1_000), admin.end()]);
    },
  };
}
