import type { DatabaseAddress } from '../../src/server/adapters/postgres/address.ts';
import { createDatabase, type DatabaseOptions } from '../../src/server/adapters/postgres/client.ts';
import { createDoorKit } from './door-kit.ts';

/** The database client under test with everything real; only limits that would make a test slow are smaller. */
export function databaseOn(address: DatabaseAddress, limits: Partial<DatabaseOptions> = {}) {
  return createDatabase({
    address,
    poolMin: 1,
    poolMax: 8,
    acquireTimeoutMs: 10_000,
    statementTimeoutMs: 5_000,
    idleInTxTimeoutMs: 5_000,
    ...createDoorKit(),
    ...limits,
  });
}
