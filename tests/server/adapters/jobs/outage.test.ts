import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { createJobs } from '../../../../src/server/adapters/jobs/jobs.ts';
import type { Database } from '../../../../src/server/adapters/postgres/client.ts';
import { AppError } from '../../../../src/server/core/errors.ts';
import type { HeldJob } from '../../../../src/server/core/ports/jobs.ts';
import { databaseOn } from '../../../support/database.ts';
import { eventually } from '../../../support/eventually.ts';
import { jobsDefaults } from '../../../support/jobs-rig.ts';
import { startTestServer, type TestServer } from '../../../support/postgres-server.ts';

// The first test of a process waits for its PostgreSQL too, on a machine that may be busy.
setDefaultTimeout(30_000);

let server: TestServer;
let database: Database;
beforeAll(async () => {
  // Commits must outlive the kill, or the test would blame the runner.
  server = await startTestServer({ synchronous_commit: 'on' });
  database = databaseOn({
    host: server.socketFolder,
    port: server.port,
    database: 'postgres',
    user: 'adit',
  });
});
afterAll(async () => {
  await database.close(0);
  await server.dispose();
});

test('F-J10: start while the database is down says unavailable; later the same runner starts', async () => {
  const jobs = createJobs({ ...jobsDefaults(), database: database.raw });
  await server.kill('SIGKILL');
  const failure = await jobs.start().catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(AppError);
  expect((failure as AppError).code).toBe('unavailable');
  await server.start();
  await eventually(() => jobs.start().then(() => true));
  await jobs.stop({ graceMs: 0 });
});

test('F-D5: jobs held and loops running over a restart of the database go on by themselves', async () => {
  const jobs = createJobs({ ...jobsDefaults(), database: database.raw });
  const held: (() => Promise<void>)[] = [];
  jobs.work('apply-peer', { batchSize: 10, maxHeld: 10 }, async (batch) => {
    held.push(...batch.map((job) => job.complete));
  });
  await eventually(() => jobs.start().then(() => true));
  await jobs.enqueue([{ kind: 'apply-peer', data: { peerId: 'a' } }]);
  await eventually(() => held.length === 1);
  await server.kill('SIGQUIT');
  const completing = Promise.all(held.map((complete) => complete()));
  await eventually(() => jobs.loops().some((loop) => loop.failuresInRow > 0));
  await server.start();
  const up = performance.now();
  await completing;
  await eventually(() => jobs.enqueue([{ kind: 'apply-peer', data: { peerId: 'b' } }]).then(() => true));
  await eventually(() => held.length === 2);
  expect(performance.now() - up).toBeLessThan(5_000);
  await held[1]?.();
  await eventually(() => jobs.loops().every((loop) => loop.failuresInRow === 0));
  const rows = await database.raw.execute('SELECT state, retry_count FROM adit_jobs.job');
  expect([...rows]).toEqual([
    { state: 'completed', retry_count: 0 },
    { state: 'completed', retry_count: 0 },
  ]);
  await jobs.stop({ graceMs: 1_000 });
});

test('a job done while the database is away for longer than the lease comes again; settling never rejects', async () => {
  const jobs = createJobs({ ...jobsDefaults(), database: database.raw, leaseSeconds: 1 });
  const held: HeldJob[] = [];
  jobs.work('reconcile-node', { batchSize: 1, maxHeld: 1 }, async (batch) => {
    held.push(...batch);
  });
  await eventually(() => jobs.start().then(() => true));
  await jobs.enqueue([{ kind: 'reconcile-node', data: { nodeId: 'local' } }]);
  await eventually(() => held.length === 1);
  await server.kill('SIGKILL');
  await held[0]?.complete();
  await held[0]?.fail(new Error('twice'));
  await server.start();
  await eventually(() => held.length === 2, { withinMs: 10_000 });
  expect(held.map((job) => job.attempt)).toEqual([1, 2]);
  await held[1]?.complete();
  await jobs.stop({ graceMs: 1_000 });
});
