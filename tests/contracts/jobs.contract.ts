import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { HeldJob, JobHandler, JobRunner, NewJob } from '../../src/server/core/ports/jobs.ts';
import type { SqlExecutor } from '../../src/server/core/ports/sql-executor.ts';
import { eventually } from '../support/eventually.ts';

// Over a real database the first test waits for its server too, on a machine that may be busy.
setDefaultTimeout(30_000);

/** What the suite asks of an implementation, beyond the port. */
export interface ContractJobs extends JobRunner {
  enqueueIn(tx: SqlExecutor, jobs: readonly NewJob[]): Promise<void>;
  redrive(request: { queue: string; limit: number }): Promise<{ moved: number; leftBehind: number }>;
  counts(): Promise<readonly { queue: string; state: string; count: number }[]>;
}

export interface JobsHarness {
  readonly jobs: ContractJobs;
  transaction<T>(work: (tx: SqlExecutor) => Promise<T>): Promise<T>;
  /** Lets this much time pass: a manual clock moves, a real one is waited for by the suite itself. */
  pass(ms: number): void;
  nowMs(): number;
  /** From now on the runner works on what `work` registered. */
  start(): Promise<void>;
  /** Uses up all tries of the job at once: its next failure is its last. */
  exhaust(singletonKey: string): Promise<void>;
  dispose(): Promise<void>;
}

const peer = (name: string, rest: Partial<NewJob<'apply-peer'>> = {}): NewJob<'apply-peer'> => ({
  kind: 'apply-peer',
  data: { peerId: name },
  ...rest,
});

type Peers = readonly HeldJob<'apply-peer'>[];
const names = (batch: Peers) => batch.map((job) => job.data.peerId);
const completeAll = (batch: Peers) => Promise.all(batch.map((job) => job.complete()));

