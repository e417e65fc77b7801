import { afterEach, beforeEach, expect, setDefaultTimeout, test } from 'bun:test';
import type { NewJob } from '../../../../src/server/core/ports/jobs.ts';
import { eventually } from '../../../support/eventually.ts';
import { type JobsRig, jobsRig } from '../../../support/jobs-rig.ts';

// The first test of a process waits for its PostgreSQL too, on a machine that may be busy.
setDefaultTimeout(30_000);

let rig: JobsRig;
beforeEach(async () => {
  rig = await jobsRig();
});
afterEach(() => rig.dispose());

const fifty: readonly NewJob[] = Array.from({ length: 50 }, (_, index) => ({
  kind: 'apply-peer',
  data: { peerId: `p${index}` },
  singletonKey: `p${index}`,
}));

/** A process that holds 50 jobs, killed in the middle of them. */
async function killedHolder(): Promise<void> {
  await rig.create().enqueue(fifty);
  const child = rig.spawn('hold', '50');
  await child.stdout.getReader().read();
  child.kill('SIGKILL');
  await child.exited;
  expect(await rig.rows(`state = 'active'`)).toHaveLength(50);
}

async function workAll(leaseSeconds: number): Promise<readonly number[]> {
  const attempts: number[] = [];
  const jobs = rig.create({ leaseSeconds });
  jobs.work('apply-peer', { batchSize: 50, maxHeld: 50 }, async (batch) => {
    attempts.push(...batch.map((job) => job.attempt));
    await Promise.all(batch.map((job) => job.complete()));
  });
  await jobs.start();
  if (leaseSeconds > 10) expect(await jobs.rescue('apply-peer')).toBe(50);
  await eventually(() => attempts.length === 50, { withinMs: 8_000 });
  await jobs.stop({ graceMs: 1_000 });
  return attempts;
}

test('F-J1: 50 running jobs of a killed process are rescued at once, each with its next attempt', async () => {
  await killedHolder();
  const begun = performance.now();
  expect(await workAll(600)).toEqual(Array(50).fill(2));
  expect(performance.now() - begun).toBeLessThan(2_000);
  expect(await rig.rows(`state <> 'completed'`)).toEqual([]);
});

test('F-J1: with nobody to rescue them they come back when the lease ends', async () => {
  await killedHolder();
  expect(await workAll(1)).toEqual(Array(50).fill(2));
  expect(await rig.rows(`state <> 'completed'`)).toEqual([]);
});

test('F-J3: ten thousand jobs held by a living process do not hide ten lost ones', async () => {
  const living = rig.create();
  await living.enqueue(Array.from({ length: 10_000 }, () => ({ kind: 'housekeeping', data: {} }) as const));
  await rig.sql(`UPDATE adit_jobs.job SET state = 'active', started_on = now(), heartbeat_on = now()`);
  await living.enqueue(fifty.slice(0, 10));
  await rig.sql(
    `UPDATE adit_jobs.job SET state = 'active', started_on = now(), heartbeat_on = now() - interval '1 hour'
     WHERE name = 'apply-peer'`,
  );
  await living.start();
  await eventually(async () => (await rig.rows(`name = 'apply-peer' AND state = 'retry'`)).length === 10);
  await living.stop({ graceMs: 0 });
  expect(await rig.rows(`name = 'housekeeping' AND state <> 'active'`)).toEqual([]);
});

test('a lease is renewed for as long as its holder lives, whatever the handler takes', async () => {
  const attempts: number[] = [];
  const hands: (() => Promise<void>)[] = [];
  const [one, two] = [rig.create({ leaseSeconds: 1 }), rig.create({ leaseSeconds: 1 })];
  for (const jobs of [one, two]) {
    jobs.work('apply-peer', { batchSize: 5, maxHeld: 5 }, async (batch) => {
      attempts.push(...batch.map((job) => job.attempt));
      hands.push(...batch.map((job) => job.complete));
    });
    await jobs.start();
  }
  await one.enqueue(fifty.slice(0, 4));
  const taken = performance.now();
  await eventually(() => performance.now() - taken > 3_000, { withinMs: 5_000 });
  await Promise.all(hands.map((complete) => complete()));
  expect(attempts).toEqual([1, 1, 1, 1]);
  expect(await rig.rows(`state = 'completed'`)).toHaveLength(4);
  await Promise.all([one, two].map((jobs) => jobs.stop({ graceMs: 100 })));
});

test('a settle that comes after the lease has gone to another does not touch the other’s try', async () => {
  const [slow, quick] = [rig.create(), rig.create()];
  const hands: { who: string; complete: () => Promise<void>; fail: (e: unknown) => Promise<void> }[] = [];
  for (const [who, jobs] of [['slow', slow] as const, ['quick', quick] as const]) {
    jobs.work('apply-peer', { batchSize: 1, maxHeld: 1 }, async ([job]) => {
      if (job) hands.push({ who, complete: job.complete, fail: job.fail });
    });
  }
  await slow.start();
  await slow.enqueue(fifty.slice(0, 1));
  await eventually(() => hands.length === 1);
  expect(await quick.rescue('apply-peer')).toBe(1);
  await quick.start();
  quick.wake('apply-peer');
  await eventually(() => hands.length === 2);
  await hands[0]?.fail(new Error('late'));
  expect(await rig.rows()).toMatchObject([{ state: 'active', retry_count: 1 }]);
  await hands[1]?.complete();
  expect(await rig.rows()).toMatchObject([{ state: 'completed', retry_count: 1 }]);
  await Promise.all([slow, quick].map((jobs) => jobs.stop({ graceMs: 100 })));
});
