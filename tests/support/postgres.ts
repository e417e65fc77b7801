import postgres from 'postgres';
import { parseDatabaseUrl } from '../../src/server/adapters/postgres/address.ts';
import { migrate } from '../../src/server/adapters/postgres/migrate.ts';
import { MIGRATIONS } from '../../src/server/adapters/postgres/migrations.ts';
import { systemClock } from '../../src/server/adapters/system/clock.ts';
import { silentLog } from './door-kit.ts';
import { startTestServer, type TestServer } from './postgres-server.ts';

/** A database made once a process; every database of a test that names it is a copy (60–100 ms). */
export interface Template {
  /** Lower-case letters, digits and `_`. */
  readonly name: string;
  /** Fills the empty database. Must leave no session open: PostgreSQL copies only a database nobody uses. */
  readonly prepare: (url: string) => Promise<void>;
}

export interface TestDatabase {
  readonly name: string;
  /** By TCP, for programs that take a DATABASE_URL. */
  readonly url: string;
  /** Options for postgres.js by the unix socket. */
  readonly socket: {
    readonly host: string;
    readonly port: number;
    readonly database: string;
    readonly user: string;
  };
  /** A client beside the one under test, e.g. to look into pg_stat_activity or to terminate sessions. */
  readonly admin: postgres.Sql;
  /** Ends every session in it and removes it. Repeating is safe. */
  drop(): Promise<void>;
}

let shared: Promise<TestServer> | undefined;
const templates = new Map<string, Promise<string>>();
let counter = 0;

/**
 * The one server of this process, started on first use and gone with the process. A test that times out takes
 * the programs it started along, so a server that has gone is followed by a new one.
 */
export async function testServer(): Promise<TestServer> {
  const current = shared;
  const server = await current?.catch(() => undefined);
  if (server?.running()) return server;
  if (shared === undefined || shared === current) {
    templates.clear();
    shared = startTestServer();
  }
  return shared;
}

/** Adit's own schema, as a start of the program leaves it. */
const MIGRATED: Template = {
  name: 'adit_migrated',
  async prepare(url) {
    const address = parseDatabaseUrl(url);
    await migrate({ address, files: MIGRATIONS, clock: systemClock, log: silentLog() });
  },
};

export interface TestDatabaseOptions {
  readonly template?: Template;
  /** Shorthand for the template with all of Adit's migrations applied. */
  readonly migrated?: boolean;
}

/** A fresh database of the shared server: empty, or a copy of a template. Drop it when done. */
export async function testDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const server = await testServer();
  const template = options.migrated === true ? MIGRATED : options.template;
  const source = template === undefined ? 'template1' : await templateOf(server, template);
  const name = `test_${++counter}`;
  await administer(server, `CREATE DATABASE ${name} TEMPLATE ${source}`);
  return describe(server, name);
}

function describe(server: TestServer, name: string): TestDatabase {
  const socket = { host: server.socketFolder, port: server.port, database: name, user: 'adit' };
  const admin = postgres({ ...socket, max: 2, onnotice: () => {} });
  return {
    name,
    url: server.url(name),
    socket,
    admin,
    async drop() {
      await admin.end({ timeout: 1 });
      await administer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

function templateOf(server: TestServer, template: Template): Promise<string> {
  const known = templates.get(template.name);
  if (known !== undefined) return known;
  const made = makeTemplate(server, template);
  templates.set(template.name, made);
  return made;
}

async function makeTemplate(server: TestServer, template: Template): Promise<string> {
  const name = `template_${template.name}`;
  await administer(server, `CREATE DATABASE ${name}`);
  await template.prepare(server.url(name));
  return name;
}

async function administer(server: TestServer, text: string): Promise<void> {
  const options = { host: server.socketFolder, port: server.port, database: 'postgres', user: 'adit' };
  const sql = postgres({ ...options, max: 1, onnotice: () => {} });
  await sql.unsafe(text).finally(() => sql.end({ timeout: 1 }));
}
