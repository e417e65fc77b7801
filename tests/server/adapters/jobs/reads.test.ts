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

const minutesAgo = (minutes: number) => `now() - interval '${minutes} minutes'`;

const cases: readonly (readonly [string, string, number])[] = [
  ['ready just now', '', 0],
  ['ready for 2 minutes', `start_after = ${minutesAgo(2)}`, 1],
  ['not due yet', `start_after = now() + interval '1 hour'`, 0],
  ['active with a fresh lease', `state = 'active', started_on = now(), heartbeat_on = now()`, 0],
  ['active past its lease', `state = 'active', started_on = now(), heartbeat_on = ${minutesAgo(1)}`, 1],
  ['active for 11 minutes', `state = 'active', started_on = ${minutesAgo(11)}, heartbeat_on = now()`, 1],
  [
    'retrying for 5 minutes',
    `state = 'retry', created_on = ${minutesAgo(5)}, start_after = now() + interval '1 minute'`,
    0,
  ],
  [
    'retrying for 11 minutes',
    `state = 'retry', created_on = ${minutesAgo(11)}, start_after = now() + interval '1 minute'`,
    1,
  ],
  [
    'completed long ago',
    `state = 'completed', start_after = ${minutesAgo(99)}, completed_on = ${minutesAgo(98)}`,
    0,
  ],
];

for (const [title, change, stuck] of cases) {
  test(`a job ${title} is ${stuck === 1 ? 'stuck' : 'not stuck'}`, async () => {
    const jobs = rig.create();
    await jobs.enqueue([{ kind: 'apply-peer', data: { peerId: 'a' } }]);
    if (change !== '') await rig.sql(`UPDATE adit_jobs.job SET ${change}`);
    expect(await jobs.stuck(new Date())).toBe(stuck);
    expect(await rig.sql('SELECT stuck FROM report.jobs')).toEqual([{ stuck: stuck === 1 }]);
  });
}

test('counts tell each queue and state', async () => {
  const jobs = rig.create();
  await jobs.enqueue([1, 2, 3].map((n) => ({ kind: 'apply-peer', data: { peerId: `p${n}` } }) as const));
  await jobs.enqueue([{ kind: 'housekeeping', data: {} }]);
  await rig.sql(`UPDATE adit_jobs.job SET state = 'active' WHERE data->>'peerId' = 'p1'`);
  expect(await jobs.counts()).toEqual([
    { queue: 'apply-peer', state: 'active', count: 1 },
    { queue: 'apply-peer', state: 'created', count: 2 },
    { queue: 'housekeeping', state: 'created', count: 1 },
  ]);
});

test('report.jobs shows a job from its first try to its death, as one row', async () => {
  const jobs = rig.create();
  jobs.work('apply-peer', { batchSize: 1, maxHeld: 1 }, async () => {
    throw new Error('no interface');
  });
  await jobs.start();
  await jobs.enqueue([{ kind: 'apply-peer', data: { peerId: 'the peer' }, startAfterMs: 60_000 }]);
  const view = () => rig.sql('SELECT * FROM report.jobs');
  const same = { subject: 'the peer', stuck: false, max_attempts: 13 };
  expect(await view()).toMatchObject([
    { ...same, queue: 'apply-peer', state: 'created', attempt: 0, started_at: null, last_error: null },
  ]);
  await rig.sql('UPDATE adit_jobs.job SET start_after = now()');
  await eventually(async () =>
    expect(await view()).toMatchObject([
      { ...same, queue: 'apply-peer', state: 'retry', attempt: 1, last_error: 'no interface' },
    ]),
  );
  await rig.sql('UPDATE adit_jobs.job SET retry_count = retry_limit - 1, start_after = now()');
  await eventually(async () =>
    expect(await view()).toMatchObject([
      { ...same, queue: 'dead-letter', state: 'dead', attempt: 13, last_error: 'no interface' },
    ]),
  );
  await jobs.stop({ graceMs: 0 });
});
