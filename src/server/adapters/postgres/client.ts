import { AppError, isPassing, toAppError } from '../../core/errors.ts';
import type { LoopRecord } from '../../core/loop-record.ts';
import type { Activity } from '../../core/ports/activity.ts';
import type { Clock, Random } from '../../core/ports/clock.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Metrics } from '../../core/ports/metrics.ts';
import { type DatabaseAddress, describeAddress } from './address.ts';
import { CONNECT_TIMEOUT_MS, TRANSACTION_SLACK_MS } from './calls.ts';
import { createDeadlines } from './deadlines.ts';
import type { Drizzle, Tx } from './drizzle-session.ts';
import { createHealthRecord, type DatabaseHealth } from './health.ts';
import { createKeeper, KEEP_EVERY_MS } from './keeper.ts';
import { createNestingGuard } from './nesting.ts';
import { createPool, type PoolStats } from './pool.ts';
import { createRawSql, type RawSql } from './raw-sql.ts';
import { openSession } from './session.ts';
import { createTimed } from './timed.ts';
import { createTransactionRunner, type RunTransaction } from './transaction.ts';

export { toSqlExecutor } from './drizzle-session.ts';
export type { Tx };

/** Everything the process asks of PostgreSQL goes through here, and never over more than `poolMax` connections. */
export interface Database {
  /** See `createTransactionRunner`. */
  readonly transaction: RunTransaction;
  /** Statements that need no transaction, on one connection; each commits by itself. Not run again on failure. */
  read<T>(work: (drizzle: Drizzle) => Promise<T>): Promise<T>;
  /** Plain SQL, for the job adapter and for what Drizzle cannot say. */
  readonly raw: RawSql;
  health(): DatabaseHealth;
  /** Of what turns in the background. */
  loops(): readonly LoopRecord[];
  stats(): PoolStats;
  /**
   * Opens the first `poolMin` connections and starts looking after them. Throws one clear AppError when the
   * server cannot be reached; calling again later is safe.
   */
  start(): Promise<void>;
  /** Waits up to `graceMs` for work in hand, then drops it. Repeating is safe. */
  close(graceMs: number): Promise<void>;
}

export interface DatabaseOptions {
  readonly address: DatabaseAddress;
  readonly poolMin: number;
  readonly poolMax: number;
  readonly acquireTimeoutMs: number;
  readonly statementTimeoutMs: number;
  readonly idleInTxTimeoutMs: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly activity?: Activity;
}

export function createDatabase(options: DatabaseOptions): Database {
  const { address, clock, random, statementTimeoutMs, idleInTxTimeoutMs } = options;
  const deadlines = createDeadlines(clock);
  const health = createHealthRecord(clock);
  const nesting = createNestingGuard();
  const session = {
    address,
    deadlines,
    statementTimeoutMs,
    idleInTxTimeoutMs,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    // Below the statement's own limit, so that a wait for a lock is told apart from a slow statement.
    lockTimeoutMs: Math.ceil(statementTimeoutMs * 0.8),
  };
  const timed = createTimed(options);
  const open = timed('postgres.connect', () => openSession(session));
  const bare = createPool({
    max: options.poolMax,
    acquireTimeoutMs: options.acquireTimeoutMs,
    clock,
    deadlines,
    open,
  });
  const pool = { ...bare, acquire: timed('postgres.acquire', bare.acquire) };
  const keeper = createKeeper({ ...options, pool, health, timed });
  const raw = createRawSql({ pool, nesting, health, timed });
  const limitMs = statementTimeoutMs + TRANSACTION_SLACK_MS;
  observe(options.metrics, pool.stats);

  return {
    transaction: createTransactionRunner({ pool, nesting, deadlines, health, clock, random, limitMs, timed }),
    read: raw.read,
    raw: raw.sql,
    health: () => health.read(3 * KEEP_EVERY_MS),
    loops: () => [keeper.record()],
    stats: pool.stats,
    async start() {
      await pool.warm(Math.max(1, options.poolMin)).catch((error: unknown) => {
        throw notReachable(address, toAppError(error));
      });
      health.answered();
      keeper.start();
    },
    async close(graceMs) {
      await Promise.all([keeper.stop(), pool.close(graceMs)]);
    },
  };
}

function observe(metrics: Metrics, stats: () => PoolStats): void {
  metrics.observe('adit_db_pool_connections', 'Database connections of this process.', ['state'], () =>
    Object.entries(stats()).map(([state, value]) => ({ labels: { state }, value })),
  );
}

/**
 * The whole story for the person who starts Adit; the password is not part of it. `unavailable` when waiting may
 * help, `invalid` when only a person can (wrong password, no such database).
 */
export function notReachable(address: DatabaseAddress, cause: AppError): AppError {
  const said =
    cause.cause instanceof Error ? cause.cause.message : String(cause.details.reason ?? cause.message);
  const advice =
    'Check that PostgreSQL runs there and that DATABASE_URL is right, or unset DATABASE_URL to use the bundled one.';
  const message = `Cannot use PostgreSQL at ${describeAddress(address)}: ${said}. ${advice}`;
  if (!isPassing(cause)) return new AppError('invalid', message, { cause, details: cause.details });
  return new AppError('unavailable', message, { cause, details: cause.details, retryAfterMs: 2_000 });
}
