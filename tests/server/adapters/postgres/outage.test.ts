import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import type { Database } from '../../../../src/server/adapters/postgres/client.ts';
import type { AppError } from '../../../../src/server/core/errors.ts';
import { isPassing } from '../../../../src/server/core/errors.ts';
import { databaseOn } from '../../../support/database.ts';
import { eventually } from '../../../support/eventually.ts';
import { failureOf, timeOf } from '../../../support/failures.ts';
import { startFaultyProxy } from '../../../support/faulty-proxy.ts';
import { startTestServer, type TestServer } from '../../../support/postgres-server.ts';

// The first test of a process pays for the server, on a machine that may be busy.
setDefaultTimeout(20_000);

let server: TestServer;
const address = () => ({ host: server.socketFolder, port: server.port, database: 'postgres', user: 'adit' });

beforeAll(async () => {
  server = await startTestServer({ synchronous_commit: 'on' });
  await administer((admin) => admin`CREATE TABLE effects (id int PRIMARY KEY)`);
});
afterAll(() => server.dispose());

async function administer<T>(work: (admin: postgres.Sql) => Promise<T>): Promise<T> {
  const admin = postgres({ ...address(), max: 1, onnotice: () => {} });
  return work(admin).finally(() => admin.end({ timeout: 1 }));
}

/** Writes numbered effects over and over; each is tried until it is known to be done. */
function keepWriting(database: Database, from: number) {
  let next = from;
  let running = true;
  const failures: AppError[] = [];
  async function write(): Promise<void> {
    while (running) {
      const id = next++;
      for (let known = false; !known && running; ) known = await tryOnce(id);
    }
  }
  async function tryOnce(id: number): Promise<boolean> {
    try {
      await database.transaction(async (tx) => {
        await tx.execute(sql`INSERT INTO effects VALUES (${id})`);
      });
      return true;
    } catch (error) {
      const failure = error as AppError;
      // Committed, though the answer was lost: the effect is there once, which is what counts.
      if (failure.code === 'conflict') return true;
      failures.push(failure);
      return false;
    }
  }
  const writers = Array.from({ length: 6 }, write);
  return {
    failures,
    async stop() {
      running = false;
      await Promise.all(writers);
      return next - from;
    },
  };
}

describe('F-D5: the server restarts under load', () => {
  for (const [how, signal] of [
    ['fast', 'SIGINT'],
    ['immediate', 'SIGQUIT'],
    ['kill -9', 'SIGKILL'],
  ] as const) {
    test(`${how}, five times: every effect once, back within 5 s, users hear "try again"`, async () => {
      await administer((admin) => admin`TRUNCATE effects`);
      const database = databaseOn(address());
      await database.start();
      const load = keepWriting(database, 0);
      for (let round = 0; round < 5; round += 1) {
        await server.kill(signal);
        expect((await failureOf(database.raw.execute('SELECT 1'))).code).toBe('unavailable');
        await server.start();
        const back = timeOf(
          eventually(() => database.raw.execute('SELECT 1'), { withinMs: 10_000, everyMs: 5 }),
        );
        expect(await back).toBeLessThan(5_000);
        expect(database.health().reachable).toBe(true);
      }
      const asked = await load.stop();
      expect(load.failures.filter((failure) => !isPassing(failure))).toEqual([]);
      const [row] = await administer((admin) => admin`SELECT count(*)::int AS n FROM effects`);
      expect(asked).toBeGreaterThan(50);
      expect(Number(row?.n)).toBeGreaterThan(asked - 7);
      await eventually(() => expect(database.stats()).toMatchObject({ in_use: 0, waiting: 0 }));
      await database.close(1_000);
    }, 40_000);
  }
});

describe('F-L12: connections are cut all the time', () => {
  test('RST every 100 ms, terminated every 100 ms: no crash, every effect once', async () => {
    await administer((admin) => admin`TRUNCATE effects`);
    const proxy = await startFaultyProxy({ host: '127.0.0.1', port: server.port });
    const database = databaseOn({ ...address(), host: proxy.host, port: proxy.port });
    const load = keepWriting(database, 0);
    await administer(async (admin) => {
      for (let round = 0; round < 20; round += 1) {
        await admin`SELECT pg_sleep(0.1)`;
        if (round % 2 === 0) proxy.reset();
        else
          await admin`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'adit'`;
      }
    });
    const asked = await load.stop();
    expect(load.failures.filter((failure) => !isPassing(failure))).toEqual([]);
    expect(load.failures.length).toBeGreaterThan(0);
    const [row] = await administer((admin) => admin`SELECT count(*)::int AS n FROM effects`);
    expect(Number(row?.n)).toBeGreaterThan(asked - 7);
    await eventually(() => expect(database.stats()).toMatchObject({ in_use: 0, waiting: 0 }));
    await database.close(1_000);
    await proxy.close();
  }, 30_000);
});

