import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import postgres from 'postgres';
import { type Template, testDatabase, testServer } from './postgres.ts';

// The first test of a process pays for the server, on a machine that may be busy.
setDefaultTimeout(20_000);

const withTable: Template = {
  name: 'support_demo',
  async prepare(url) {
    const sql = postgres(url, { max: 1 });
    await sql`CREATE TABLE thing (id int)`;
    await sql`INSERT INTO thing VALUES (7)`;
    await sql.end();
  },
};

describe('test databases', () => {
  test('each is a copy of its own', async () => {
    const [one, two] = await Promise.all([
      testDatabase({ template: withTable }),
      testDatabase({ template: withTable }),
    ]);
    await one.admin`UPDATE thing SET id = 8`;
    expect([...(await two.admin`SELECT id FROM thing`)]).toEqual([{ id: 7 }]);
    await Promise.all([one.drop(), two.drop()]);
  });

  test('come with the whole schema when asked', async () => {
    const database = await testDatabase({ migrated: true });
    const [row] = await database.admin`SELECT to_regclass('adit.peers') IS NOT NULL AS there`;
    expect(row).toEqual({ there: true });
    await database.drop();
  });

  test('outlive the server they were on: the next one is on a new server', async () => {
    await (await testServer()).kill('SIGKILL');
    const database = await testDatabase({ template: withTable });
    expect([...(await database.admin`SELECT id FROM thing`)]).toEqual([{ id: 7 }]);
    await database.drop();
  });

  test('are reached by TCP too, and are gone after drop', async () => {
    const database = await testDatabase();
    const sql = postgres(database.url, { max: 1, connect_timeout: 2 });
    expect([...(await sql`SELECT current_database() AS name`)]).toEqual([{ name: database.name }]);
    await sql.end();
    await database.drop();
    await database.drop();
    const late = postgres(database.url, { max: 1 });
    expect(late`SELECT 1`.execute()).rejects.toThrow('does not exist');
  });
});
