import postgres from 'postgres';
import type { JobsDatabase } from '../../src/server/adapters/jobs/database.ts';
import { AppError } from '../../src/server/core/errors.ts';
import type { SqlExecutor } from '../../src/server/core/ports/sql-executor.ts';

type Session = postgres.Sql | postgres.ReservedSql | postgres.TransactionSql;
type Rows = readonly Record<string, unknown>[];

/** The raw side of the postgres adapter, as small as jobs need it. */
export interface JobsTestDatabase extends JobsDatabase {
  readonly sql: postgres.Sql;
  transaction<T>(work: (tx: SqlExecutor) => Promise<T>): Promise<T>;
  end(): Promise<void>;
}

export function jobsDatabase(socket: postgres.Options<Record<string, never>>): JobsTestDatabase {
  const sql = postgres({ ...socket, max: 4, onnotice: () => {}, connect_timeout: 2, backoff: () => 0.1 });
  return {
    sql,
    execute: (text, values) => translated(run(sql, text, values)),
    batch: (text) => translated(batch(sql, text)),
    transaction: (work) =>
      sql.begin((tx) => work({ execute: (text, values) => run(tx, text, values) })) as Promise<never>,
    end: () => sql.end({ timeout: 1 }),
  };
}

async function run(session: Session, text: string, values: readonly unknown[] = []): Promise<Rows> {
  return [...(await session.unsafe(text, values as never[], { prepare: true }))];
}

async function batch(sql: postgres.Sql, text: string): Promise<Rows> {
  const session = await sql.reserve();
  try {
    return flatten(await session.unsafe(text).simple());
  } catch (error) {
    await session.unsafe('ROLLBACK').simple();
    throw error;
  } finally {
    session.release();
  }
}

/** One result is an array of rows, several are an array of those. */
function flatten(result: readonly unknown[]): Rows {
  return result.flatMap((part) => (Array.isArray(part) ? [...part] : [part])) as Rows;
}

async function translated<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof postgres.PostgresError && !error.code.startsWith('57')) throw error;
    throw new AppError('unavailable', 'The database does not answer.', { cause: error });
  }
}
