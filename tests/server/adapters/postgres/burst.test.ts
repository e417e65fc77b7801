import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { type Database, toSqlExecutor } from '../../../../src/server/adapters/postgres/client.ts';
import { databaseOn } from '../../../support/database.ts';
import { eventually } from '../../../support/eventually.ts';
import { failureOf, timeOf } from '../../../support/failures.ts';
import { startTestServer, type TestServer } from '../../../support/postgres-server.ts';

// The first test of a process pays for the server, on a machine that may be busy.
setDefaultTimeout(20_000);

const POOL_MAX = 12;

let server: TestServer;
let admin: postgres.Sql;
const address = () => ({ host: server.socketFolder, port: server.port, database: 'postgres', user: 'adit' });

beforeAll(async () => {
  server = await startTestServer({ max_connections: '30' });
  admin = postgres({ ...address(), max: 1, onnotice: () => {} });
  await admin`CREATE TABLE counters (id int PRIMARY KEY, n int NOT NULL)`;
  await admin`INSERT INTO counters VALUES (1, 0), (2, 0)`;
});
afterAll(async () => {
  await admin.end();
  await server.dispose();
});

/** Watches pg_stat_activity as fast as it answers, and says the most it saw for each application name. */
function watchSessions() {
  let watching = true;
  let most = 0;
  const done = (async () => {
    while (watching) {
      const [row] =
        await admin`SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'adit'`;
      most = Math.max(most, Number(row?.n));
    }
  })();
  return async () => {
    watching = false;
    await done;
    return most;
  };
}

const addOne = (database: Database) => () =>
  database.transaction(async (tx) => {
    await tx.execute(sql`UPDATE counters SET n = n + 1 WHERE id = 1`);
  });

describe('F-D1: a burst against a small server', () => {
  test('1,000 transactions of two instances never go over their budgets, and all are done', async () => {
    const instances = [
      databaseOn(address(), { poolMax: POOL_MAX }),
      databaseOn(address(), { poolMax: POOL_MAX }),
    ];
    const stopWatching = watchSessions();
    await Promise.all(instances.flatMap((one) => Array.from({ length: 500 }, addOne(one))));
    const most = await stopWatching();
    expect(most).toBeGreaterThan(POOL_MAX);
    expect(most).toBeLessThanOrEqual(2 * POOL_MAX);
    expect([...(await admin`SELECT n FROM counters WHERE id = 1`)]).toEqual([{ n: 1_000 }]);
    for (const one of instances) {
      expect(one.stats()).toMatchObject({ in_use: 0, waiting: 0, max: POOL_MAX });
      await one.close(1_000);
    }
  }, 20_000);

  test('who waits too long is told to come again, in time; the others are served in order', async () => {
    const database = databaseOn(address(), { poolMax: 1, acquireTimeoutMs: 300 });
    const held = Promise.withResolvers<void>();
    const holder = database.transaction(() => held.promise);
    await eventually(() => expect(database.stats().in_use).toBe(1));
    const waiter = database.raw.execute('SELECT 1');
    expect(database.stats()).toMatchObject({ in_use: 1, waiting: 1 });
    const waited = timeOf(waiter);
    const failure = await failureOf(waiter);
    expect(failure).toMatchObject({ code: 'unavailable', retryAfterMs: 1_000 });
    expect(failure.details).toMatchObject({ reason: 'pool_wait' });
    expect(await waited).toBeLessThan(700);

    const order: number[] = [];
    const queue = [1, 2, 3].map((n) => database.raw.execute('SELECT 1').then(() => order.push(n)));
    held.resolve();
    await Promise.all([holder, ...queue]);
    expect(order).toEqual([1, 2, 3]);
    await database.close(1_000);
  });

  test('a server that is full says unavailable, and the pool recovers when there is room', async () => {
    const guests = postgres({ ...address(), max: 27 });
    await Promise.all(Array.from({ length: 27 }, () => guests`SELECT pg_sleep(0.05)`));
    const database = databaseOn(address());
    const hogs = await Promise.all([guests.reserve()]);
    const wanted = await Promise.allSettled(
      Array.from({ length: 8 }, () => database.raw.execute('SELECT pg_sleep(0.1)')),
    );
    const refused = wanted.filter((one) => one.status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    for (const { reason } of refused)
      expect(reason).toMatchObject({ code: 'unavailable', details: { sqlstate: '53300' } });
    for (const hog of hogs) hog.release();
    await guests.end();
    await Promise.all(Array.from({ length: 8 }, () => database.raw.execute('SELECT 1')));
    await database.close(1_000);
  });
});

describe('F-D11: storms of 40001 and 40P01', () => {
  test('a deadlock is resolved by running the loser again, each effect once', async () => {
    const database = databaseOn(address());
    await admin`UPDATE counters SET n = 0`;
    const runs: number[] = [];
    const cross = (first: number, second: number, index: number) =>
      database.transaction(async (tx) => {
        runs[index] = (runs[index] ?? 0) + 1;
        await tx.execute(sql`UPDATE counters SET n = n + 1 WHERE id = ${first}`);
        if (runs[index] === 1) await bothInside();
        await tx.execute(sql`UPDATE counters SET n = n + 1 WHERE id = ${second}`);
      });
    const bothInside = meeting(2);
    await Promise.all([cross(1, 2, 0), cross(2, 1, 1)]);
    expect([...(await admin`SELECT n FROM counters ORDER BY id`)]).toEqual([{ n: 2 }, { n: 2 }]);
    expect(runs.toSorted()).toEqual([1, 2]);
    await database.close(1_000);
  }, 15_000);

  test('serialization failures are run again at most three times, then the caller is told', async () => {
    const database = databaseOn(address());
    await admin`UPDATE counters SET n = 0`;
    let runs = 0;
    const failure = await failureOf(
      database.transaction(async (tx) => {
        runs += 1;
        const executor = toSqlExecutor(tx);
        await executor.execute('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
        await executor.execute('SELECT n FROM counters WHERE id = 1');
        await admin`UPDATE counters SET n = n + 100 WHERE id = 1`;
        await executor.execute('UPDATE counters SET n = n + 1 WHERE id = 1');
      }),
    );
    expect(runs).toBe(4);
    expect(failure).toMatchObject({ code: 'unavailable', details: { sqlstate: '40001' } });
    expect([...(await admin`SELECT n FROM counters WHERE id = 1`)]).toEqual([{ n: 400 }]);
    await database.close(1_000);
  });

  test('a storm of them ends with every effect exactly once', async () => {
    const database = databaseOn(address(), { poolMax: 3 });
    await admin`UPDATE counters SET n = 0`;
    const storm = await Promise.allSettled(
      Array.from({ length: 60 }, () =>
        database.transaction(async (tx) => {
          const executor = toSqlExecutor(tx);
          await executor.execute('SET TRANSACTION ISOLATION LEVEL SERIALIZABLE');
          const [row] = await executor.execute('SELECT n FROM counters WHERE id = 1');
          await executor.execute('UPDATE counters SET n = $1 WHERE id = 1', [Number(row?.n) + 1]);
        }),
      ),
    );
    const done = storm.filter(({ status }) => status === 'fulfilled').length;
    expect(done).toBeGreaterThan(20);
    expect([...(await admin`SELECT n FROM counters WHERE id = 1`)]).toEqual([{ n: done }]);
    await database.close(1_000);
  });
});

/** Resolves for all once `count` have come. */
function meeting(count: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let here = 0;
  return () => {
    here += 1;
    if (here === count) resolve();
    return promise;
  };
}
