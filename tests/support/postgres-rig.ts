import { type DatabaseAddress, parseDatabaseUrl } from '../../src/server/adapters/postgres/address.ts';
import { migrate } from '../../src/server/adapters/postgres/migrate.ts';
import { MIGRATIONS } from '../../src/server/adapters/postgres/migrations.ts';
import { createAccessStore } from '../../src/server/adapters/postgres/stores/access-store.ts';
import { createAddressAllocator } from '../../src/server/adapters/postgres/stores/address-allocator.ts';
import { createCounterStore } from '../../src/server/adapters/postgres/stores/counter-store.ts';
import { createInbox } from '../../src/server/adapters/postgres/stores/inbox.ts';
import { createNodeStore } from '../../src/server/adapters/postgres/stores/node-store.ts';
import { createPeerStore } from '../../src/server/adapters/postgres/stores/peer-store.ts';
import { createReconcileStore } from '../../src/server/adapters/postgres/stores/reconcile-store.ts';
import { createUserStore } from '../../src/server/adapters/postgres/stores/user-store.ts';
import type { NewJob } from '../../src/server/core/ports/jobs.ts';
import type { SqlExecutor } from '../../src/server/core/ports/sql-executor.ts';
import type { PoolSpec } from '../../src/server/core/ports/store.ts';
import { databaseOn } from './database.ts';
import { createDoorKit } from './door-kit.ts';
import { eventually } from './eventually.ts';
import { type TestDatabase, testDatabase } from './postgres.ts';
import { keyOf, NODE, type StoreRig } from './store-rig.ts';

export interface PostgresRig extends StoreRig {
  readonly admin: TestDatabase['admin'];
  /** Deadlocks PostgreSQL had to break. Ends the sessions under test, for they tell only then. */
  deadlocks(): Promise<number>;
}

/** A migrated database with a table in which a test sees the jobs. */
const template = {
  name: 'stores',
  async prepare(url: string) {
    const { clock, log } = createDoorKit();
    const address = parseDatabaseUrl(url);
    await migrate({ address, files: MIGRATIONS, clock, log });
    const database = databaseOn(address);
    await database.raw.execute('create table public.jobs (id serial, job jsonb not null)');
    await database.close(1000);
  },
};

async function enqueueIn(executor: SqlExecutor, jobs: readonly NewJob[]): Promise<void> {
  const texts = jobs.map((each) => JSON.stringify(each));
  await executor.execute('insert into public.jobs (job) select text::jsonb from unnest($1::text[]) as text', [
    texts,
  ]);
}

/** The stores over a database of their own on the real server. */
export async function openPostgresRig(pools: readonly PoolSpec[], poolMax = 34): Promise<PostgresRig> {
  const { random, clock } = createDoorKit();
  const fresh = await testDatabase({ template });
  const address: DatabaseAddress = fresh.socket;
  const database = databaseOn(address, { poolMax, statementTimeoutMs: 10_000 });
  const nodes = createNodeStore(database);
  await nodes.register({ id: NODE, publicKey: keyOf(0), endpoint: '192.0.2.1:51820', pools });
  return {
    store: createAccessStore({
      database,
      allocator: createAddressAllocator(random),
      enqueueIn,
      wake: () => undefined,
    }),
    // Small, so that a few peers already make several pages.
    peers: createPeerStore(database, enqueueIn, 500),
    users: createUserStore(database),
    nodes,
    counters: createCounterStore(database),
    quarantine: createReconcileStore(database),
    inbox: createInbox(database),
    now: clock.now,
    uuid: random.uuid,
    async jobs() {
      const rows = await fresh.admin`select job from public.jobs order by id`;
      return rows.map((row) => row.job as NewJob);
    },
    someoneWaits: () =>
      eventually(async () => {
        const waiting = await fresh.admin`
          select from pg_stat_activity where datname = ${fresh.name} and wait_event_type = 'Lock'`;
        return waiting.length > 0;
      }),
    admin: fresh.admin,
    async deadlocks() {
      await database.close(1000);
      const [row] = await fresh.admin`
        select deadlocks::int from pg_stat_database where datname = ${fresh.name}`;
      return Number(row?.deadlocks);
    },
    async close() {
      await database.close(1000);
      await fresh.drop();
    },
  };
}
