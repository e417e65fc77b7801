import type { PgBoss } from 'pg-boss';
import { AppError } from '../../core/errors.ts';
import { createLane } from '../../core/lane.ts';
import type { Activity } from '../../core/ports/activity.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { HeldJob, JobHandler, JobKind, WorkOptions } from '../../core/ports/jobs.ts';
import type { Log } from '../../core/ports/log.ts';
import { createSupervisedLoop, type LoopBook } from '../../core/supervised-loop.ts';
import { createBell } from './bell.ts';
import type { Claim } from './claims.ts';
import { createHolding, type Holding } from './holding.ts';
import { parseJobData } from './kinds.ts';
import type { Settler } from './settler.ts';

/** A handler and its limits, as `work` got them. */
export interface WorkerSpec<K extends JobKind = JobKind> {
  readonly kind: K;
  readonly options: WorkOptions;
  readonly handler: JobHandler<K>;
  /** Of its loop, over all runs. */
  readonly book: LoopBook;
}

export interface WorkerDeps {
  readonly boss: PgBoss;
  readonly settler: Settler;
  readonly clock: Clock;
  readonly log: Log;
  readonly activity?: Activity;
  readonly pollIntervalMs: number;
}

/** One run of one kind's loop. */
export interface Worker {
  readonly kind: JobKind;
  /** Takes and hands over from now on. */
  start(): void;
  /** Takes no more; resolves when the last handler call has returned. */
  stop(): Promise<void>;
  wake(): void;
  /** Runs `work` while no taking of this kind is in flight, so that `claims` tells everything held here. */
  still<T>(work: (held: readonly Claim[]) => Promise<T>): Promise<T>;
  readonly holding: Pick<Holding<JobKind>, 'claims' | 'releaseAll' | 'empty'>;
}

/** `handling` aborts what the handlers do. */
export function createWorker<K extends JobKind>(
  deps: WorkerDeps,
  spec: WorkerSpec<K>,
  handling: AbortSignal,
): Worker {
  const { kind, options } = spec;
  const bell = createBell(deps.clock);
  const lane = createLane();
  let full = false;
  const holding = createHolding(kind, deps.settler, () => {
    if (full) bell.ring();
  });

  /** True when there may be more at once. */
  async function turn(taking: AbortSignal): Promise<boolean> {
    const room = Math.min(options.batchSize, options.maxHeld - holding.size);
    full = room <= 0;
    if (full || options.enabled?.() === false) return false;
    const { jobs, taken } = await lane.run(() => take(room));
    // Only what came too late: the rest still has its grace.
    if (taking.aborted) await Promise.all(jobs.map((job) => job.postpone(0)));
    else if (jobs.length > 0) {
      deps.activity?.began('job', kind);
      await handOver(spec.handler, jobs, handling);
    }
    return taken === room;
  }

  async function take(room: number): Promise<{ jobs: readonly HeldJob<K>[]; taken: number }> {
    const rows = await deps.boss.fetch<unknown>(kind, { batchSize: room });
    const jobs = rows.map((row) => holdOne({ kind, id: row.id, retryCount: row.retryCount }, row.data));
    return { jobs: jobs.filter((job) => job !== null), taken: rows.length };
  }

  function holdOne(claim: Claim, raw: unknown): HeldJob<K> | null {
    const data = parseJobData(kind, raw);
    if (data !== null) return holding.hold(claim, data);
    const broken = new AppError('invalid', 'The data of this job is broken.');
    void holding.reject(claim, broken);
    return null;
  }

  const loop = createSupervisedLoop({
    name: workerLoop(kind),
    clock: deps.clock,
    log: deps.log,
    loopBook: spec.book,
    work: async (taking) => ((await turn(taking)) ? 'again' : undefined),
    pause: (taking) => bell.wait(deps.pollIntervalMs, taking),
  });

  return {
    kind,
    holding,
    start: loop.start,
    stop: loop.stop,
    wake: bell.ring,
    still: (work) => lane.run(() => work(holding.claims())),
  };
}

export const workerLoop = (kind: JobKind) => `jobs:${kind}`;

async function handOver<K extends JobKind>(
  handler: JobHandler<K>,
  jobs: readonly HeldJob<K>[],
  signal: AbortSignal,
): Promise<void> {
  try {
    await handler(jobs, signal);
  } catch (error) {
    await Promise.all(jobs.map((job) => job.fail(error)));
  }
}
