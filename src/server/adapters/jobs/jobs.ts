import { AppError } from '../../core/errors.ts';
import { createLane } from '../../core/lane.ts';
import type { LoopRecord } from '../../core/loop-record.ts';
import type { Activity } from '../../core/ports/activity.ts';
import type { Clock, Random } from '../../core/ports/clock.ts';
import type { JobOperationsIn, JobReader } from '../../core/ports/job-desk.ts';
import type { JobHandler, JobKind, JobRunner, NewJob, WorkOptions } from '../../core/ports/jobs.ts';
import type { Log } from '../../core/ports/log.ts';
import type { SqlExecutor } from '../../core/ports/sql-executor.ts';
import { createLoopBook } from '../../core/supervised-loop.ts';
import { createClaimWrites } from './claims.ts';
import type { JobsDatabase } from './database.ts';
import { type RedriveRequest, type RedriveResult, redriveJobs } from './dead-letters.ts';
import { enqueueJobs } from './enqueue.ts';
import { createBoss, installJobs, learnQueues, type RetryRules } from './installation.ts';
import { createJobOperations } from './job-operations.ts';
import { createJobReader } from './job-reader.ts';
import { createLeases } from './leases.ts';
import { discardOutlived } from './outlived.ts';
import { countJobs, countStuckJobs, type JobCount } from './reads.ts';
import { beginRun, LEASES_LOOP, MAINTENANCE_LOOP, type Run } from './run.ts';
import { createSettler } from './settler.ts';
import { type WorkerSpec, workerLoop } from './worker.ts';

export interface JobsDeps {
  readonly database: JobsDatabase;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Told of what is handed to a handler. */
  readonly activity?: Activity;
  /** Lower-case letters and `_`. */
  readonly schema: string;
  /** A process that says nothing for so long has lost its jobs. Renewed every third of it. */
  readonly leaseSeconds: number;
  readonly pollIntervalMs: number;
  readonly retry: RetryRules;
  /** Told of jobs that this process has done, once it is in the database. */
  onDone?(kind: JobKind, count: number): void;
}

/** Durable jobs on pg-boss. All state is in the database; several processes may share one schema. */
export interface Jobs extends JobRunner {
  /**
   * Enqueues in the caller's transaction; wake the kinds after its commit. A taken singleton key is skipped.
   * Only after `install` or `start`: before, the queues would have to be read beside the transaction.
   */
  enqueueIn(tx: SqlExecutor, jobs: readonly NewJob[]): Promise<void>;
  /**
   * Creates or migrates the schema, its queues and the view report.jobs; safe to repeat. The caller holds a lock:
   * concurrent CREATE fails.
   */
  install(): Promise<void>;
  /**
   * Works; installs before, when this runner did not yet. Throws AppError `unavailable` when the database is
   * away: try again. Idempotent.
   */
  start(): Promise<void>;
  /**
   * What is held ends within the grace, or goes back to the queue with its attempt not counted. Idempotent, and
   * safe before or during `start`. Never throws.
   */
  stop(options: { readonly graceMs: number }): Promise<void>;
  counts(): Promise<readonly JobCount[]>;
  /** How many jobs somebody should look at; the same as `stuck` in the view report.jobs. */
  stuck(now: Date): Promise<number>;
  redrive(request: RedriveRequest): Promise<RedriveResult>;
  loops(): readonly LoopRecord[];
  /** For the dashboard: lists, counts and single jobs. */
  readonly reader: JobReader;
  /** For the dashboard: what an operator may do, inside his transaction. Only after `install` or `start`. */
  readonly operations: JobOperationsIn;
}

export function createJobs(deps: JobsDeps): Jobs {
  const { database, clock, log, schema } = deps;
  const boss = createBoss(deps);
  const writes = createClaimWrites(boss, database, schema);
  const leases = createLeases({ database, writes, schema, leaseSeconds: deps.leaseSeconds });
  const specs = new Map<JobKind, WorkerSpec>();
  const books = {
    leases: createLoopBook({ name: LEASES_LOOP, clock }),
    maintenance: createLoopBook({ name: MAINTENANCE_LOOP, clock }),
  };
  /** `start` and `stop` take turns, so that any order of calls ends as the last one says. */
  const lifecycle = createLane();
  let installed = false;
  let run: Run | null = null;

  async function install(): Promise<void> {
    await installJobs(deps);
    await learnQueues(boss);
    installed = true;
  }

  function begin(): Run {
    const leaseMs = deps.leaseSeconds * 1_000;
    const { pollIntervalMs: repeatMs, onDone } = deps;
    const settler = createSettler({ writes, clock, log, leaseMs, repeatMs, onDone });
    const discard = () => discardOutlived(database, schema);
    const begun = beginRun({ ...deps, boss, leases, settler, leaseMs, books, discardOutlived: discard });
    for (const spec of specs.values()) begun.add(spec);
    return begun;
  }

  return {
    enqueue: (jobs) => enqueueJobs({ boss, random: deps.random }, jobs),
    enqueueIn: (tx, jobs) => enqueueJobs({ boss, random: deps.random }, jobs, tx),
    work<K extends JobKind>(kind: K, options: WorkOptions, handler: JobHandler<K>) {
      if (specs.has(kind)) throw new AppError('conflict', `The jobs of ${kind} have a handler already.`);
      const book = createLoopBook({ name: workerLoop(kind), clock });
      const spec = { kind, options, handler, book } as unknown as WorkerSpec;
      specs.set(kind, spec);
      run?.add(spec);
    },
    wake: (kind) => run?.wake(kind),
    // In turn with start and stop: a run that begins meanwhile would have its fresh jobs taken for lost ones.
    rescue: (kind) => lifecycle.run(() => (run === null ? leases.rescue(kind, []) : run.rescue(kind))),
    install,
    start: () =>
      lifecycle.run(async () => {
        if (run !== null) return;
        if (!installed) await install();
        run = begin();
      }),
    stop: ({ graceMs }) =>
      lifecycle.run(async () => {
        const ending = run;
        run = null;
        await ending?.stop(graceMs);
      }),
    counts: () => countJobs(database, schema),
    stuck: (now) => countStuckJobs(database, schema, now),
    reader: createJobReader(database, schema),
    operations: (executor) => createJobOperations({ boss, schema }, executor),
    redrive: (request) => redriveJobs({ boss, database, schema }, request),
    loops() {
      const workers = [...specs.values()].map((spec) => spec.book);
      return [...workers, books.leases, books.maintenance].map((book) => book.record());
    },
  };
}
