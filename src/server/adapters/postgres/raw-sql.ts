import type { SqlExecutor } from '../../core/ports/sql-executor.ts';
import { borrow, type Drizzle } from './drizzle-session.ts';
import type { HealthRecord } from './health.ts';
import type { NestingGuard } from './nesting.ts';
import type { Lease, Pool } from './pool.ts';
import type { Session } from './session.ts';
import type { Timed } from './timed.ts';
import { translateError } from './translate-error.ts';
import { toRows, type WireResult } from './wire-types.ts';

/** Plain SQL over the pool. Timestamps come back as Date, JSON parsed, int8 and numeric as text. */
export interface RawSql extends SqlExecutor {
  /** Several statements in one text, without values; may hold its own BEGIN and COMMIT. Rows of the last one. */
  batch(text: string): Promise<readonly Record<string, unknown>[]>;
  /** One connection to keep, for locks of a session. It counts against the pool until released. */
  reserve(): Promise<ReservedSql>;
}

export interface ReservedSql extends SqlExecutor {
  /** Resolves when the connection is gone, and with it every lock of the session. */
  readonly lost: Promise<void>;
  /** Gives the connection up and with it all its locks. Repeating is safe. */
  release(): Promise<void>;
}

type Ask = <T>(work: () => Promise<T>) => Promise<T>;

export interface RawSqlDeps {
  readonly pool: Pool;
  readonly nesting: NestingGuard;
  readonly health: HealthRecord;
  readonly timed: Timed;
}

export function createRawSql({ pool, nesting, health, timed }: RawSqlDeps) {
  const ask = timed('postgres.statement', <T>(work: () => Promise<T>) => work()) as Ask;

  async function withSession<T>(work: (session: Session) => Promise<T>): Promise<T> {
    nesting.refuse();
    let lease: Lease | undefined;
    try {
      lease = await pool.acquire();
      const { session } = lease;
      const value = await ask(() => work(session));
      health.answered();
      return value;
    } catch (error) {
      const failure = translateError(error);
      health.failed(failure);
      throw failure;
    } finally {
      lease?.release();
    }
  }

  function read<T>(work: (drizzle: Drizzle) => Promise<T>): Promise<T> {
    return withSession(async (session) => {
      const { drizzle, close } = borrow(session);
      return nesting.hold(() => work(drizzle)).finally(close);
    });
  }

  async function reserve(): Promise<ReservedSql> {
    nesting.refuse();
    const lease = await pool.acquire({ keep: true });
    const { session } = lease;
    return {
      lost: session.lost,
      execute: async (text, values = []) => toRows(await session.query(text, values)),
      async release() {
        // Ending the session is the one sure way to end its locks and settings.
        await session.end();
        lease.release();
      },
    };
  }

  const sql: RawSql = {
    execute: (text, values = []) => withSession(async (session) => toRows(await session.query(text, values))),
    batch: (text) => withSession((session) => runBatch(session, text)),
    reserve,
  };
  return { sql, read };
}

/** A text that fails halfway may leave its transaction open; nobody else must inherit it. */
async function runBatch(session: Session, text: string): Promise<readonly Record<string, unknown>[]> {
  try {
    return toRows(lastOf(await session.query(text)));
  } catch (error) {
    if (!session.isLost) await session.query('ROLLBACK');
    throw error;
  }
}

/** postgres.js answers a text of several statements with a list of results. */
function lastOf(result: WireResult): WireResult {
  const last = result.at(-1);
  return Array.isArray(last) ? (last as unknown as WireResult) : result;
}
