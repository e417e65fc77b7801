import { expect, test } from 'bun:test';
import { jobsContract } from '../contracts/jobs.contract.ts';
import { createMemoryJobs } from './memory-jobs.ts';

function manualTime() {
  let nowMs = Date.UTC(2026, 0, 1);
  return {
    now: () => new Date(nowMs),
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

jobsContract('in memory', async () => {
  const time = manualTime();
  const jobs = createMemoryJobs(time);
  return {
    jobs,
    transaction: jobs.transaction,
    pass: time.pass,
    nowMs: () => time.now().getTime(),
    start: async () => {},
    async exhaust(key) {
      const job = jobs.jobs.find((each) => each.key === key);
      if (job) Object.assign(job, { attempt: 12, readyAtMs: 0 });
    },
    dispose: async () => {},
  };
});

test('drain runs everything that is ready at the clock’s time, and only that', async () => {
  const time = manualTime();
  const jobs = createMemoryJobs(time);
  const seen: string[] = [];
  jobs.work('apply-peer', { batchSize: 1, maxHeld: 1 }, async ([job]) => {
    seen.push(job?.data.peerId ?? '');
    await job?.complete();
  });
  await jobs.enqueue([
    { kind: 'apply-peer', data: { peerId: 'now' } },
    { kind: 'apply-peer', data: { peerId: 'later' }, startAfterMs: 1_000 },
  ]);
  await jobs.drain();
  expect(seen).toEqual(['now']);
  time.pass(1_000);
  await jobs.drain();
  expect(seen).toEqual(['now', 'later']);
});

test('a crash leaves jobs active until they are rescued; its holder settles nothing any more', async () => {
  const jobs = createMemoryJobs(manualTime());
  let settleLate = async () => {};
  jobs.work('apply-peer', { batchSize: 1, maxHeld: 1 }, async ([job]) => {
    settleLate = async () => job?.complete();
  });
  await jobs.enqueue([{ kind: 'apply-peer', data: { peerId: 'a' } }]);
  await jobs.drain();
  jobs.crash();
  await settleLate();
  expect(jobs.jobs[0]?.state).toBe('active');
  expect(await jobs.rescue('apply-peer')).toBe(1);
  expect(jobs.jobs[0]).toMatchObject({ state: 'retry', attempt: 1 });
});

test('failNextEnqueue fails one call and changes nothing', async () => {
  const jobs = createMemoryJobs(manualTime());
  jobs.failNextEnqueue(new Error('away'));
  const added = [{ kind: 'apply-peer', data: { peerId: 'a' } }] as const;
  expect(jobs.enqueue(added)).rejects.toThrow('away');
  expect(jobs.jobs).toHaveLength(0);
  await jobs.enqueue(added);
  expect(jobs.jobs).toHaveLength(1);
});

test('a lost settle leaves the job active until it is rescued', async () => {
  const jobs = createMemoryJobs(manualTime());
  jobs.work('apply-peer', { batchSize: 1, maxHeld: 1 }, async ([job]) => job?.complete());
  await jobs.enqueue([{ kind: 'apply-peer', data: { peerId: 'a' } }]);
  jobs.loseNextSettle();
  await jobs.drain();
  expect(jobs.jobs[0]?.state).toBe('active');
  expect(await jobs.rescue('apply-peer')).toBe(1);
  await jobs.drain();
  expect(jobs.jobs[0]).toMatchObject({ state: 'completed', attempt: 2 });
});
