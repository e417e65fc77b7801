import { afterEach, beforeEach, expect, setDefaultTimeout, test } from 'bun:test';
import { eventually } from '../../../support/eventually.ts';
import { type JobsRig, jobsRig } from '../../../support/jobs-rig.ts';

// The first test of a process waits for its PostgreSQL too, on a machine that may be busy.
setDefaultTimeout(30_000);

let rig: JobsRig;
beforeEach(async () => {
  rig = await jobsRig();
});
afterEach(() => rig.dispose());

const LIVE = `state IN ('created', 'retry', 'active')`;

async function insertFromThreeProcesses(rounds: string): Promise<void> {
  const children = [1, 2, 3].map(() => rig.spawn('insert', 'key', '50', rounds));
  expect(await Promise.all(children.map((child) => child.exited))).toEqual([0, 0, 0]);
}

test('F-J11: 50 parallel inserts of one key from each of 3 processes make one job', async () => {
  await insertFromThreeProcesses('1');
  expect(await rig.rows()).toHaveLength(1);
});

test('F-J11: still never two live ones while that job is taken, failed, retried and completed', async () => {
  const outcomes = { completed: 0, failed: 0 };
  const jobs = rig.create({ pollIntervalMs: 5 });
  jobs.work('apply-peer', { batchSize: 10, maxHeld: 10 }, async (batch) => {
    for (const job of batch) {
      if (job.attempt % 2 === 1) await job.fail(new Error('again'), 0);
      else await job.complete();
      outcomes[job.attempt % 2 === 1 ? 'failed' : 'completed'] += 1;
    }
  });
  await jobs.start();
  let most = 0;
  const inserting = insertFromThreeProcesses('10');
  let running = true;
  const watching = eventually(
    async () => {
      most = Math.max(most, (await rig.rows(LIVE)).length);
      return !running;
    },
    { withinMs: 20_000, everyMs: 1 },
  );
  await inserting;
  running = false;
  await watching;
  await jobs.stop({ graceMs: 1_000 });
  expect(most).toBe(1);
  expect(outcomes.failed).toBeGreaterThan(1);
  expect(outcomes.completed).toBeGreaterThan(1);
});

test('two transactions that write the same keys in opposite order do not deadlock', async () => {
  const jobs = rig.create();
  const keys = Array.from({ length: 2_000 }, (_, index) => `k${index}`);
  const batch = (order: readonly string[]) =>
    order.map((key) => ({ kind: 'apply-peer', data: { peerId: key }, singletonKey: key }) as const);
  for (let round = 0; round < 3; round += 1) {
    await Promise.all([jobs.enqueue(batch(keys)), jobs.enqueue(batch(keys.toReversed()))]);
    expect(await rig.rows()).toHaveLength(2_000);
    await rig.sql('DELETE FROM adit_jobs.job');
  }
});
