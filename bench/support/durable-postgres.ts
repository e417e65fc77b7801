import postgres from 'postgres';
import { parseDatabaseUrl } from '../../src/server/adapters/postgres/address.ts';
import { serverSettings } from '../../src/server/adapters/postgres/bundled/cluster.ts';
import { migrate } from '../../src/server/adapters/postgres/migrate.ts';
import { MIGRATIONS } from '../../src/server/adapters/postgres/migrations.ts';
import { systemClock } from '../../src/server/adapters/system/clock.ts';
import { silentLog } from '../../tests/support/door-kit.ts';
import { startTestServer, type TestServer } from '../../tests/support/postgres-server.ts';

/** What the test helper turns off for speed is on again: a benchmark of commits wants real commits. */
const DURABLE = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on', autovacuum: 'on' };
const FOLDERS = { socket: '', data: '', dataAside: '', programs: '' };

/** The bundled PostgreSQL with the settings Adit gives it, in a folder of its own, with room for the others' connections. */
export async function startDurablePostgres(
  changes: Readonly<Record<string, string>> = {},
): Promise<TestServer> {
  const { listen_addresses, port, unix_socket_directories, unix_socket_permissions, ...own } = serverSettings(
    FOLDERS as never,
    15,
  );
  return startTestServer({ ...own, ...DURABLE, max_connections: '100', ...changes });
}

/** A new database with Adit's schema: its URL. */
export async function migrated(server: TestServer, name: string): Promise<string> {
  const maker = postgres(server.url('postgres'), { max: 1, onnotice: () => {} });
  await maker.unsafe(`create database ${name}`).finally(() => maker.end());
  const url = server.url(name);
  await migrate({ address: parseDatabaseUrl(url), files: MIGRATIONS, clock: systemClock, log: silentLog() });
  return url;
}