describe('half-open connections', () => {
  test('a question without an answer is a timeout, its place comes back, the next one is served', async () => {
    const proxy = await startFaultyProxy({ host: '127.0.0.1', port: server.port });
    const limits = { poolMax: 4, statementTimeoutMs: 500 };
    const database = databaseOn({ ...address(), host: proxy.host, port: proxy.port }, limits);
    await Promise.all(Array.from({ length: 4 }, () => database.raw.execute('SELECT pg_sleep(0.05)')));
    proxy.halfOpen();
    const questions = Array.from({ length: 4 }, () =>
      database.transaction((tx) => tx.execute(sql`SELECT 1`)),
    );
    const took = await timeOf(Promise.allSettled(questions));
    for (const one of questions) expect((await failureOf(one)).code).toBe('timeout');
    expect(took).toBeLessThan(2_500);
    expect(database.health().reachable).toBe(false);
    expect(await database.raw.execute('SELECT 1 AS n')).toEqual([{ n: 1 }]);
    expect(database.health().reachable).toBe(true);
    expect(database.stats()).toMatchObject({ in_use: 0, waiting: 0 });
    await database.close(1_000);
    await proxy.close();
  }, 15_000);

  test('the keeper finds a silent idle connection before a user does, and tells who keeps one', async () => {
    const proxy = await startFaultyProxy({ host: '127.0.0.1', port: server.port });
    const database = databaseOn({ ...address(), host: proxy.host, port: proxy.port }, { poolMin: 3 });
    await database.start();
    const reserved = await database.raw.reserve();
    expect(database.stats()).toMatchObject({ idle: 2, in_use: 1 });
    proxy.halfOpen();
    await reserved.lost;
    await eventually(() => expect(proxy.made()).toBeGreaterThanOrEqual(5), { withinMs: 10_000 });
    await eventually(() => expect(database.stats().idle).toBe(2), { withinMs: 10_000 });
    expect(await timeOf(database.raw.execute('SELECT 1'))).toBeLessThan(500);
    await reserved.release();
    await database.close(1_000);
    await proxy.close();
  }, 30_000);

  test('the keeper leaves a long statement alone', async () => {
    const database = databaseOn(address());
    await database.start();
    const transaction = database.transaction((tx) => tx.execute(sql`SELECT pg_sleep(4)`));
    await Promise.all([transaction, database.raw.execute('SELECT pg_sleep(4)')]);
    await database.close(1_000);
  }, 15_000);

  test('who holds a reserved connection learns that it is lost', async () => {
    const proxy = await startFaultyProxy({ host: '127.0.0.1', port: server.port });
    const database = databaseOn({ ...address(), host: proxy.host, port: proxy.port });
    const reserved = await database.raw.reserve();
    await reserved.execute('SELECT pg_advisory_lock(5)');
    proxy.reset();
    await reserved.lost;
    expect((await failureOf(reserved.execute('SELECT 1'))).code).toBe('unavailable');
    await reserved.release();
    expect(database.stats().in_use).toBe(0);
    await database.close(1_000);
    await proxy.close();
  });

  test('a server that accepts and says nothing is given up; one that hangs up at once does not spin', async () => {
    const proxy = await startFaultyProxy({ host: '127.0.0.1', port: server.port });
    const database = databaseOn({ ...address(), host: proxy.host, port: proxy.port });
    proxy.refuse();
    expect((await failureOf(database.raw.execute('SELECT 1'))).code).toBe('unavailable');
    proxy.halfOpen({ alsoNew: true });
    expect(isPassing(await failureOf(database.raw.execute('SELECT 1')))).toBe(true);
    proxy.heal();
    await eventually(() => database.raw.execute('SELECT 1'));
    await database.close(1_000);
    await proxy.close();
  }, 20_000);
});
