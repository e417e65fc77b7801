import { type ConstructorOptions, PgBoss, type Queue } from 'pg-boss';
import { JOB_KINDS } from '../../core/job-kinds.ts';
import type { Log } from '../../core/ports/log.ts';
import { bossDatabase, type JobsDatabase } from './database.ts';
import { DEAD_LETTER, KIND_RULES } from './kinds.ts';
import { createListIndexes } from './list-indexes.ts';
import { createReportView } from './report-view.ts';

export interface RetryRules {
  /** The first retry comes after one to two times this, each further one after twice that. Whole, at least 1. */
  readonly minSeconds: number;
  readonly maxSeconds: number;
}

export interface InstallOptions {
  readonly database: JobsDatabase;
  readonly log: Log;
  readonly schema: string;
  readonly leaseSeconds: number;
  readonly retry: RetryRules;
}

const HOUR = 3_600;
const DAY = 24 * HOUR;
/** pg-boss accepts no shorter heartbeat; our own sweep keeps shorter leases. */
const SHORTEST_HEARTBEAT_SECONDS = 10;

/**
 * pg-boss with everything of its own switched off: no timers, no schedule, no workers, no connection. It is
 * never started; `fetch`, `insert`, `complete` and `supervise` need no start.
 */
export function createBoss(options: Pick<InstallOptions, 'database' | 'log' | 'schema'>): PgBoss {
  const settings: ConstructorOptions = {
    db: bossDatabase(options.database),
    schema: options.schema,
    supervise: false,
    schedule: false,
    // Both claims are kept in the database, so many processes asking more often do no harm.
    monitorIntervalSeconds: HOUR,
    maintenanceIntervalSeconds: HOUR,
  };
  const boss = new PgBoss(settings);
  boss.on('error', (error) => options.log.error({ error }, 'the job queue reported an error'));
  boss.on('warning', (warning) => options.log.warn({ warning }, 'the job queue warns'));
  return boss;
}

/**
 * Creates or migrates the schema and its queues. Safe to repeat; the caller holds a lock, since concurrent
 * CREATE fails. Throws AppError `unavailable` when the database is away.
 */
export async function installJobs(options: InstallOptions): Promise<void> {
  const boss = createBoss(options);
  try {
    // Its own start is the only public way to migrate; the timers it sets are gone when this returns.
    await boss.start();
    await installQueues(boss, options);
    await options.database.batch(createListIndexes(options.schema));
    await options.database.batch(createReportView(options.schema));
  } finally {
    await boss.stop({ graceful: false });
  }
}

async function installQueues(boss: PgBoss, options: InstallOptions): Promise<void> {
  const kept = { retentionSeconds: 365 * DAY };
  // Zero: a dead job is never deleted by itself.
  await ensureQueue(boss, DEAD_LETTER, 'standard', { ...kept, deleteAfterSeconds: 0, retryLimit: 0 });
  for (const kind of JOB_KINDS) {
    await ensureQueue(boss, kind, 'exclusive', {
      ...kept,
      deleteAfterSeconds: KIND_RULES[kind].keptSeconds,
      // A run is bounded by its heartbeat; this is pg-boss' longest.
      expireInSeconds: DAY,
      heartbeatSeconds: Math.max(SHORTEST_HEARTBEAT_SECONDS, Math.ceil(options.leaseSeconds)),
      retryLimit: KIND_RULES[kind].retryLimit,
      retryBackoff: true,
      retryDelay: options.retry.minSeconds,
      retryDelayMax: KIND_RULES[kind].retryMaxSeconds ?? options.retry.maxSeconds,
      deadLetter: DEAD_LETTER,
    });
  }
}

/** `exclusive` is pg-boss' name for: at most one created, retry or active job per key. */
async function ensureQueue(
  boss: PgBoss,
  name: string,
  policy: 'standard' | 'exclusive',
  settings: Omit<Queue, 'name' | 'policy'>,
): Promise<void> {
  await boss.createQueue(name, { ...settings, policy });
  // A queue of an older version takes on what this version wants.
  await boss.updateQueue(name, settings);
}

/**
 * pg-boss reads a queue's row at its first use and keeps it. Done here, for that first use may be inside a
 * transaction of ours, where a second connection must not be asked for.
 */
export async function learnQueues(boss: PgBoss): Promise<void> {
  for (const kind of [...JOB_KINDS, DEAD_LETTER]) await boss.insert(kind, []);
}
