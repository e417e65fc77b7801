import { afterEach, beforeEach, expect, setDefaultTimeout, test } from 'bun:test';
import type { JobHandler } from '../../../../src/server/core/ports/jobs.ts';
import { eventually } from '../../../support/eventually.ts';
import { JOBS_SCHEMA, type JobsRig, jobsRig } from '../../../support/jobs-rig.ts';

// The first test of a process waits for its PostgreSQL too, on a machine that may be busy.
setDefaultTimeout(30_000);

let rig: JobsRig;
beforeEach(async () => {
  rig = await jobsRig();
});
afterEach(() => rig.dispose());

const circular: Record<string, unknown> = { name: 'circular' };
circular.itself = circular;
const hostile = {
  toString() {
    throw new Error('no text of me');
  },
  toJSON() {
    throw new Error('no JSON of me');
  },
};

const thrown: readonly (readonly [string, () => unknown, string])[] = [
  ['an Error', () => Promise.reject(new Error('plain')), 'plain'],
  ['a text', () => Promise.reject('just text'), 'just text'],
  ['undefined', () => Promise.reject(undefined), 'undefined'],
  ['a circular object', () => Promise.reject(circular), 'an error that cannot be shown'],
  ['an object that refuses to be shown', () => Promise.reject(hostile), 'an error that cannot be shown'],
  ['NUL and half a surrogate', () => Promise.reject(new Error('a\u0000b\ud800c')), 'ab\ufffdc'],
  ['an endless message', () => Promise.reject(new Error('x'.repeat(1_000_000))), 'x'.repeat(2_000)],
];

for (const [title, fail, message] of thrown) {
  test(`F-J5: a handler that throws ${title}: the row has the error, the loop lives`, async () => {
    const jobs = rig.create();
    const handler: JobHandler<'apply-peer'> = async (batch) => {
      if (batch.some((job) => job.data.peerId === 'bad')) await fail();
      await Promise.all(batch.map((job) => job.complete()));
    };
    jobs.work('apply-peer', { batchSize: 1, maxHeld: 1 }, handler);
    await jobs.start();
    await jobs.enqueue([{ kind: 'apply-peer', data: { peerId: 'bad' } }]);
    await eventually(async () => (await rig.rows(`state = 'retry'`)).length === 1);
    await jobs.enqueue([{ kind: 'apply-peer', data: { peerId: 'good' } }]);
    await eventually(async () => (await rig.rows(`state = 'completed'`)).length === 1);
    await jobs.stop({ graceMs: 5_000 });
    expect(await rig.rows(`data->>'peerId' = 'bad'`)).toMatchObject([
      { output: { code: 'internal', message } },
    ]);
  });
}

test('F-J5: a handler that throws before its first await is no different', async () => {
  const jobs = rig.create();
  jobs.work('apply-peer', { batchSize: 1, maxHeld: 1 }, () => {
    throw new TypeError('at once');
  });
  await jobs.start();
  await jobs.enqueue([{ kind: 'apply-peer', data: { peerId: 'a' } }]);
  await eventually(async () => (await rig.rows(`output->>'message' = 'at once'`)).length === 1);
  expect(await rig.rows()).toMatchObject([{ state: 'retry' }]);
  await jobs.stop({ graceMs: 1_000 });
});

test('F-J5: broken data and unknown kinds in the table are left visible and stop nothing', async () => {
  const jobs = rig.create();
  await jobs.enqueue(
    [1, 2, 3, 4].map(
      (n) => ({ kind: 'apply-peer', data: { peerId: `p${n}` }, singletonKey: `p${n}` }) as const,
    ),
  );
  const broken = [`'null'`, `'[1,2]'`, `'{"peerId": 7}'`];
  for (const [index, data] of broken.entries()) {
    await rig.sql(`UPDATE adit_jobs.job SET data = ${data}::jsonb WHERE singleton_key = 'p${index + 1}'`);
  }
  await rig.sql(`SELECT adit_jobs.create_queue('from-the-future', '{"policy":"standard"}')`);
  await rig.sql(
    `INSERT INTO adit_jobs.job (name, data, start_after) VALUES ('from-the-future', '{}', now() - interval '1 hour')`,
  );
  const seen: string[] = [];
  jobs.work('apply-peer', { batchSize: 10, maxHeld: 10 }, async (batch) => {
    seen.push(...batch.map((job) => job.data.peerId));
    await Promise.all(batch.map((job) => job.complete()));
  });
  await jobs.start();
  await eventually(async () => (await rig.rows(`output->>'code' = 'invalid'`)).length === 3);
  await eventually(async () => (await rig.rows(`state = 'completed'`)).length === 1);
  expect(seen).toEqual(['p4']);
  expect(await jobs.counts()).toContainEqual({ queue: 'from-the-future', state: 'created', count: 1 });
  expect(await jobs.stuck(new Date())).toBe(1);
  await jobs.stop({ graceMs: 1_000 });
});