/** Every promise of the jobs port, over the real adapter and over the fake. */
export function jobsContract(title: string, makeHarness: () => Promise<JobsHarness>): void {
  describe(`jobs contract: ${title}`, () => {
    let harness: JobsHarness;
    let jobs: ContractJobs;
    let seen: string[];

    beforeEach(async () => {
      harness = await makeHarness();
      jobs = harness.jobs;
      seen = [];
    });
    afterEach(() => harness.dispose());

    async function serve(handler: JobHandler<'apply-peer'>, batchSize = 10, maxHeld = 100): Promise<void> {
      jobs.work('apply-peer', { batchSize, maxHeld }, handler);
      await harness.start();
    }

    /** Looks for work now and then, as polling and passing time do, until `done`. */
    async function untilTrue(done: () => boolean | Promise<boolean>): Promise<void> {
      await eventually(async () => {
        jobs.wake('apply-peer');
        harness.pass(50);
        return done();
      });
    }

    const nothingLeft = async () => (await jobs.counts()).length === 0;

    test('a job is handed over with its data and is gone when completed', async () => {
      await serve(async (batch) => {
        seen.push(...batch.map((job) => `${job.kind} ${job.data.peerId} ${job.attempt}`));
        await completeAll(batch);
      });
      await jobs.enqueue([peer('a')]);
      await untilTrue(nothingLeft);
      expect(seen).toEqual(['apply-peer a 1']);
    });

    test('jobs waiting before the start are taken as one batch, never above batchSize', async () => {
      const sizes: number[] = [];
      await jobs.enqueue(Array.from({ length: 25 }, (_, index) => peer(`p${index}`)));
      await serve(async (batch) => {
        sizes.push(batch.length);
        await completeAll(batch);
      });
      await untilTrue(nothingLeft);
      expect(sizes).toEqual([10, 10, 5]);
    });

    test('higher priority first, then in order of enqueueing', async () => {
      await jobs.enqueue([peer('background')]);
      await jobs.enqueue([peer('first', { priority: 10 })]);
      await jobs.enqueue([peer('second', { priority: 10 })]);
      await serve(async (batch) => {
        seen.push(...names(batch));
        await completeAll(batch);
      }, 1);
      await untilTrue(nothingLeft);
      expect(seen).toEqual(['first', 'second', 'background']);
    });

    test('a second live job with the same key is dropped; after the first is completed the key is free', async () => {
      await jobs.enqueue([peer('a', { singletonKey: 'k' }), peer('b', { singletonKey: 'k' })]);
      await jobs.enqueue([peer('c', { singletonKey: 'k' }), peer('d'), peer('e')]);
      let held: Peers = [];
      await serve(async (batch) => {
        held = [...held, ...batch];
      });
      await untilTrue(() => held.length === 3);
      await jobs.enqueue([peer('while active', { singletonKey: 'k' })]);
      await completeAll(held);
      expect(await jobs.counts()).toEqual([]);
      await jobs.enqueue([peer('after', { singletonKey: 'k' })]);
      await untilTrue(() => held.length === 4);
      expect(names(held).toSorted()).toEqual(['a', 'after', 'd', 'e']);
    });

    test('a job with startAfterMs is not taken before', async () => {
      let takenAt = 0;
      await serve(async (batch) => {
        takenAt = harness.nowMs();
        await completeAll(batch);
      });
      const enqueuedAt = harness.nowMs();
      await jobs.enqueue([peer('later', { startAfterMs: 400 })]);
      await untilTrue(() => takenAt > 0);
      expect(takenAt - enqueuedAt).toBeGreaterThanOrEqual(395);
    });

    test('enqueueIn belongs to the transaction: rolled back, the job was never there', async () => {
      const failing = harness.transaction(async (tx) => {
        await jobs.enqueueIn(tx, [peer('rolled back')]);
        throw new Error('no');
      });
      expect(failing).rejects.toThrow('no');
      await failing.catch(() => undefined);
      await harness.transaction((tx) => jobs.enqueueIn(tx, [peer('x'), peer('y')]));
      expect(await jobs.counts()).toEqual([{ queue: 'apply-peer', state: 'created', count: 2 }]);
    });

    test('no more than maxHeld are in hand; settling makes room', async () => {
      const held: HeldJob<'apply-peer'>[] = [];
      await jobs.enqueue(Array.from({ length: 8 }, (_, index) => peer(`p${index}`)));
      await serve(
        async (batch) => {
          held.push(...batch);
        },
        2,
        5,
      );
      await untilTrue(() => held.length === 5);
      expect(await jobs.counts()).toContainEqual({ queue: 'apply-peer', state: 'created', count: 3 });
      await completeAll(held.slice(0, 2));
      await untilTrue(() => held.length === 7);
      await completeAll(held);
      await untilTrue(() => held.length === 8);
    });

    test('while a kind is not enabled none of its jobs is taken', async () => {
      let enabled = false;
      jobs.work('apply-peer', { batchSize: 10, maxHeld: 10, enabled: () => enabled }, async (batch) => {
        seen.push(...names(batch));
        await completeAll(batch);
      });
      await harness.start();
      await jobs.enqueue([peer('a')]);
      await jobs.enqueue([{ kind: 'housekeeping', data: {} }]);
      jobs.wake('apply-peer');
      let otherKindWorked = false;
      jobs.work('housekeeping', { batchSize: 1, maxHeld: 1 }, async ([job]) => {
        otherKindWorked = true;
        await job?.complete();
      });
      jobs.wake('housekeeping');
      await untilTrue(() => otherKindWorked);
      expect(seen).toEqual([]);
      enabled = true;
      await untilTrue(nothingLeft);
      expect(seen).toEqual(['a']);
    });

    test('settling twice is safe, the first one counts', async () => {
      await serve(async ([job]) => {
        await job?.complete();
        await job?.fail(new Error('too late'));
        seen.push('settled');
      });
      await jobs.enqueue([peer('a')]);
      await untilTrue(() => seen.length === 1);
      expect(await jobs.counts()).toEqual([]);
    });

    test('a failed job comes again after retryAfterMs, with the next attempt', async () => {
      const times: number[] = [];
      await serve(async ([job]) => {
        times.push(harness.nowMs());
        seen.push(`attempt ${job?.attempt}`);
        if (job?.attempt === 1) await job.fail(new Error('busy'), 300);
        else await job?.complete();
      });
      await jobs.enqueue([peer('a')]);
      await untilTrue(nothingLeft);
      expect(seen).toEqual(['attempt 1', 'attempt 2']);
      expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(295);
    });

    test('a postponed job comes after its time, not before, and its try is not counted (F-L4)', async () => {
      const times: number[] = [];
      await serve(async ([job]) => {
        times.push(harness.nowMs());
        seen.push(`attempt ${job?.attempt}`);
        if (times.length === 1) await job?.postpone(300);
        else await job?.complete();
      });
      await jobs.enqueue([peer('a')]);
      await untilTrue(nothingLeft);
      expect(seen).toEqual(['attempt 1', 'attempt 1']);
      expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(295);
    });

    test('a throw fails what the batch has not settled, and the loop goes on (F-J5)', async () => {
      await serve(async (batch) => {
        for (const job of batch) {
          if (job.data.peerId === 'good') await job.complete();
        }
        if (batch.some((job) => job.data.peerId === 'bad' && job.attempt === 1)) throw new Error('broken');
        seen.push(...names(batch));
        await completeAll(batch);
      });
      await jobs.enqueue([peer('good'), peer('bad')]);
      await untilTrue(nothingLeft);
      expect(seen).toEqual(['bad']);
    });

    test('after its last try a job is dead; redrive brings it back as a fresh one (F-J4)', async () => {
      let failing = true;
      await serve(async (batch) => {
        seen.push(...batch.map((job) => `${job.data.peerId} ${job.attempt === 1 ? 'fresh' : 'tried'}`));
        if (failing) throw new Error('always');
        await completeAll(batch);
      });
      await jobs.enqueue([peer('a', { singletonKey: 'a' })]);
      await untilTrue(() => seen.length === 1);
      await harness.exhaust('a');
      await untilTrue(async () => (await jobs.counts())[0]?.state === 'dead');
      failing = false;
      expect(await jobs.redrive({ queue: 'apply-peer', limit: 10 })).toEqual({ moved: 1, leftBehind: 0 });
      await untilTrue(nothingLeft);
      expect(seen.at(-1)).toBe('a fresh');
      expect(await jobs.redrive({ queue: 'apply-peer', limit: 10 })).toEqual({ moved: 0, leftBehind: 0 });
    });

    test('rescue leaves alone what this process holds', async () => {
      let held: Peers = [];
      await serve(async (batch) => {
        held = batch;
      });
      await jobs.enqueue([peer('a')]);
      await untilTrue(() => held.length === 1);
      expect(await jobs.rescue('apply-peer')).toBe(0);
      await completeAll(held);
      expect(await jobs.counts()).toEqual([]);
    });
  });
}
