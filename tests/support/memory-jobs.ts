import type { JobCount } from '../../src/server/adapters/jobs/reads.ts';
import { AppError } from '../../src/server/core/errors.ts';
import type { Clock } from '../../src/server/core/ports/clock.ts';
import type {
  HeldJob,
  JobHandler,
  JobKind,
  JobKinds,
  JobRunner,
  NewJob,
  WorkOptions,
} from '../../src/server/core/ports/jobs.ts';
import type { SqlExecutor } from '../../src/server/core/ports/sql-executor.ts';

export interface MemoryJob {
  readonly id: string;
  readonly kind: JobKind;
  readonly data: unknown;
  readonly key: string | undefined;
  priority: number;
  state: 'created' | 'retry' | 'active' | 'completed' | 'dead';
  /** How often it was taken. */
  attempt: number;
  readyAtMs: number;
  lastError: unknown;
}

/** Jobs without a database: real behaviour, the time of the given clock, no timers. */
export interface MemoryJobs extends JobRunner {
  enqueueIn(tx: SqlExecutor, jobs: readonly NewJob[]): Promise<void>;
  /** What is enqueued with `tx` counts only when `work` returns. */
  transaction<T>(work: (tx: SqlExecutor) => Promise<T>): Promise<T>;
  redrive(request: {
    readonly queue: string;
    readonly limit: number;
  }): Promise<{ moved: number; leftBehind: number }>;
  counts(): Promise<readonly JobCount[]>;
  /** Runs handlers until no job is ready at the clock's time. Jobs held and not settled are not waited for. */
  drain(): Promise<void>;
  /** The next call of this kind throws `error` and does nothing. */
  failNext(operation: 'enqueue' | 'settle', error?: unknown): void;
  /** As kill -9 would: what is held stays active and is never settled by its holder; handlers are forgotten. */
  crash(): void;
  readonly jobs: readonly MemoryJob[];
}

interface Worker {
  readonly options: WorkOptions;
  readonly handler: JobHandler<JobKind>;
  readonly held: Set<MemoryJob>;
  pumping: Promise<void> | null;
}

const RETRY_LIMIT = 12;
const NEVER_ABORTED = new AbortController().signal;

