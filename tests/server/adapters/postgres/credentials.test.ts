import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { databaseOn } from '../../../support/database.ts';
import { eventually } from '../../../support/eventually.ts';
import { failureOf } from '../../../support/failures.ts';
import { startTestServer, type TestServer } from '../../../support/postgres-server.ts';

// The first test of a process pays for the server, on a machine that may be busy.
setDefaultTimeout(20_000);

let server: TestServer;
const ann = (password: string, database = 'postgres') =>
  databaseOn({ host: server.host, port: server.port, user: 'ann', database, password });

beforeAll(async () => {
  server = await startTestServer();
  const admin = postgres({
    host: server.socketFolder,
    port: server.port,
    user: 'adit',
    database: 'postgres',
    max: 1,
  });
  await admin.unsafe(`CREATE ROLE ann LOGIN PASSWORD 'hunter2'`);
  const rules = 'local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n';
  writeFileSync(join(server.folder, 'data/pg_hba.conf'), rules);
  await admin`SELECT pg_reload_conf()`;
  await admin.end();
  await eventually(async () =>
    expect((await failureOf(ann('wrong').start())).message).toContain('authentication'),
  );
});
afterAll(() => server.dispose());

describe('a server that asks for a password', () => {
  test('lets us in with the right one', async () => {
    const database = ann('hunter2');
    await database.start();
    expect(await database.raw.execute('SELECT current_user::text AS me')).toEqual([{ me: 'ann' }]);
    await database.close(1_000);
  });

  test('A2: the wrong one is an error of the operator, not worth waiting, and not repeated', async () => {
    const failure = await failureOf(ann('hunter3').start());
    expect(failure.code).toBe('invalid');
    expect(failure.message).toContain('password authentication failed for user "ann"');
    expect(Bun.inspect(failure)).not.toContain('hunter');
  });

  test('A2: so is a database that is not there', async () => {
    const failure = await failureOf(ann('hunter2', 'nowhere').start());
    expect(failure).toMatchObject({ code: 'invalid' });
    expect(failure.message).toContain('"nowhere"');
  });
});
