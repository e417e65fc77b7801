import { createJobs, type Jobs, type JobsDeps } from '../../src/server/adapters/jobs/jobs.ts';
import type { Clock, Random } from '../../src/server/core/ports/clock.ts';
import type { Log } from '../../src/server/core/ports/log.ts';
import { type JobsTestDatabase, jobsDatabase } from './jobs-database.ts';
import { type Template, type TestDatabase, testDatabase } from './postgres.ts';

export const SCHEMA = 'adit_jobs';

export interface JobsRig {
  readonly test: TestDatabase;
  readonly database: JobsTestDatabase;
  /** Another runner over the same database, as a second process would have. */
  create(overrides?: Partial<JobsDeps>): Jobs;
  rows(where?: string): Promise<readonly JobRow[]>;
  dispose(): Promise<void>;
}

export interface JobRow {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly data: unknown;
  readonly output: unknown;
  readonly priority: number;
  readonly retry_count: number;
}

const installed: Template = {
  name: 'jobs_installed',
  async prepare(url) {
    const { hostname, port, pathname } = new URL(url);
    const database = jobsDatabase({
      host: hostname,
      port: Number(port),
      database: pathname.slice(1),
      user: 'adit',
    });
    await createJobs({ ...defaults(), database }).install();
    await database.end();
  },
};

/** A database with the job schema in it and a runner's worth of quick settings. */
export async function jobsRig(): Promise<JobsRig> {
  const test = await testDatabase({ template: installed });
  const database = jobsDatabase(test.socket);
  return {
    test,
    database,
    create: (overrides) => createJobs({ ...defaults(), database, ...overrides }),
    async rows(where = 'true') {
      return (await database.sql.unsafe(
        `SELECT * FROM ${SCHEMA}.job WHERE ${where} ORDER BY created_on`,
      )) as unknown as JobRow[];
    },
    async dispose() {
      await database.end();
      await test.drop();
    },
  };
}

function defaults(): Omit<JobsDeps, 'database'> {
  return {
    clock: realClock,
    random: realRandom,
    log: silentLog,
    schema: SCHEMA,
    leaseSeconds: 30,
    pollIntervalMs: 100,
    retry: { minSeconds: 1, maxSeconds: 300 },
  };
}

export const silentLog: Log = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLog,
};

export const realRandom: Random = {
  uuid: () => Bun.randomUUIDv7(),
  integer: (below) => Math.floor(Math.random() * below),
};

/** Counts its sleepers, so that a test can see that none stays behind. */
export const sleepers = { count: 0 };

export const realClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  async sleep(ms, signal) {
    signal?.throwIfAborted();
    sleepers.count += 1;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const stop = () => reject(signal?.reason);
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', stop, { once: true });
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      sleepers.count -= 1;
    }
  },
  deadline: (ms, parent) => AbortSignal.any([AbortSignal.timeout(ms), ...(parent ? [parent] : [])]),
};
