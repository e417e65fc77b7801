import { createJobs, type Jobs, type JobsDeps } from '../../src/server/adapters/jobs/jobs.ts';
import { parseDatabaseUrl } from '../../src/server/adapters/postgres/address.ts';
import { type Database, toSqlExecutor } from '../../src/server/adapters/postgres/client.ts';
import { systemClock } from '../../src/server/adapters/system/clock.ts';
import { systemRandom } from '../../src/server/adapters/system/random.ts';
import type { Clock } from '../../src/server/core/ports/clock.ts';
import type { SqlExecutor } from '../../src/server/core/ports/sql-executor.ts';
import { databaseOn } from './database.ts';
import { silentLog } from './door-kit.ts';
import { type Template, type TestDatabase, testDatabase } from './postgres.ts';

export const JOBS_SCHEMA = 'adit_jobs';

/** Jobs over the real database adapter, and a look into their table. */
export interface JobsRig {
  readonly test: TestDatabase;
  readonly database: Database;
  /** Another runner over the same database, as a second process would have. */
  create(overrides?: Partial<JobsDeps>): Jobs;
  transaction<T>(work: (tx: SqlExecutor) => Promise<T>): Promise<T>;
  /** The job table itself, in order of creation. */
  rows(where?: string): Promise<readonly JobRow[]>;
  /** Runs one statement beside the adapter. */
  sql(text: string): Promise<readonly Record<string, unknown>[]>;
  /** Runs tests/support/jobs-process.ts on the same database. */
  spawn(...args: string[]): Bun.Subprocess<'ignore', 'pipe', 'inherit'>;
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
  readonly singleton_key: string | null;
}

const PROGRAM = new URL('./jobs-process.ts', import.meta.url).pathname;

const INSTALLED: Template = {
  name: 'jobs_installed',
  async prepare(url) {
    const database = databaseOn(parseDatabaseUrl(url));
    await createJobs({ ...jobsDefaults(), database: database.raw }).install();
    await database.close(1_000);
  },
};

/** A database with the job schema in it and a runner's worth of quick settings. */
export async function jobsRig(): Promise<JobsRig> {
  const test = await testDatabase({ template: INSTALLED });
  const database = databaseOn(test.socket, { poolMax: 4 });
  const sql = async (text: string) => [...(await test.admin.unsafe(text))];
  return {
    test,
    database,
    sql,
    create: (overrides) => createJobs({ ...jobsDefaults(), database: database.raw, ...overrides }),
    transaction: (work) => database.transaction((tx) => work(toSqlExecutor(tx))),
    async rows(where = 'true') {
      const found = await sql(`SELECT * FROM ${JOBS_SCHEMA}.job WHERE ${where} ORDER BY created_on`);
      return found as unknown as readonly JobRow[];
    },
    spawn: (...args) =>
      Bun.spawn([process.execPath, PROGRAM, JSON.stringify(test.socket), ...args], {
        stdin: 'ignore',
        stdout: 'pipe',
        stderr: 'inherit',
      }),
    async dispose() {
      await database.close(0);
      await test.drop();
    },
  };
}

/** Quick settings; a deployment has longer ones. */
export function jobsDefaults(): Omit<JobsDeps, 'database'> {
  return {
    clock: countingClock,
    random: systemRandom,
    log: silentLog(),
    schema: JOBS_SCHEMA,
    leaseSeconds: 30,
    pollIntervalMs: 100,
    retry: { minSeconds: 1, maxSeconds: 300 },
  };
}

/** How many sleeps are going on, so that a test can see that none stays behind. */
export const sleepers = { count: 0 };

const countingClock: Clock = {
  ...systemClock,
  async sleep(ms, signal) {
    sleepers.count += 1;
    await systemClock.sleep(ms, signal).finally(() => {
      sleepers.count -= 1;
    });
  },
};
