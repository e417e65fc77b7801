import { createJobs, type Jobs } from '../../src/server/adapters/jobs/jobs.ts';
import { parseDatabaseUrl } from '../../src/server/adapters/postgres/address.ts';
import type { Database } from '../../src/server/adapters/postgres/client.ts';
import { migrate } from '../../src/server/adapters/postgres/migrate.ts';
import { MIGRATIONS } from '../../src/server/adapters/postgres/migrations.ts';
import { createAccessStore } from '../../src/server/adapters/postgres/stores/access-store.ts';
import { createAddressAllocator } from '../../src/server/adapters/postgres/stores/address-allocator.ts';
import { createCounterStore } from '../../src/server/adapters/postgres/stores/counter-store.ts';
import { createDashboardReader } from '../../src/server/adapters/postgres/stores/dashboard-reader.ts';
import { createInbox } from '../../src/server/adapters/postgres/stores/inbox.ts';
import { createNodeStore } from '../../src/server/adapters/postgres/stores/node-store.ts';
import { createOperationStore } from '../../src/server/adapters/postgres/stores/operation-store.ts';
import { createPeerStore } from '../../src/server/adapters/postgres/stores/peer-store.ts';
import { createReconcileStore } from '../../src/server/adapters/postgres/stores/reconcile-store.ts';
import { createUserStore } from '../../src/server/adapters/postgres/stores/user-store.ts';
import type { Actor } from '../../src/server/core/audit.ts';
import type { DashboardReader } from '../../src/server/core/ports/dashboard.ts';
import type { JobKind, NewJob } from '../../src/server/core/ports/jobs.ts';
import type { OperationStore } from '../../src/server/core/ports/operations.ts';
import type { OperateDeps } from '../../src/server/services/operate/deps.ts';
import { databaseOn } from './database.ts';
import { createDoorKit } from './door-kit.ts';
import { JOBS_SCHEMA, jobsDefaults } from './jobs-rig.ts';
import { type Template, type TestDatabase, testDatabase } from './postgres.ts';
import type { PostgresRig } from './postgres-rig.ts';
import { keyOf, NODE, POOL, type StoreRig } from './store-rig.ts';

/** Everything the dashboard reads and does, over one real database with the real job queue (whose work nobody does). */
export interface OperateRig extends StoreRig {
  readonly admin: PostgresRig['admin'];
  readonly test: TestDatabase;
  readonly database: Database;
  readonly reader: DashboardReader;
  readonly queue: Jobs;
  readonly operators: OperationStore;
  readonly operate: OperateDeps;
  /** Kinds that were woken, in order. */
  readonly woken: JobKind[];
  /** Lines of the audit, the newest last. */
  audit(): Promise<readonly AuditLine[]>;
}

export interface AuditLine {
  readonly operator: string;
  readonly action: string;
  readonly subject: string | null;
  readonly address: string;
  readonly details: Record<string, unknown>;
}

export const ANNA: Actor = { id: null, name: 'anna', address: '192.0.2.7' };
export const ACT = { actor: ANNA, once: null };

export const DASHBOARD_TEMPLATE: Template = {
  name: 'dashboard',
  async prepare(url) {
    const { clock, log } = createDoorKit();
    const address = parseDatabaseUrl(url);
    await migrate({ address, files: MIGRATIONS, clock, log });
    const database = databaseOn(address);
    await createJobs({ ...jobsDefaults(), database: database.raw }).install();
    await database.close(1000);
  },
};

export async function openOperateRig(): Promise<OperateRig> {
  const { random, clock } = createDoorKit();
  const fresh = await testDatabase({ template: DASHBOARD_TEMPLATE });
  const database = databaseOn(fresh.socket, { poolMax: 6, statementTimeoutMs: 20_000 });
  const queue = createJobs({ ...jobsDefaults(), random, database: database.raw });
  await queue.install();
  const nodes = createNodeStore(database);
  await nodes.register({ id: NODE, publicKey: keyOf(0), endpoint: '192.0.2.1:51820', pools: [POOL] });
  const allocator = createAddressAllocator(random);
  const woken: JobKind[] = [];
  const wake = (jobs: readonly NewJob[]) => void woken.push(...jobs.map((each) => each.kind));
  const writing = { database, allocator, enqueueIn: queue.enqueueIn, wake };
  const operators = createOperationStore({ ...writing, jobOperations: queue.operations });
  return {
    store: createAccessStore(writing),
    peers: createPeerStore(database, queue.enqueueIn),
    users: createUserStore(database),
    nodes,
    counters: createCounterStore(database),
    quarantine: createReconcileStore(database),
    inbox: createInbox(database),
    now: clock.now,
    uuid: random.uuid,
    someoneWaits: null,
    admin: fresh.admin,
    test: fresh,
    database,
    reader: createDashboardReader(database),
    queue,
    operators,
    operate: { store: operators, clock, random, wake: (kinds) => void woken.push(...kinds) },
    woken,
    async jobs() {
      const rows = await fresh.admin.unsafe(
        `SELECT name, data FROM ${JOBS_SCHEMA}.job ORDER BY created_on, id`,
      );
      return rows.map((row) => ({ kind: row.name, data: row.data }) as NewJob);
    },
    async audit() {
      const rows = await fresh.admin`
        select operator_name as operator, action, subject, address, details from adit.audit order by id`;
      return rows as unknown as readonly AuditLine[];
    },
    async close() {
      await database.close(1000);
      await fresh.drop();
    },
  };
}
