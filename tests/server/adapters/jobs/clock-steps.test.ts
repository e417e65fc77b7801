/** The wall clock of the database is set back an hour while jobs wait or are in hand: nothing waits for that hour. */
import { afterEach, beforeEach, expect, setDefaultTimeout, test } from 'bun:test';
import { eventually } from '../../../support/eventually.ts';
import { type JobsRig, jobsRig } from '../../../support/jobs-rig.ts';

setDefaultTimeout(30_000);

let rig: JobsRig;
beforeEach(async () => {
  rig = await jobsRig();
});
afterEach(() => rig.dispose());

/** Every time that pg-boss and we write for a job comes from this function. */
const setClock = (offset: string) =>
  rig.sql(`CREATE OR REPLACE FUNCTION adit_jobs.job_now() RETURNS timestamptz
           LANGUAGE sql STABLE AS $$ SELECT now() + interval '${offset}' $$`);

const job = (peerId: string) => ({ kind: 'apply-peer', data: { peerId }, singletonKey: peerId }) as const;
const isDone = (peerId: string) => async () =>
  (await rig.rows(`state = 'completed' AND singleton_key = '${peerId}'`)).length === 1;

test('clock jump: jobs that fail, were put off, or were never taken go on within seconds of the step', async () => {
  await setClock('1 hour');
  const jobs = rig.create({ leaseSeconds: 3 });
  let troubled = true;
  jobs.work('apply-peer', { batchSize: 10, maxHeld: 10 }, async (batch) => {
    for (const each of batch) {
      if (!troubled) await each.complete();
      else if (each.data.peerId === 'put-off') await each.postpone(3_000);
      else await each.fail(new Error('not now'));
    }
  });
  await jobs.start();
  await jobs.enqueue([job('failing'), job('put-off')]);
  await eventually(async () => (await rig.rows(`start_after > now() + interval '1 hour'`)).length === 2);
  await jobs.stop({ graceMs: 1_000 });
  await jobs.enqueue([job('untaken')]);
  await setClock('0');
  troubled = false;
  await jobs.start();
  for (const name of ['untaken', 'failing', 'put-off']) await eventually(isDone(name), { withinMs: 12_000 });
  await jobs.stop({ graceMs: 1_000 });
});

test('clock jump: what was put off for an hour still waits for the rest of it', async () => {
  await setClock('1 hour');
  const jobs = rig.create({ leaseSeconds: 3 });
  jobs.work('apply-peer', { batchSize: 10, maxHeld: 10 }, async (batch) => {
    await Promise.all(
      batch.map((each) => (each.data.peerId === 'far' ? each.postpone(3_600_000) : each.complete())),
    );
  });
  await jobs.start();
  await jobs.enqueue([job('far')]);
  await eventually(async () => (await rig.rows(`start_after > now() + interval '119 minutes'`)).length === 1);
  await setClock('0');
  await eventually(async () => (await rig.rows(`start_after < now() + interval '61 minutes'`)).length === 1);
  expect(await rig.rows(`start_after > now() + interval '59 minutes'`)).toHaveLength(1);
  await jobs.stop({ graceMs: 1_000 });
});

test('clock jump: a job that a killed process had in hand comes back although its last sign of life is in the future', async () => {
  await setClock('1 hour');
  await rig.create().enqueue([job('held')]);
  await rig.sql(`UPDATE adit_jobs.job SET state = 'active', started_on = adit_jobs.job_now(),
                        heartbeat_on = adit_jobs.job_now()`);
  await setClock('0');
  const jobs = rig.create({ leaseSeconds: 3 });
  jobs.work('apply-peer', { batchSize: 1, maxHeld: 1 }, async ([held]) => held!.complete());
  await jobs.start();
  await eventually(isDone('held'), { withinMs: 12_000 });
  await jobs.stop({ graceMs: 1_000 });
});
