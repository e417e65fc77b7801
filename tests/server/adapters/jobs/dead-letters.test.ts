import { afterEach, beforeEach, expect, setDefaultTimeout, test } from 'bun:test';
import { discardOutlived } from '../../../../src/server/adapters/jobs/outlived.ts';
import { eventually } from '../../../support/eventually.ts';
import { JOBS_SCHEMA, type JobsRig, jobsRig } from '../../../support/jobs-rig.ts';

// The first test of a process waits for its PostgreSQL too, on a machine that may be busy.
setDefaultTimeout(30_000);

let rig: JobsRig;
beforeEach(async () => {
  rig = await jobsRig();
});
afterEach(() => rig.dispose());

const peer = (key: string) => ({ kind: 'apply-peer', data: { peerId: key }, singletonKey: key }) as const;

/** Jobs that failed for the last time, oldest key first. */
async function kill(keys: readonly string[]): Promise<void> {
  const jobs = rig.create();
  for (const key of keys) await jobs.enqueue([peer(key)]);
  await rig.sql(
    `UPDATE adit_jobs.job SET retry_count = retry_limit WHERE state = 'created' AND name <> 'dead-letter'`,
  );
  jobs.work('apply-peer', { batchSize: 100, maxHeld: 100 }, async () => {
    throw new Error('the last time');
  });
  await jobs.start();
  await eventually(async () => (await dead()).length >= keys.length);
  for (const [age, key] of keys.toReversed().entries()) {
    await rig.sql(
      `UPDATE adit_jobs.job SET created_on = now() - interval '${age} minutes'
       WHERE name = 'dead-letter' AND singleton_key = '${key}'`,
    );
  }
  await jobs.stop({ graceMs: 1_000 });
}

const dead = () => rig.rows(`name = 'dead-letter' AND state < 'active'`);
const keysOf = (rows: Awaited<ReturnType<typeof dead>>) => rows.map((row) => row.singleton_key).toSorted();

test('F-J4: a dead job is visible with its data and its last error', async () => {
  await kill(['a']);
  const [row] = await rig.rows(`name = 'dead-letter'`);
  expect(row).toMatchObject({
    data: { peerId: 'a' },
    source_name: 'apply-peer',
    source_output: { code: 'internal', message: 'the last time' },
  } as object);
  expect(await rig.create().counts()).toEqual([{ queue: 'dead-letter', state: 'dead', count: 1 }]);
});

test('F-J4: redrive leaves a job whose key is live and reports it; nothing is lost; later it moves too', async () => {
  await kill(['a', 'b', 'c']);
  const jobs = rig.create();
  await jobs.enqueue([peer('a')]);
  expect(await jobs.redrive({ queue: 'apply-peer', limit: 10 })).toEqual({ moved: 2, leftBehind: 1 });
  expect(keysOf(await dead())).toEqual(['a']);
  expect(keysOf(await rig.rows(`name = 'apply-peer' AND state = 'created'`))).toEqual(['a', 'b', 'c']);
  await rig.sql(
    `UPDATE adit_jobs.job SET state = 'completed' WHERE name = 'apply-peer' AND state = 'created'`,
  );
  expect(await jobs.redrive({ queue: 'apply-peer', limit: 10 })).toEqual({ moved: 1, leftBehind: 0 });
  expect(await dead()).toEqual([]);
});

test('F-J4: collisions at the head of the queue do not stop a redrive with a small limit', async () => {
  await kill(['a', 'b', 'c', 'd']);
  const jobs = rig.create();
  await jobs.enqueue([peer('a'), peer('b')]);
  expect(await jobs.redrive({ queue: 'apply-peer', limit: 1 })).toEqual({ moved: 1, leftBehind: 2 });
  expect(keysOf(await dead())).toEqual(['a', 'b', 'd']);
});

test('two redrives at once move each job once', async () => {
  await kill(['a', 'b', 'c', 'd', 'e', 'f']);
  const [one, two] = [rig.create(), rig.create()];
  const results = await Promise.all(
    [one, two].map((jobs) => jobs.redrive({ queue: 'apply-peer', limit: 10 })),
  );
  expect(results[0]!.moved + results[1]!.moved).toBe(6);
  expect(await rig.rows(`name = 'apply-peer' AND state = 'created'`)).toHaveLength(6);
});

test('finished jobs are forgotten after seven days, dead ones never', async () => {
  await kill(['a']);
  const jobs = rig.create();
  await jobs.enqueue([peer('old'), peer('new')]);
  await rig.sql(`
    UPDATE adit_jobs.job SET state = 'completed',
      completed_on = now() - CASE singleton_key WHEN 'old' THEN interval '8 days' ELSE interval '6 days' END
    WHERE singleton_key IN ('old', 'new')`);
  await rig.sql(`
    UPDATE adit_jobs.job SET created_on = now() - interval '100 days', start_after = now() - interval '100 days'
    WHERE name = 'dead-letter'`);
  // The hourly turn of the first runner is over already.
  await rig.sql(`UPDATE adit_jobs.queue SET maintain_on = now() - interval '2 hours'`);
  await jobs.start();
  await eventually(async () => (await rig.rows(`singleton_key = 'old'`)).length === 0);
  expect(await rig.rows(`singleton_key = 'new'`)).toHaveLength(1);
  expect(await dead()).toHaveLength(1);
  await jobs.stop({ graceMs: 0 });
});

test('a dead job that the clock brings again is discarded when a later one of its kind went well; another never is', async () => {
  await kill(['a']);
  const jobs = rig.create();
  let broken = true;
  jobs.work('housekeeping', { batchSize: 1, maxHeld: 1 }, async ([job]) => {
    if (broken) throw new Error('the last time');
    await job!.complete();
  });
  const round = { kind: 'housekeeping', data: {}, singletonKey: 'round' } as const;
  await jobs.enqueue([round]);
  await rig.sql(`UPDATE adit_jobs.job SET retry_count = retry_limit WHERE name = 'housekeeping'`);
  await jobs.start();
  await eventually(async () => (await dead()).length === 2);
  await jobs.stop({ graceMs: 1_000 });
  expect(await discardOutlived(rig.database.raw, JOBS_SCHEMA)).toBe(0);
  broken = false;
  await jobs.enqueue([round]);
  await jobs.start();
  await eventually(
    async () => (await rig.rows(`name = 'housekeeping' AND state = 'completed'`)).length === 1,
  );
  await jobs.stop({ graceMs: 1_000 });
  expect(await discardOutlived(rig.database.raw, JOBS_SCHEMA)).toBe(1);
  expect(keysOf(await dead())).toEqual(['a']);
});
