import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { migrate } from '../../../../src/server/adapters/postgres/migrate.ts';
import { MIGRATIONS, type MigrationFile } from '../../../../src/server/adapters/postgres/migrations.ts';
import { systemClock } from '../../../../src/server/adapters/system/clock.ts';
import { silentLog } from '../../../support/door-kit.ts';
import { failureOf } from '../../../support/failures.ts';
import { type TestDatabase, testDatabase } from '../../../support/postgres.ts';

// The first test of a process pays for the server, on a machine that may be busy.
setDefaultTimeout(20_000);

const FILES: readonly MigrationFile[] = [
  {
    name: '0000_one',
    sql: 'CREATE TABLE one (id int);\n--> statement-breakpoint\nINSERT INTO one VALUES (1);',
  },
  { name: '0001_two', sql: 'CREATE TABLE two AS SELECT id + 1 AS id FROM one' },
];

let place: TestDatabase;
beforeEach(async () => {
  place = await testDatabase();
});
afterEach(() => place.drop());

const run = (files: readonly MigrationFile[], lockWaitMs?: number) =>
  migrate({ address: place.socket, files, clock: systemClock, log: silentLog(), lockWaitMs });

async function journal(): Promise<string[]> {
  const rows = await place.admin<{ name: string }[]>`SELECT name FROM adit_journal.migrations ORDER BY name`;
  return rows.map(({ name }) => name);
}

describe('the embedded list', () => {
  const folder = join(import.meta.dir, '../../../../drizzle');

  test('names every file of drizzle/ in order, with its text', () => {
    const inFolder = readdirSync(folder)
      .filter((name) => name.endsWith('.sql'))
      .sort();
    expect(MIGRATIONS.map(({ name }) => `${name}.sql`)).toEqual(inFolder);
    for (const { name, sql } of MIGRATIONS)
      expect(sql).toBe(readFileSync(join(folder, `${name}.sql`), 'utf8'));
  });

  test('agrees with the journal that generated it', () => {
    const file = join(folder, 'meta/_journal.json');
    expect(existsSync(file)).toBe(true);
    const { entries } = JSON.parse(readFileSync(file, 'utf8')) as { entries: { tag: string }[] };
    expect(MIGRATIONS.map(({ name }) => name)).toEqual(entries.map(({ tag }) => tag));
  });

  test('applies to an empty database, and a second time does nothing', async () => {
    expect(await run(MIGRATIONS)).toEqual(MIGRATIONS.map(({ name }) => name));
    expect(await run(MIGRATIONS)).toEqual([]);
  });
});

describe('migrate', () => {
  test('applies only what is missing', async () => {
    expect(await run(FILES.slice(0, 1))).toEqual(['0000_one']);
    expect(await run(FILES)).toEqual(['0001_two']);
    expect([...(await place.admin`SELECT id FROM two`)]).toEqual([{ id: 2 }]);
  });

  test('F-D6: of six processes on an empty database one migrates, all succeed', async () => {
    const program = join(import.meta.dir, '../../../support/migrate-process.ts');
    const env = { ...process.env, ADDRESS: JSON.stringify(place.socket), FILES: JSON.stringify(FILES) };
    const children = Array.from({ length: 6 }, () =>
      Bun.spawn([process.execPath, program], { env, stdout: 'pipe', stderr: 'inherit' }),
    );
    const said = await Promise.all(
      children.map(async (child) => {
        const text = await new Response(child.stdout).text();
        return { exit: await child.exited, applied: JSON.parse(text) as string[] };
      }),
    );
    expect(said.map(({ exit }) => exit)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(said.flatMap(({ applied }) => applied).sort()).toEqual(['0000_one', '0001_two']);
    expect(said.filter(({ applied }) => applied.length > 0)).toHaveLength(1);
    expect(await journal()).toEqual(['0000_one', '0001_two']);
  }, 20_000);

  test('F-D6: six at once on the version before', async () => {
    await run(FILES.slice(0, 1));
    const applied = await Promise.all(Array.from({ length: 6 }, () => run(FILES)));
    expect(applied.flat()).toEqual(['0001_two']);
  });

  test('a file that fails halfway leaves nothing of itself, and what came before stays', async () => {
    const broken = { name: '0001_broken', sql: 'CREATE TABLE half (id int); SELECT nonsense' };
    const failure = await failureOf(run([FILES[0] as MigrationFile, broken]));
    expect(failure.message).toContain('0001_broken');
    expect(failure.message).toContain('nonsense');
    expect(await journal()).toEqual(['0000_one']);
    expect([...(await place.admin`SELECT to_regclass('half') AS found`)]).toEqual([{ found: null }]);
  });

  test('a database newer than the program is refused', async () => {
    await run(FILES);
    const failure = await failureOf(run(FILES.slice(0, 1)));
    expect(failure).toMatchObject({ code: 'conflict', details: { unknown: ['0001_two'] } });
  });

  test('a changed file that was applied is refused', async () => {
    await run(FILES);
    const changed = FILES.map((file) => ({ ...file, sql: `${file.sql} ` }));
    const failure = await failureOf(
      run([...changed, { name: '0002_more', sql: 'CREATE TABLE more (id int)' }]),
    );
    expect(failure).toMatchObject({ code: 'conflict', details: { changed: ['0000_one', '0001_two'] } });
    expect(await journal()).toEqual(['0000_one', '0001_two']);
  });

  test('waiting for somebody who never finishes ends with a clear error', async () => {
    const key = 0x61646974;
    const holder = await place.admin.reserve();
    await holder`SELECT pg_advisory_lock(${key})`;
    const failure = await failureOf(run(FILES, 200));
    expect(failure.code).toBe('unavailable');
    expect(failure.message).toContain('Another Adit is migrating');
    await holder`SELECT pg_advisory_unlock(${key})`;
    holder.release();
  });
});
