import type { JobCount } from '../../src/server/adapters/jobs/reads.ts';
import { AppError } from '../../src/server/core/errors.ts';
import type { Clock } from '../../src/server/core/ports/clock.ts';
import type { JobHandler, JobKind, JobRunner, NewJob } from '../../src/server/core/ports/jobs.ts';
import type { SqlExecutor } from '../../src/server/core/ports/sql-executor.ts';
import { createMemoryJobTable, type MemoryJob } from './memory-job-table.ts';
import { createMemoryWorker, type MemoryWorker } from './memory-job-worker.ts';

export type { MemoryJob };

/** Jobs without a database: real behaviour, the time of the given clock, no timers. */
export interface MemoryJobs extends JobRunner {
  enqueueIn(tx: SqlExecutor, jobs: readonly NewJob[]): Promise<void>;
  /** What is enqueued with `tx` counts only when `work` returns. */
  transaction<T>(work: (tx: SqlExecutor) => Promise<T>): Promise<T>;
  redrive(request: RedriveRequest): Promise<{ moved: number; leftBehind: number }>;
  counts(): Promise<readonly JobCount[]>;
  /** Runs handlers until no job is ready at the clock's time. Jobs held and not settled are not waited for. */
  drain(): Promise<void>;
  /** The next enqueueing throws `error` and does nothing. */
  failNextEnqueue(error?: unknown): void;
  /** The next settling is lost: the job stays active until it is rescued. */
  loseNextSettle(): void;
  /** As kill -9 would: what is held stays active and is never settled by its holder; handlers are forgotten. */
  crash(): void;
  readonly jobs: readonly MemoryJob[];
}

interface RedriveRequest {
  readonly queue: string;
  readonly limit: number;
}

const HOLDER_GONE = 'The process that held the job is gone.';

export function createMemoryJobs(clock: Pick<Clock, 'now'>): MemoryJobs {
  const table = createMemoryJobTable(() => clock.now().getTime());
  const workers = new Map<JobKind, MemoryWorker>();
  const settles = { loseNext: false };
  const heldHere = (kind: JobKind, job: MemoryJob) => workers.get(kind)?.holds(job) === true;

  return {
    jobs: table.jobs,
    ...createEnqueueing(table.insert),
    work(kind, options, handler) {
      const work = handler as JobHandler<JobKind>;
      workers.set(kind, createMemoryWorker(table, { kind, options, handler: work, settles }));
    },
    wake: (kind) => void workers.get(kind)?.pump(),
    async rescue(kind) {
      const active = table.jobs.filter((job) => job.kind === kind && job.state === 'active');
      const lost = active.filter((job) => !heldHere(kind, job));
      for (const job of lost) table.giveBack(job, HOLDER_GONE, 0);
      return lost.length;
    },
    redrive: async ({ queue, limit }) => table.redrive(queue, limit),
    counts: async () => table.counts(),
    async drain() {
      const takings = () => table.jobs.reduce((sum, job) => sum + job.attempt, 0);
      for (let before = -1; before !== takings(); ) {
        before = takings();
        await Promise.all([...workers.values()].map((worker) => worker.pump()));
      }
    },
    loseNextSettle() {
      settles.loseNext = true;
    },
    crash() {
      for (const worker of workers.values()) worker.die();
      workers.clear();
    },
  };
}

function createEnqueueing(insert: (job: NewJob) => void) {
  const open = new Map<SqlExecutor, NewJob[]>();
  let failure: { readonly error: unknown } | null = null;

  function failIfAsked(): void {
    const asked = failure;
    failure = null;
    if (asked !== null) throw asked.error;
  }

  async function enqueue(jobs: readonly NewJob[]): Promise<void> {
    failIfAsked();
    for (const job of jobs) insert(job);
  }

  return {
    enqueue,
    async enqueueIn(tx: SqlExecutor, jobs: readonly NewJob[]): Promise<void> {
      const buffer = open.get(tx);
      if (buffer === undefined) return enqueue(jobs);
      failIfAsked();
      buffer.push(...jobs);
    },
    async transaction<T>(work: (tx: SqlExecutor) => Promise<T>): Promise<T> {
      const tx: SqlExecutor = { execute: async () => [] };
      const buffer: NewJob[] = [];
      open.set(tx, buffer);
      const result = await work(tx).finally(() => open.delete(tx));
      for (const job of buffer) insert(job);
      return result;
    },
    failNextEnqueue(error: unknown = new AppError('unavailable', 'The database does not answer.')): void {
      failure = { error };
    },
  };
}