export function createMemoryJobs(clock: Pick<Clock, 'now'>): MemoryJobs {
  const jobs: MemoryJob[] = [];
  const workers = new Map<JobKind, Worker>();
  const open = new Map<SqlExecutor, NewJob[]>();
  const failures = new Map<'enqueue' | 'settle', unknown>();
  let life = 0;
  let counter = 0;

  const now = () => clock.now().getTime();
  const live = (job: MemoryJob) => ['created', 'retry', 'active'].includes(job.state);
  const keyTaken = (kind: JobKind, key: string | undefined) =>
    key !== undefined && jobs.some((job) => job.kind === kind && job.key === key && live(job));

  function throwIfAsked(operation: 'enqueue' | 'settle'): void {
    if (!failures.has(operation)) return;
    const error = failures.get(operation);
    failures.delete(operation);
    throw error;
  }

  function insert(job: NewJob): void {
    if (keyTaken(job.kind, job.singletonKey)) return;
    jobs.push({
      id: `job-${++counter}`,
      kind: job.kind,
      data: structuredClone(job.data),
      key: job.singletonKey,
      priority: job.priority ?? 0,
      state: 'created',
      attempt: 0,
      readyAtMs: now() + (job.startAfterMs ?? 0),
      lastError: null,
    });
  }

  function ready(kind: JobKind): readonly MemoryJob[] {
    return jobs
      .filter((job) => job.kind === kind && (job.state === 'created' || job.state === 'retry'))
      .filter((job) => job.readyAtMs <= now())
      .sort((a, b) => b.priority - a.priority);
  }

  function giveBack(job: MemoryJob, error: unknown, retryAfterMs?: number): void {
    job.lastError = error;
    job.priority -= 1;
    job.state = job.attempt > RETRY_LIMIT ? 'dead' : 'retry';
    job.readyAtMs = now() + (retryAfterMs ?? Math.min(300_000, 1_000 * 2 ** (job.attempt - 1)));
  }

  function hold(job: MemoryJob, worker: Worker): HeldJob {
    const [attempt, born] = [++job.attempt, life];
    job.state = 'active';
    worker.held.add(job);
    let settled = false;
    async function settle(effect: () => void): Promise<void> {
      if (settled || born !== life) return;
      throwIfAsked('settle');
      settled = true;
      worker.held.delete(job);
      if (job.state === 'active' && job.attempt === attempt) effect();
    }
    return {
      id: job.id,
      kind: job.kind,
      data: job.data as JobKinds[JobKind],
      attempt,
      complete: () => settle(() => Object.assign(job, { state: 'completed' })),
      fail: (error, retryAfterMs) => {
        const asked = error instanceof AppError ? error.retryAfterMs : undefined;
        return settle(() => giveBack(job, error, retryAfterMs ?? asked));
      },
    };
  }

  async function turn(worker: Worker, batch: readonly HeldJob[]): Promise<void> {
    try {
      await worker.handler(batch, NEVER_ABORTED);
    } catch (error) {
      await Promise.allSettled(batch.map((job) => job.fail(error)));
    }
  }

  async function pump(kind: JobKind, worker: Worker): Promise<void> {
    for (;;) {
      const room = Math.min(worker.options.batchSize, worker.options.maxHeld - worker.held.size);
      if (worker.options.enabled?.() === false) return;
      const batch = ready(kind).slice(0, Math.max(0, room));
      if (batch.length === 0 || workers.get(kind) !== worker) return;
      await turn(
        worker,
        batch.map((job) => hold(job, worker)),
      );
    }
  }

  function pumpOnce(kind: JobKind): Promise<void> {
    const worker = workers.get(kind);
    if (worker === undefined) return Promise.resolve();
    worker.pumping ??= pump(kind, worker).finally(() => {
      worker.pumping = null;
    });
    return worker.pumping;
  }

  async function enqueue(added: readonly NewJob[]): Promise<void> {
    throwIfAsked('enqueue');
    for (const job of added) insert(job);
  }

  return {
    jobs,
    enqueue,
    async enqueueIn(tx, added) {
      const buffer = open.get(tx);
      if (buffer === undefined) return enqueue(added);
      throwIfAsked('enqueue');
      buffer.push(...added);
    },
    async transaction(work) {
      const tx: SqlExecutor = { execute: async () => [] };
      const buffer: NewJob[] = [];
      open.set(tx, buffer);
      try {
        const result = await work(tx);
        for (const job of buffer) insert(job);
        return result;
      } finally {
        open.delete(tx);
      }
    },
    work(kind, options, handler) {
      workers.set(kind, { options, handler: handler as JobHandler<JobKind>, held: new Set(), pumping: null });
    },
    wake(kind) {
      pumpOnce(kind).catch(() => undefined);
    },
    async rescue(kind) {
      const held = workers.get(kind)?.held;
      const lost = jobs.filter((job) => job.kind === kind && job.state === 'active' && !held?.has(job));
      for (const job of lost) giveBack(job, 'The process that held the job is gone.', 0);
      return lost.length;
    },
    async redrive({ queue, limit }) {
      let [moved, leftBehind] = [0, 0];
      for (const job of jobs.filter((each) => each.kind === queue && each.state === 'dead')) {
        if (moved >= limit) break;
        if (keyTaken(job.kind, job.key)) leftBehind += 1;
        else {
          Object.assign(job, { state: 'created', attempt: 0, readyAtMs: now() });
          moved += 1;
        }
      }
      return { moved, leftBehind };
    },
    async counts() {
      const unfinished = jobs.filter((job) => job.state !== 'completed');
      const groups = Map.groupBy(unfinished, ({ kind, state }) =>
        state === 'dead' ? 'dead-letter dead' : `${kind} ${state}`,
      );
      return [...groups].map(([name, group]) => {
        const [queue = '', state = ''] = name.split(' ');
        return { queue, state, count: group.length };
      });
    },
    async drain() {
      while ([...workers.keys()].some((kind) => ready(kind).length > 0)) {
        const before = jobs.map((job) => job.attempt).join();
        await Promise.all([...workers.keys()].map(pumpOnce));
        // Everything ready is not enabled, or beyond somebody's `maxHeld`: only the test can go on.
        if (before === jobs.map((job) => job.attempt).join()) return;
      }
    },
    failNext(operation, error = new AppError('unavailable', 'The database does not answer.')) {
      failures.set(operation, error);
    },
    crash() {
      life += 1;
      workers.clear();
    },
  };
}
