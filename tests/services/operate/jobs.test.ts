import { afterAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { JobQuery, JobTab } from '../../../src/server/core/ports/job-desk.ts';
import { changeJob, type JobAct } from '../../../src/server/services/operate/change-job.ts';
import { changeManyJobs, MOST_AT_ONCE } from '../../../src/server/services/operate/change-many-jobs.ts';
import { ACT, type OperateRig, openOperateRig } from '../../support/operate-rig.ts';

setDefaultTimeout(30_000);

let rig: OperateRig | undefined;
beforeEach(async () => {
  await rig?.close();
  rig = await openOperateRig();
});
afterAll(() => rig?.close());

const here = () => rig!;
const query = (tab: JobTab, over: Partial<JobQuery> = {}): JobQuery => ({ tab, queue: null, q: '', ...over });
const list = async (tab: JobTab, over: Partial<JobQuery> = {}) =>
  (await here().queue.reader.list(query(tab, over), { limit: 2000, cursor: null }, here().now())).rows;
const count = async (tab: JobTab) =>
  (await here().queue.reader.counts(here().now())).find((each) => each.tab === tab)?.count;
const many = (act: JobAct, asked: JobQuery) =>
  changeManyJobs(here().operate, ACT, act, asked, new AbortController().signal);

/** Jobs of every state, as the queue itself leaves them; `dead` is what its dead letter queue holds. */
async function jobsIn(
  state: 'created' | 'retry' | 'active' | 'completed' | 'cancelled' | 'dead',
  number: number,
) {
  const dead = state === 'dead';
  await here().admin.unsafe(`
    insert into adit_jobs.job (name, data, state, policy, singleton_key, retry_limit, retry_count, start_after, created_on,
                               source_name, source_id, source_created_on, source_retry_count, source_output, output)
    select '${dead ? 'dead-letter' : 'apply-peer'}', jsonb_build_object('peerId', gen_random_uuid()),
           '${dead ? 'created' : state}', '${dead ? 'standard' : 'exclusive'}', gen_random_uuid()::text, 2,
           ${state === 'retry' ? 2 : 0}, now() + interval '1 hour', now() - n * interval '1 second',
           ${dead ? '\'apply-peer\', gen_random_uuid(), now(), 12, \'{"message":"gave up"}\', null' : 'null, null, null, null, null, \'{"message":"wg did not answer"}\''}
      from generate_series(1, ${number}) n`);
}

describe('an operator and one job', () => {
  const table: readonly (readonly [
    from: Parameters<typeof jobsIn>[0],
    tab: JobTab,
    act: JobAct,
    to: JobTab | null,
  ])[] = [
    ['created', 'waiting', 'retry', 'waiting'],
    ['retry', 'retry', 'retry', 'retry'],
    ['dead', 'dead', 'retry', 'waiting'],
    ['cancelled', 'cancelled', 'retry', 'waiting'],
    ['created', 'waiting', 'cancel', 'cancelled'],
    ['retry', 'retry', 'cancel', 'cancelled'],
    ['active', 'active', 'cancel', 'cancelled'],
    ['dead', 'dead', 'discard', null],
    ['completed', 'done', 'discard', null],
    ['cancelled', 'cancelled', 'discard', null],
    ['created', 'waiting', 'discard', null],
  ];
  test.each(table)('%s (%s): %s', async (from, tab, act, to) => {
    await jobsIn(from, 1);
    const [job] = await list(tab);
    expect(await changeJob(here().operate, ACT, act, job!.id)).toEqual({ kind: 'done' });
    if (to === null) expect(await here().jobs()).toEqual([]);
    else expect(await list(to)).toHaveLength(1);
    // What runs again runs now.
    if (act === 'retry')
      expect((await list(to!))[0]!.nextAt).toBeLessThanOrEqual(here().now().getTime() + 1000);
    expect(here().woken.length > 0).toBe(act === 'retry');
    expect(await here().audit()).toMatchObject([
      { action: `job-${act}`, subject: `job:${job!.id}`, operator: 'anna', address: '192.0.2.7' },
    ]);
  });

  const refused: readonly (readonly [from: Parameters<typeof jobsIn>[0], tab: JobTab, act: JobAct])[] = [
    ['active', 'active', 'retry'],
    ['completed', 'done', 'retry'],
    ['active', 'active', 'discard'],
    ['dead', 'dead', 'cancel'],
    ['completed', 'done', 'cancel'],
    ['cancelled', 'cancelled', 'cancel'],
  ];
  test.each(refused)(
    '%s (%s) is not for %s: it is left, and the audit knows nothing',
    async (from, tab, act) => {
      await jobsIn(from, 1);
      const before = await list(tab);
      expect(await changeJob(here().operate, ACT, act, before[0]!.id)).toEqual({ kind: 'not-found' });
      expect(await list(tab)).toEqual(before);
      expect(await here().audit()).toEqual([]);
    },
  );

  test('the last try used up: one more is allowed', async () => {
    await jobsIn('retry', 1);
    const [job] = await list('retry');
    await changeJob(here().operate, ACT, 'retry', job!.id);
    expect((await list('retry'))[0]).toMatchObject({ attempt: 2, maxAttempts: 4 });
  });

  test('F-J4: a dead or cancelled job with a living twin stays where it is, in sight', async () => {
    await jobsIn('dead', 1);
    await jobsIn('cancelled', 1);
    await here().admin`update adit_jobs.job set singleton_key = 'twin'`;
    await here().queue.enqueue([{ kind: 'apply-peer', data: { peerId: 'x' }, singletonKey: 'twin' }]);
    for (const tab of ['dead', 'cancelled'] as const) {
      const [job] = await list(tab);
      expect(await changeJob(here().operate, ACT, 'retry', job!.id)).toEqual({ kind: 'not-found' });
      expect(await list(tab)).toHaveLength(1);
    }
    expect(await list('waiting')).toHaveLength(1);
  });
});

describe('an operator and all jobs that match', () => {
  test('dead ones go back to their queue, batch by batch, each batch in the audit', async () => {
    await jobsIn('dead', 1200);
    expect(await here().queue.reader.count(query('dead'), MOST_AT_ONCE, here().now())).toBe(1200);
    expect(await many('retry', query('dead'))).toEqual({ touched: 1200, complete: true });
    expect([await count('dead'), await count('waiting')]).toEqual([0, 1200]);
    const lines = await here().audit();
    expect(lines.map((line) => [line.action, line.details.count, line.details.state])).toEqual([
      ['jobs-retry', 500, 'dead'],
      ['jobs-retry', 500, 'dead'],
      ['jobs-retry', 200, 'dead'],
    ]);
  });

  test('those that stay in their state are touched once each', async () => {
    await jobsIn('retry', 1001);
    expect(await many('retry', query('retry'))).toEqual({ touched: 1001, complete: true });
  });

  test('only those that match: by queue, by the words of the error', async () => {
    await jobsIn('dead', 3);
    await here().admin`update adit_jobs.job set source_output = '{"message":"another 100% thing_"}'
      where id = (select id from adit_jobs.job limit 1)`;
    expect(await list('dead', { q: '100% THING_' })).toHaveLength(1);
    expect(await list('dead', { q: '_' })).toHaveLength(1);
    for (const q of ['', 'gave up', here().uuid()]) {
      const asked = query('dead', { q, queue: 'apply-peer' });
      const counted = await here().queue.reader.count(asked, MOST_AT_ONCE, here().now());
      expect([q, counted]).toEqual([q, (await list('dead', asked)).length]);
    }
    const waiting = query('waiting', { queue: 'housekeeping' });
    expect(await here().queue.reader.count(waiting, MOST_AT_ONCE, here().now())).toBe(0);
    expect(await many('discard', query('dead', { q: 'gave up', queue: 'apply-peer' }))).toMatchObject({
      touched: 2,
    });
    expect(await many('discard', query('dead', { queue: 'housekeeping' }))).toMatchObject({ touched: 0 });
    expect(await count('dead')).toBe(1);
  });

  test('an abort stops between two batches; what was done is in the audit', async () => {
    await jobsIn('dead', 600);
    const stop = new AbortController();
    const deps = { ...here().operate, wake: () => stop.abort(new Error('left')) };
    await expect(changeManyJobs(deps, ACT, 'retry', query('dead'), stop.signal)).rejects.toThrow('left');
    expect([await count('dead'), await count('waiting')]).toEqual([100, 500]);
    expect((await here().audit()).map((line) => line.details.count)).toEqual([500]);
  });
});

describe('what the lists show of a job', () => {
  test('state, tries, subject, error; payload and output on its own page', async () => {
    await jobsIn('dead', 1);
    const [row] = await list('dead');
    expect(row).toMatchObject({
      queue: 'apply-peer',
      state: 'dead',
      attempt: 13,
      maxAttempts: 13,
      lastError: 'gave up',
    });
    const detail = await here().queue.reader.one(row!.id, here().now());
    expect(detail).toMatchObject({ payload: { peerId: row!.subject }, output: { message: 'gave up' } });
    expect(await here().queue.reader.one(here().uuid(), here().now())).toBeNull();
  });

  test('found by its id and by the peer it is about, in any tab that holds it', async () => {
    await jobsIn('completed', 20);
    const job = (await list('done'))[11]!;
    expect((await list('done', { q: job.id })).map((each) => each.id)).toEqual([job.id]);
    expect((await list('done', { q: job.subject! })).map((each) => each.id)).toEqual([job.id]);
    expect(await list('waiting', { q: job.id })).toEqual([]);
  });

  test('stuck ones have a tab of their own; the counts agree with the lists', async () => {
    await jobsIn('retry', 3);
    await jobsIn('created', 2);
    await jobsIn('completed', 4);
    await here().admin`update adit_jobs.job set created_on = now() - interval '1 hour' where state = 'retry'`;
    expect((await list('stuck')).map((each) => [each.state, each.stuck])).toEqual(
      Array(3).fill(['retry', true]),
    );
    for (const tab of ['stuck', 'waiting', 'retry', 'dead', 'done', 'cancelled', 'active'] as const) {
      expect([tab, await count(tab)]).toEqual([tab, (await list(tab)).length]);
    }
  });
});
