import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { integer, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import { type Database, toSqlExecutor } from '../../../../src/server/adapters/postgres/client.ts';
import { databaseOn } from '../../../support/database.ts';
import { eventually } from '../../../support/eventually.ts';
import { failureOf } from '../../../support/failures.ts';
import { type TestDatabase, testDatabase } from '../../../support/postgres.ts';

// The first test of a process pays for the server, on a machine that may be busy.
setDefaultTimeout(20_000);

const things = pgTable('things', {
  id: integer().primaryKey(),
  name: text(),
  at: timestamp({ withTimezone: true }),
  data: jsonb(),
  tags: text().array(),
});

let place: TestDatabase;
let database: Database;

beforeAll(async () => {
  place = await testDatabase();
  await place.admin.unsafe(
    'CREATE TABLE things (id int PRIMARY KEY, name text, at timestamptz, data jsonb, tags text[])',
  );
  database = databaseOn(place.socket);
  await database.start();
});

afterAll(async () => {
  await database.close(1_000);
  await place.drop();
});

async function sessions(): Promise<readonly Record<string, unknown>[]> {
  return place.admin`SELECT pid, state FROM pg_stat_activity
    WHERE application_name = 'adit' AND datname = ${place.name}`;
}

describe('a database shared by Drizzle and plain SQL', () => {
  const at = new Date('2026-03-04T05:06:07.089Z');

  test('dates, JSON and arrays survive both ways on the same pool', async () => {
    const row = {
      id: 1,
      name: 'a',
      at,
      data: { deep: ['x', 1] },
      tags: ['q"uote', 'back\\slash', 'com,ma', 'NULL', ''],
    };
    await database.transaction((tx) => tx.insert(things).values(row));
    expect(await database.read((drizzle) => drizzle.select().from(things))).toEqual([row]);
    expect(await database.raw.execute('SELECT * FROM things WHERE id = $1', [1])).toEqual([row]);

    const other = { ...row, id: 2 };
    const values = [other.id, other.name, other.at, other.data, other.tags];
    await database.raw.execute('INSERT INTO things VALUES ($1, $2, $3, $4, $5)', values);
    const found = await database.raw.execute('SELECT * FROM things WHERE id = ANY($1::int[]) AND at = $2', [
      [2],
      at,
    ]);
    expect(found).toEqual([other]);
  });

  test('null elements and nested arrays are read', async () => {
    const [row] = await database.raw.execute(`SELECT ARRAY[1, NULL, 3] AS flat, ARRAY[[1,2],[3,4]] AS nested,
      ARRAY[]::text[] AS none, ARRAY['2026-01-02 03:04:05+00'::timestamptz] AS dates`);
    expect(row).toMatchObject({
      flat: [1, null, 3],
      nested: [
        [1, 2],
        [3, 4],
      ],
      none: [],
    });
  });

  test('an open transaction can be handed on as plain SQL and ends with it', async () => {
    const leaked = await database.transaction(async (tx) => {
      const executor = toSqlExecutor(tx);
      await executor.execute('INSERT INTO things (id, name) VALUES ($1, $2)', [10, 'in']);
      expect(await executor.execute('SELECT name FROM things WHERE id = 10')).toEqual([{ name: 'in' }]);
      return executor;
    });
    expect((await failureOf(leaked.execute('SELECT 1'))).message).toContain('after its end');
  });

  test('every session has its guards and its name', async () => {
    const [row] = await database.raw.execute(`SELECT current_setting('statement_timeout') AS statement,
      current_setting('idle_in_transaction_session_timeout') AS idle, current_setting('lock_timeout') AS lock,
      current_setting('application_name') AS name`);
    expect(row).toEqual({ statement: '5s', idle: '5s', lock: '4s', name: 'adit' });
  });

  test('a text of several statements runs whole, and one that fails leaves no transaction open', async () => {
    const rows = await database.raw.batch('BEGIN; SELECT 1 AS n; COMMIT; SELECT 2 AS n');
    expect(rows).toEqual([{ n: 2 }]);
    await failureOf(database.raw.batch('BEGIN; SELECT 1; SELECT nonsense; COMMIT'));
    expect((await sessions()).filter(({ state }) => state !== 'idle')).toEqual([]);
  });
});

describe('failures are translated once', () => {
  test('a broken unique constraint is a conflict that names it', async () => {
    await database.raw.execute('INSERT INTO things (id) VALUES (20)');
    const inDrizzle = await failureOf(database.transaction((tx) => tx.insert(things).values({ id: 20 })));
    expect(inDrizzle).toMatchObject({
      code: 'conflict',
      details: { constraint: 'things_pkey', sqlstate: '23505' },
    });
    const inRaw = await failureOf(database.raw.execute('INSERT INTO things (id) VALUES (20)'));
    expect(inRaw.code).toBe('conflict');
  });

  test('a slow statement is a timeout, a lock that stays taken is unavailable', async () => {
    const quick = databaseOn(place.socket, { statementTimeoutMs: 300 });
    expect((await failureOf(quick.raw.execute('SELECT pg_sleep(5)'))).code).toBe('timeout');
    const holder = await database.raw.reserve();
    await holder.execute('SELECT pg_advisory_lock(77)');
    const locked = await failureOf(quick.raw.execute('SELECT pg_advisory_lock(77)'));
    expect(locked).toMatchObject({ code: 'unavailable', details: { sqlstate: '55P03' } });
    await holder.release();
    await quick.close(1_000);
  });

  test('a failed statement that was swallowed cannot pass as a commit', async () => {
    const failure = await failureOf(
      database.transaction(async (tx) => {
        await tx.insert(things).values({ id: 30 });
        await tx.execute(sql`SELECT nonsense`).catch(() => {});
      }),
    );
    expect(failure.message).toContain('nothing was committed');
    expect(await database.raw.execute('SELECT 1 FROM things WHERE id = 30')).toEqual([]);
  });

  test('A2: an unreachable server is one error with the place, the advice, and never the password', async () => {
    const nobody = databaseOn({
      host: '127.0.0.1',
      port: 9,
      database: 'shop',
      user: 'ann',
      password: 'hunter2',
    });
    const failure = await failureOf(nobody.start());
    expect(failure.code).toBe('unavailable');
    for (const part of ['127.0.0.1', '9', 'shop', 'ann', 'ECONNREFUSED', 'DATABASE_URL']) {
      expect(failure.message).toContain(part);
    }
    expect(JSON.stringify(failure.details) + failure.message).not.toContain('hunter2');
    await nobody.close(0);
  });

  test('A2: a database that does not exist is named, too', async () => {
    const failure = await failureOf(databaseOn({ ...place.socket, database: 'nowhere' }).start());
    expect(failure.message).toContain('"nowhere" does not exist');
  });
});

describe('F-D2: nested use of the pool', () => {
  const inside = {
    'a transaction': () => database.transaction(async () => 1),
    'a read': () => database.read(async () => 1),
    'plain SQL': () => database.raw.execute('SELECT 1'),
    'a batch': () => database.raw.batch('SELECT 1'),
    'a reservation': () => database.raw.reserve(),
  };
  for (const [name, use] of Object.entries(inside)) {
    test(`${name} inside a transaction is refused at once`, async () => {
      const failure = await failureOf(database.transaction(async () => use()));
      expect(failure).toMatchObject({ code: 'internal' });
      expect(failure.message).toContain('nested use of the pool');
    });
  }

  test('inside a read it is refused as well', async () => {
    const failure = await failureOf(database.read(() => database.raw.execute('SELECT 1')));
    expect(failure.message).toContain('nested use of the pool');
  });

  test('Drizzle has no transaction of its own in here', async () => {
    const failure = await failureOf(database.transaction((tx) => tx.transaction(async () => 1)));
    expect(failure.message).toContain('nested use of the pool');
  });

  test('work started inside but living longer may use the pool after the end', async () => {
    const gate = Promise.withResolvers<void>();
    const later = await database.transaction(async () => ({
      answer: gate.promise.then(() => database.raw.execute('SELECT 1 AS n')),
    }));
    gate.resolve();
    expect(await later.answer).toEqual([{ n: 1 }]);
  });
});

describe('F-D3: nothing stays behind', () => {
  test('a thousand transactions that throw leave no session in a transaction', async () => {
    const tries = Array.from({ length: 1_000 }, (_, i) =>
      database.transaction(async (tx) => {
        await tx.insert(things).values({ id: 100_000 + i });
        throw new Error('changed my mind');
      }),
    );
    const ends = await Promise.allSettled(tries);
    expect(ends.every(({ status }) => status === 'rejected')).toBe(true);
    expect((await sessions()).filter(({ state }) => state !== 'idle')).toEqual([]);
    expect(await database.raw.execute('SELECT 1 FROM things WHERE id >= 100000')).toEqual([]);
    expect(database.stats()).toMatchObject({ in_use: 0, waiting: 0 });
  });

  test('an aborted caller is told at once, and its connection comes back clean', async () => {
    const aborts = Array.from({ length: 200 }, async (_, i) => {
      const controller = new AbortController();
      const work = database.transaction(
        async (tx) => {
          await tx.insert(things).values({ id: 200_000 + i });
          controller.abort(new Error('viewer left'));
          await tx.execute(sql`SELECT pg_sleep(0.02)`);
        },
        { signal: controller.signal },
      );
      return failureOf(work);
    });
    const failures = await Promise.all(aborts);
    expect(new Set(failures.map(({ message }) => message))).toEqual(new Set(['viewer left']));
    await eventually(() => expect(database.stats()).toMatchObject({ in_use: 0, waiting: 0 }));
    expect((await sessions()).filter(({ state }) => state !== 'idle')).toEqual([]);
    expect(await database.raw.execute('SELECT 1 FROM things WHERE id >= 200000')).toEqual([]);
  });

  test('a process killed in the middle of a transaction leaves no lock', async () => {
    await place.admin.unsafe('CREATE TABLE held AS SELECT 1 AS id, 1 AS n');
    const program = join(import.meta.dir, '../../../support/open-transaction-process.ts');
    const env = { ...process.env, ADDRESS: JSON.stringify(place.socket) };
    const child = Bun.spawn([process.execPath, program], { env, stdout: 'pipe', stderr: 'inherit' });
    await child.stdout.getReader().read();
    child.kill('SIGKILL');
    await database.raw.execute('UPDATE held SET n = n + 10 WHERE id = 1');
    expect(await database.raw.execute('SELECT n FROM held')).toEqual([{ n: 11 }]);
  });

  test('a transaction that never ends is ended, and its place is free again', async () => {
    const small = databaseOn(place.socket, { poolMax: 1, statementTimeoutMs: 200 });
    const failure = await failureOf(small.transaction(() => new Promise(() => {})));
    expect(failure).toMatchObject({ code: 'timeout', details: { reason: 'transaction_deadline' } });
    expect(await small.raw.execute('SELECT 1 AS n')).toEqual([{ n: 1 }]);
    await small.close(1_000);
  });
});

describe('close', () => {
  test('waits for work in hand, refuses new work, and leaves no session', async () => {
    const own = databaseOn(place.socket);
    const slow = own.raw.execute(
      `SELECT pg_sleep(0.2), 'done' AS said, set_config('application_name', 'x', false)`,
    );
    await eventually(() => expect(own.stats().in_use).toBe(1));
    const closed = own.close(5_000);
    expect((await failureOf(own.raw.execute('SELECT 1'))).code).toBe('unavailable');
    expect(await slow).toMatchObject([{ said: 'done' }]);
    await closed;
    await own.close(0);
  });

  test('in the middle of a start leaves no session either', async () => {
    const own = databaseOn({ ...place.socket, database: place.name }, { poolMin: 6 });
    const starting = own.start().catch(() => {});
    await own.close(0);
    await starting;
    await database.close(1_000);
    await eventually(async () => expect(await sessions()).toEqual([]));
  });

  test('drops what does not end in time', async () => {
    const own = databaseOn(place.socket);
    const endless = failureOf(own.raw.execute('SELECT pg_sleep(4)'));
    await eventually(() => expect(own.stats().in_use).toBe(1));
    await own.close(100);
    expect((await endless).code).toBe('unavailable');
  });
});
