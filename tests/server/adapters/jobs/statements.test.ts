import { afterEach, beforeEach, expect, setDefaultTimeout, test } from 'bun:test';
import type { JobsDatabase } from '../../../../src/server/adapters/jobs/database.ts';
import type { HeldJob } from '../../../../src/server/core/ports/jobs.ts';
import { eventually } from '../../../support/eventually.ts';
import { type JobsRig, jobsRig } from '../../../support/jobs-rig.ts';

// The first test of a process waits for its PostgreSQL too, on a machine that may be busy.
setDefaultTimeout(30_000);

let rig: JobsRig;
let texts: string[];
let counting: JobsDatabase;
beforeEach(async () => {
  rig = await jobsRig();
  texts = [];
  counting = {
    execute(text, values) {
      texts.push(text);
      return rig.database.raw.execute(text, values);
    },
    batch(text) {
      texts.push(text);
      return rig.database.raw.batch(text);
    },
  };
});
afterEach(() => rig.dispose());

const isFetch = (text: string) => text.includes('next AS') && text.includes('SKIP LOCKED');

const peers = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ kind: 'apply-peer', data: { peerId: `p${n}` } }) as const);

test('many jobs are enqueued in one statement', async () => {
  await rig.create().enqueue([]);
  const jobs = rig.create({ database: counting });
  await jobs.enqueue(peers(1));
  texts = [];
  await jobs.enqueue(peers(1_000));
  expect(texts).toHaveLength(1);
  expect(await rig.rows()).toHaveLength(1_001);
});

test('500 jobs settled one by one at once are two statements: the first, and all that came meanwhile', async () => {
  const hands: HeldJob[] = [];
  const jobs = rig.create({ database: counting, pollIntervalMs: 60_000 });
  jobs.work('apply-peer', { batchSize: 500, maxHeld: 500 }, async (batch) => {
    hands.push(...batch);
  });
  await jobs.enqueue(peers(500));
  await jobs.start();
  await eventually(() => hands.length === 500);
  await jobs.enqueue(peers(1));
  texts = [];
  const first = hands[0]?.complete();
  await Promise.resolve();
  await Promise.resolve();
  await Promise.all([first, ...hands.map((job) => job.complete())]);
  expect(texts.filter((text) => text.includes(`state = 'completed'`)).length).toBeLessThanOrEqual(2);
  expect(await rig.rows(`state = 'completed'`)).toHaveLength(500);
  await jobs.stop({ graceMs: 1_000 });
});

test('an idle kind costs one statement a poll, read from its index', async () => {
  const jobs = rig.create({ database: counting, pollIntervalMs: 50 });
  jobs.work('apply-peer', { batchSize: 100, maxHeld: 100 }, async () => {});
  await jobs.start();
  // After the start’s own housekeeping nothing else is heard.
  await eventually(() => texts.length > 8 && texts.slice(-5).every(isFetch));
  await jobs.stop({ graceMs: 0 });
  await rig.sql(`
    INSERT INTO adit_jobs.job (name, data, state, policy, completed_on)
    SELECT 'apply-peer', '{}', 'completed', 'exclusive', now() FROM generate_series(1, 20000)`);
  await rig.sql('ANALYZE adit_jobs.job');
  const fetching = texts.findLast(isFetch) ?? '';
  const plan = await rig.sql(`EXPLAIN ${fetching}`);
  const lines = plan.map((row) => row['QUERY PLAN']).join('\n');
  expect(lines).toContain('Index Scan using job_common_i11');
  expect(lines).not.toContain('Seq Scan');
});

test('1,000 jobs go through in batches in well under a second or two', async () => {
  const jobs = rig.create({ pollIntervalMs: 1_000 });
  jobs.work('apply-peer', { batchSize: 200, maxHeld: 1_000 }, async (batch) => {
    await Promise.all(batch.map((job) => job.complete()));
  });
  await jobs.start();
  const begun = performance.now();
  await jobs.enqueue(peers(1_000));
  jobs.wake('apply-peer');
  await eventually(async () => (await jobs.counts()).length === 0, { everyMs: 5 });
  expect(performance.now() - begun).toBeLessThan(2_000);
  await jobs.stop({ graceMs: 0 });
});

test('a wake is answered at once, the poll alone within its interval', async () => {
  const taken: number[] = [];
  const jobs = rig.create({ pollIntervalMs: 1_000 });
  jobs.work('apply-peer', { batchSize: 10, maxHeld: 10 }, async (batch) => {
    taken.push(performance.now());
    await Promise.all(batch.map((job) => job.complete()));
  });
  await jobs.start();
  await jobs.enqueue(peers(1));
  const woken = performance.now();
  jobs.wake('apply-peer');
  await eventually(() => taken.length >= 1, { everyMs: 1 });
  expect((taken[0] ?? 0) - woken).toBeLessThan(500);
  await rig.create().enqueue(peers(1));
  const enqueued = performance.now();
  await eventually(() => taken.length >= 2);
  expect((taken[1] ?? 0) - enqueued).toBeLessThan(1_500);
  await jobs.stop({ graceMs: 0 });
});
