import postgres from 'postgres';
import { type AditRig, createAditRig } from '../../tests/support/adit-rig.ts';
import type { TestServer } from '../../tests/support/postgres-server.ts';
import { startDurablePostgres } from './durable-postgres.ts';

export const POOL_MAX = 15;
const DATABASE = 'adit_burst';

export interface BurstRig {
  readonly rig: AditRig;
  readonly server: TestServer;
  /** Looks into Adit's database from outside; never counted among its connections. */
  readonly sql: postgres.Sql;
  /** Connections the server sees from Adit. */
  connections(): Promise<number>;
  dispose(): Promise<void>;
}

/** The compiled binary in a namespace with a real interface, over a PostgreSQL whose commits are real. */
export async function createBurstRig(): Promise<BurstRig> {
  const server = await startDurablePostgres();
  const admin = postgres(server.url('postgres'), { max: 2, onnotice: () => {} });
  await admin.unsafe(`create database ${DATABASE}`);
  await admin.unsafe('create role watcher superuser login');
  const watching = { host: server.socketFolder, port: server.port, database: DATABASE, user: 'watcher' };
  const sql = postgres({ ...watching, max: 2, onnotice: () => {} });
  const rig = await createAditRig({
    tunnel: 'userspace',
    env: {
      DATABASE_URL: databaseUrl(server, DATABASE),
      DB_POOL_MAX: String(POOL_MAX),
      LOG_LEVEL: 'info',
    },
  });
  return {
    rig,
    server,
    sql,
    async connections() {
      const [row] = await admin<{ count: number }[]>`
        select count(*)::int from pg_stat_activity where datname = ${DATABASE} and usename = 'adit'`;
      return row?.count ?? 0;
    },
    async dispose() {
      await rig[Symbol.asyncDispose]();
      await Promise.all([sql.end(), admin.end()]);
      await server.dispose();
    },
  };
}

/** A unix socket is the same file in every network namespace. */
export function databaseUrl(server: TestServer, database: string): string {
  return `postgres://adit@localhost:${server.port}/${database}?host=${server.socketFolder}`;
}
