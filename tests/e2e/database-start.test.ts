/** A database that is not there yet, is the wrong one, or meets six programs at once. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { MIGRATIONS } from '../../src/server/adapters/postgres/migrations.ts';
import { type AditProcess, startAdit } from '../support/adit-process.ts';
import { BINARY } from '../support/adit-rig.ts';
import { eventually } from '../support/eventually.ts';
import { here } from '../support/place.ts';
import { startTestServer, type TestServer } from '../support/postgres-server.ts';

const PASSWORD = 'p4ssword-nobody-may-see';

let folder: string;
let server: TestServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adit-database-start-'));
  server = await startTestServer();
}, 60_000);
afterAll(async () => {
  await server.dispose();
  await rm(folder, { recursive: true, force: true });
}, 30_000);

const urlOf = (database: string, user = 'adit') =>
  `postgres://${user}:${PASSWORD}@127.0.0.1:${server.port}/${database}`;

function run(verb: string, database: string, more: Readonly<Record<string, string>> = {}): AditProcess {
  const env = {
    PATH: process.env.PATH ?? '',
    STATE_DIR: join(folder, database),
    DATABASE_URL: urlOf(database),
    WG_BACKEND: 'memory',
    HTTP_PORT: '0',
    LOG_FORMAT: 'json',
    ...more,
  };
  return startAdit(here, [BINARY, ...verb.split(' ')], { cwd: folder, env });
}

async function withDatabase<T>(database: string, look: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(server.url(database), { max: 1, onnotice: () => {} });
  return look(sql).finally(() => sql.end({ timeout: 1 }));
}

const makeDatabase = (name: string) =>
  withDatabase('postgres', (sql) => sql.unsafe(`create database ${name}`));

test('F-D6: six programs that migrate an empty database at once all end well, and each file is applied once', async () => {
  await makeDatabase('six');
  const six = Array.from({ length: 6 }, () => run('migrate', 'six'));
  expect(await Promise.all(six.map((each) => each.exited))).toEqual([0, 0, 0, 0, 0, 0]);
  const saying = (words: string) => six.filter((each) => each.output().includes(words));
  expect([saying('applied ').length, saying('nothing to do').length]).toEqual([1, 5]);
  const journal = await withDatabase(
    'six',
    (sql) => sql`select name from adit_journal.migrations order by 1`,
  );
  expect(journal.map((row) => row.name)).toEqual(MIGRATIONS.map((each) => each.name).sort());

  const again = run('migrate', 'six');
  expect(await again.exited).toBe(0);
  expect(again.output()).toContain('nothing to do');
}, 60_000);

test('F-J10, A2: a start while the database is down says so once and is ready when it comes up', async () => {
  await makeDatabase('late');
  await server.kill('SIGINT');
  const adit = run('serve', 'late');
  const complaints = () => adit.lines().filter((line) => String(line.msg).includes('Trying again'));
  await eventually(() => complaints().length === 1, { withinMs: 10_000 });
  await server.start();
  await adit.ready();
  expect(complaints().length).toBe(1);
  expect(adit.output()).not.toContain(PASSWORD);
  expect(await adit.kill('SIGTERM')).toBe(0);
}, 60_000);

test('A2: a database or a user that does not exist is one clear error at once, without the password', async () => {
  const noDatabase = run('serve', 'nowhere');
  const noUser = run('serve', 'postgres', {
    DATABASE_URL: urlOf('postgres', 'somebody'),
    STATE_DIR: join(folder, 'somebody'),
  });
  expect(await Promise.all([noDatabase.exited, noUser.exited])).toEqual([1, 1]);
  for (const [adit, what] of [
    [noDatabase, 'database "nowhere"'],
    [noUser, 'user "somebody"'],
  ] as const) {
    const errors = adit
      .output()
      .split('\n')
      .filter((line) => line.startsWith('adit: '));
    expect(errors.length).toBe(1);
    for (const part of ['host "127.0.0.1"', `port ${server.port}`, what]) expect(errors[0]).toContain(part);
    expect(adit.output()).not.toContain(PASSWORD);
  }
}, 30_000);

test('doctor and status answer in JSON, and say by their exit code how things are', async () => {
  await makeDatabase('asked');
  const doctor = run('doctor --json', 'asked');
  expect(await doctor.exited).toBe(0);
  const report = JSON.parse(doctor.output()) as { checks: { name: string; state: string; found: string }[] };
  const stateOf = (name: string) => report.checks.find((each) => each.name === name)?.state;
  expect([stateOf('PostgreSQL'), stateOf('State folder'), stateOf('Telegram')]).toEqual(['ok', 'ok', 'warn']);

  const sick = run('doctor --json', 'nowhere');
  expect(await sick.exited).toBe(1);
  expect(sick.output()).toContain('database \\"nowhere\\"');
  expect(doctor.output() + sick.output()).not.toContain(PASSWORD);

  const adit = run('serve', 'asked');
  await adit.ready();
  const status = run('status --json', 'asked', { HTTP_PORT: String(adit.port()) });
  expect(await status.exited).toBe(0);
  const { sections } = JSON.parse(status.output()) as { sections: { title: string; lines: unknown[] }[] };
  expect(sections.find((each) => each.title === 'Service')?.lines).toEqual([
    { label: 'ready', value: 'yes', state: 'ok' },
  ]);
  expect(await adit.kill('SIGTERM')).toBe(0);
  const gone = run('status --json', 'asked', { HTTP_PORT: '9' });
  expect(await gone.exited).toBe(1);
}, 60_000);