test('F-J16: 1,000 failing jobs, each with an error of its own, do not keep 10 good ones waiting', async () => {
  const jobs = rig.create();
  const started: number[] = [];
  jobs.work('apply-peer', { batchSize: 50, maxHeld: 100 }, async (batch) => {
    await Promise.all(
      batch.map((job) => {
        if (job.data.peerId === 'good') {
          started.push(performance.now());
          return job.complete();
        }
        return job.fail(new Error(`${job.data.peerId} always fails`));
      }),
    );
  });
  await jobs.enqueue(
    Array.from({ length: 1_000 }, (_, n) => ({ kind: 'apply-peer', data: { peerId: `bad ${n}` } }) as const),
  );
  const good = Array.from({ length: 10 }, () => ({ kind: 'apply-peer', data: { peerId: 'good' } }) as const);
  const begun = performance.now();
  await jobs.enqueue(good);
  await jobs.start();
  await eventually(() => started.length === 10, { withinMs: 8_000 });
  expect(Math.max(...started) - begun).toBeLessThan(5_000);
  // And those that come while a thousand retry are at once in front of them.
  const later = performance.now();
  await jobs.enqueue(good);
  jobs.wake('apply-peer');
  await eventually(() => started.length === 20);
  expect(Math.max(...started) - later).toBeLessThan(2_000);
  await jobs.stop({ graceMs: 1_000 });
});

test('F-J16: a job that fails at once and comes again at once lets a fresh one pass', async () => {
  const order: string[] = [];
  const jobs = rig.create();
  jobs.work('apply-peer', { batchSize: 1, maxHeld: 1 }, async ([job]) => {
    order.push(job?.data.peerId ?? '');
    if (job?.data.peerId === 'bad') await job.fail(new Error('always'), 0);
    else await job?.complete();
  });
  await jobs.enqueue([{ kind: 'apply-peer', data: { peerId: 'bad' } }]);
  await jobs.enqueue([{ kind: 'apply-peer', data: { peerId: 'good' } }]);
  await jobs.start();
  await eventually(() => order.length >= 3);
  expect(order.slice(0, 3)).toEqual(['bad', 'good', 'bad']);
  await jobs.stop({ graceMs: 1_000 });
});

test('a job for a node elsewhere is tried within half a minute, however often it failed before; others have longer', async () => {
  const jobs = rig.create();
  const kinds = ['apply-user', 'apply-peer'] as const;
  for (const kind of kinds) {
    jobs.work(kind, { batchSize: 1, maxHeld: 1 }, () => Promise.reject(new Error('away')));
  }
  await jobs.enqueue(kinds.map((kind) => ({ kind, data: { peerId: 'waits' } })));
  await rig.sql(`UPDATE ${JOBS_SCHEMA}.job SET retry_count = 9`);
  await jobs.start();
  await eventually(async () => (await rig.rows(`state = 'retry'`)).length === 2);
  await jobs.stop({ graceMs: 1_000 });
  const delays = await rig.sql(`
    SELECT name, extract(epoch FROM start_after - now())::float AS seconds FROM ${JOBS_SCHEMA}.job ORDER BY name DESC`);
  expect(delays.map(({ name }) => name)).toEqual([...kinds]);
  expect(delays[0]!.seconds).toBeLessThanOrEqual(30);
  expect(delays[1]!.seconds).toBeGreaterThan(60);
});
