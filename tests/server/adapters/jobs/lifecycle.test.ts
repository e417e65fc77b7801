import { afterEach, beforeEach, expect, setDefaultTimeout, test } from 'bun:test';
import type { Jobs } from '../../../../src/server/adapters/jobs/jobs.ts';
import type { HeldJob } from '../../../../src/server/core/ports/jobs.ts';
import { eventually } from '../../../support/eventually.ts';
import { JOBS_SCHEMA, type JobsRig, jobsRig, sleepers } from '../../../support/jobs-rig.ts';

// The first test of a process waits for its PostgreSQL too, on a machine that may be busy.
setDefaultTimeout(30_000);

let rig: JobsRig;
beforeEach(async () => {
  rig = await jobsRig();
});
afterEach(() => rig.dispose());

const peers = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ kind: 'apply-peer', data: { peerId: `p${n}` } }) as const);

/** A runner that puts every job it takes into `hands`. */
function holder(hands: HeldJob[]): Jobs {
  const jobs = rig.create();
  jobs.work('apply-peer', { batchSize: 10, maxHeld: 20 }, async (batch) => {
    hands.push(...batch);
  });
  return jobs;
}

test('F-J9: stop waits for what is in flight and takes nothing more', async () => {
  const hands: HeldJob[] = [];
  const jobs = holder(hands);
  await jobs.enqueue(peers(3));
  await jobs.start();
  await eventually(() => hands.length === 3);
  const stopping = jobs.stop({ graceMs: 10_000 });
  await jobs.enqueue(peers(1));
  jobs.wake('apply-peer');
  await Promise.all(hands.map((job) => job.complete()));
  await stopping;
  expect(hands).toHaveLength(3);
  expect(await jobs.counts()).toEqual([{ queue: 'apply-peer', state: 'created', count: 1 }]);
});

test('D5: what is done is told once it is written; what failed is not', async () => {
  const hands: HeldJob[] = [];
  let done = 0;
  const jobs = rig.create({
    onDone: (kind, count) => {
      expect(kind).toBe('apply-peer');
      done += count;
    },
  });
  jobs.work('apply-peer', { batchSize: 10, maxHeld: 20 }, async (batch) => void hands.push(...batch));
  await jobs.enqueue(peers(3));
  await jobs.start();
  await eventually(() => hands.length === 3);
  await Promise.all([hands[0]!.complete(), hands[1]!.complete(), hands[2]!.fail(new Error('no'))]);
  expect(done).toBe(2);
  await jobs.stop({ graceMs: 1_000 });
});

test('F-J9: what outlives the grace is back in the queue at once, its attempt not counted', async () => {
  const hands: HeldJob[] = [];
  let aborted = false;
  const jobs = rig.create();
  jobs.work('apply-peer', { batchSize: 10, maxHeld: 20 }, async (batch, signal) => {
    hands.push(...batch);
    signal.addEventListener('abort', () => {
      aborted = true;
    });
    await Promise.withResolvers<void>().promise;
  });
  await jobs.enqueue(peers(3));
  await jobs.start();
  await eventually(() => hands.length === 3);
  const begun = performance.now();
  await jobs.stop({ graceMs: 200 });
  expect(performance.now() - begun).toBeLessThan(1_500);
  expect(aborted).toBe(true);
  await hands[0]?.complete();
  expect(await jobs.counts()).toEqual([{ queue: 'apply-peer', state: 'created', count: 3 }]);
  const again: HeldJob[] = [];
  const next = holder(again);
  await next.start();
  await eventually(() => again.length === 3);
  expect(again.map((job) => job.attempt)).toEqual([1, 1, 1]);
  await next.stop({ graceMs: 0 });
});

test('F-J9: a job taken too late for a stop goes back alone: those in hand before it still end', async () => {
  const hands: HeldJob[] = [];
  const jobs = holder(hands);
  await jobs.enqueue(peers(1));
  await jobs.start();
  await eventually(() => hands.length === 1);
  const gate = await rig.test.admin.reserve();
  await gate.unsafe(`begin; lock table ${JOBS_SCHEMA}.job in share mode`).simple();
  const late = [{ kind: 'apply-peer', data: { peerId: 'late' } }] as const;
  await jobs.enqueueIn(
    { execute: async (text, values = []) => gate.unsafe(text, [...values] as never[]) },
    late,
  );
  jobs.wake('apply-peer');
  await eventually(() => aSession(`wait_event_type = 'Lock'`));
  const stopping = jobs.stop({ graceMs: 10_000 });
  await gate.unsafe('commit');
  gate.release();
  await eventually(() => aSession(`query like '%SET state = (CASE WHEN retry_count%' and state = 'idle'`));
  await hands[0]?.complete();
  await stopping;
  const states = (await rig.rows()).map((row) => [(row.data as { peerId: string }).peerId, row.state]);
  expect(Object.fromEntries(states)).toEqual({ p0: 'completed', late: 'created' });
  expect(hands).toHaveLength(1);
});

const aSession = async (like: string): Promise<boolean> => {
  const where = `datname = current_database() and pid <> pg_backend_pid() and ${like}`;
  return (await rig.sql(`select from pg_stat_activity where ${where}`)).length > 0;
};

test('F-J9: a released second attempt is a second attempt again', async () => {
  const hands: HeldJob[] = [];
  const jobs = holder(hands);
  await jobs.enqueue(peers(1));
  await jobs.start();
  await eventually(() => hands.length === 1);
  await hands[0]?.fail(new Error('no'), 0);
  await eventually(() => hands.length === 2);
  await jobs.stop({ graceMs: 0 });
  await jobs.start();
  await eventually(() => hands.length === 3);
  expect(hands.map((job) => job.attempt)).toEqual([1, 2, 2]);
  await jobs.stop({ graceMs: 0 });
});

test('F-J9: two instances rolling 20 times under load lose no job and complete each once', async () => {
  const completed: string[] = [];
  const begin = async (): Promise<Jobs> => {
    const jobs = rig.create();
    jobs.work('apply-peer', { batchSize: 7, maxHeld: 20 }, async (batch) => {
      await Promise.all(
        batch.map(async (job) => {
          completed.push(job.data.peerId);
          await job.complete();
        }),
      );
    });
    await jobs.start();
    return jobs;
  };
  let [one, two] = [await begin(), await begin()];
  for (let turn = 0; turn < 20; turn += 1) {
    await one.enqueue(
      Array.from(
        { length: 25 },
        (_, n) => ({ kind: 'apply-peer', data: { peerId: `${turn}-${n}` } }) as const,
      ),
    );
    await one.stop({ graceMs: 2_000 });
    [one, two] = [two, await begin()];
  }
  await eventually(async () => (await one.counts()).length === 0);
  await Promise.all([one.stop({ graceMs: 1_000 }), two.stop({ graceMs: 1_000 })]);
  expect(completed).toHaveLength(500);
  expect(new Set(completed).size).toBe(500);
});

test('F-J10: start and stop in any order, twice, unstarted, at once', async () => {
  const jobs = rig.create();
  await jobs.stop({ graceMs: 0 });
  await Promise.all([jobs.start(), jobs.start(), jobs.stop({ graceMs: 0 }), jobs.start()]);
  const seen: string[] = [];
  jobs.work('apply-peer', { batchSize: 1, maxHeld: 1 }, async ([job]) => {
    seen.push(job?.data.peerId ?? '');
    await job?.complete();
  });
  await jobs.enqueue(peers(1));
  await eventually(() => seen.length === 1);
  await Promise.all([jobs.stop({ graceMs: 100 }), jobs.stop({ graceMs: 100 })]);
  await jobs.enqueue(peers(1));
  jobs.wake('apply-peer');
  expect(await jobs.counts()).toEqual([{ queue: 'apply-peer', state: 'created', count: 1 }]);
});

test('F-J10: 200 starts and stops leave no timer and no connection behind', async () => {
  const jobs = holder([]);
  await jobs.start();
  await jobs.stop({ graceMs: 0 });
  const before = { sleepers: sleepers.count, sessions: await sessions() };
  for (let turn = 0; turn < 200; turn += 1) {
    // Now and then a new one, which installs as well.
    const runner = turn % 10 === 0 ? holder([]) : jobs;
    await runner.start();
    await runner.stop({ graceMs: 0 });
  }
  expect(sleepers.count).toBe(before.sleepers);
  expect(await sessions()).toBeLessThanOrEqual(Math.max(4, before.sessions));
}, 60_000);

async function sessions(): Promise<number> {
  const rows = await rig.test.admin`
    SELECT application_name FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()`;
  return rows.length;
}

test('F-D13: what the clock enqueues every few seconds is soon forgotten, what was done for a user after a week', async () => {
  const jobs = rig.create();
  await jobs.install();
  await jobs.enqueue([...peers(1), { kind: 'expire-subscriptions', data: {} }]);
  expect(await rig.sql('select name, deletion_seconds from adit_jobs.job order by name')).toEqual([
    { name: 'apply-peer', deletion_seconds: 7 * 86_400 },
    { name: 'expire-subscriptions', deletion_seconds: 3_600 },
  ]);
});
