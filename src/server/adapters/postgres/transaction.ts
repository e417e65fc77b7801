import { AppError } from '../../core/errors.ts';
import type { Clock, Random } from '../../core/ports/clock.ts';
import type { Deadlines } from './deadlines.ts';
import { borrow, type Tx } from './drizzle-session.ts';
import type { HealthRecord } from './health.ts';
import type { NestingGuard } from './nesting.ts';
import type { Lease, Pool } from './pool.ts';
import type { Session } from './session.ts';
import type { Timed } from './timed.ts';
import { isConnectionFailure, mayRunAgain, translateError } from './translate-error.ts';

export type Work<T> = (tx: Tx) => Promise<T>;

export interface TransactionOptions {
  /** The caller is told at once when it aborts; the transaction is rolled back behind it. */
  readonly signal?: AbortSignal;
}

export interface TransactionDeps {
  readonly pool: Pool;
  readonly nesting: NestingGuard;
  readonly deadlines: Deadlines;
  readonly health: HealthRecord;
  readonly clock: Clock;
  readonly random: Random;
  /** For the whole transaction, waiting for a connection not included. */
  readonly limitMs: number;
  readonly timed: Timed;
}

export type RunTransaction = <T>(work: Work<T>, options?: TransactionOptions) => Promise<T>;

const MAX_RETRIES = 3;

/**
 * READ COMMITTED, begin to commit. On a serialization failure or a deadlock the work runs again from its start
 * (up to three times more), so it must do nothing but SQL. A failure during the commit itself is `unavailable`
 * with `details.commit = 'unknown'`: only the caller's own idempotence can tell.
 */
export function createTransactionRunner(deps: TransactionDeps): RunTransaction {
  const carry = deps.timed('postgres.transaction', carryOut<unknown>) as typeof carryOut;
  return async (work, options = {}) => {
    deps.nesting.refuse();
    for (let attempt = 0; ; attempt += 1) {
      try {
        options.signal?.throwIfAborted();
        return await carry(deps, await begin(deps.pool), work, options.signal);
      } catch (error) {
        const failure = translateError(error);
        deps.health.failed(failure);
        if (attempt === MAX_RETRIES || !mayRunAgain(failure)) throw failure;
        await deps.clock.sleep(deps.random.integer(20 * 2 ** attempt) + 1, options.signal);
      }
    }
  };
}

async function carryOut<T>(
  deps: TransactionDeps,
  lease: Lease,
  work: Work<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  const { drizzle, close } = borrow(lease.session);
  const interruption = createInterruption(deps, signal);
  try {
    const value = await Promise.race([deps.nesting.hold(() => work(drizzle)), interruption.promise]);
    close();
    await commit(lease.session);
    deps.health.answered();
    lease.release();
    return value;
  } catch (error) {
    close();
    const rolledBack = rollBack(lease);
    // An interrupted caller must not wait for a statement that may still be running.
    if (!interruption.happened()) await rolledBack;
    throw error;
  } finally {
    interruption.forget();
  }
}

/** Nothing has happened yet, so a connection that died while idle is simply replaced by the next one. */
async function begin(pool: Pool): Promise<Lease> {
  for (let spare = pool.stats().max; ; spare -= 1) {
    const lease = await pool.acquire();
    try {
      await lease.session.query('BEGIN ISOLATION LEVEL READ COMMITTED');
      return lease;
    } catch (error) {
      lease.session.destroy('begin failed');
      lease.release();
      if (spare === 0 || !isConnectionFailure(translateError(error))) throw error;
    }
  }
}

async function commit(session: Session): Promise<void> {
  let command: string | undefined;
  try {
    ({ command } = await session.query('COMMIT'));
  } catch (error) {
    const failure = translateError(error);
    if (!session.isLost) throw failure;
    throw new AppError('unavailable', failure.message, {
      cause: failure,
      retryAfterMs: 2_000,
      details: { ...failure.details, commit: 'unknown' },
    });
  }
  // PostgreSQL answers COMMIT of a failed transaction with ROLLBACK and no error.
  if (command !== 'COMMIT')
    throw new AppError('internal', 'a failed statement was ignored; nothing was committed');
}

async function rollBack(lease: Lease): Promise<void> {
  try {
    await lease.session.query('ROLLBACK');
  } catch {
    lease.session.destroy('rollback failed');
  }
  lease.release();
}

function createInterruption(deps: TransactionDeps, signal: AbortSignal | undefined) {
  const { promise, reject } = Promise.withResolvers<never>();
  let happened = false;
  const interrupt = (error: unknown) => {
    happened = true;
    reject(error);
  };
  const onAbort = () => interrupt(signal?.reason);
  const unwatch = deps.deadlines.watch(deps.limitMs, () => interrupt(tookTooLong(deps.limitMs)));
  signal?.addEventListener('abort', onAbort, { once: true });
  return {
    promise,
    happened: () => happened,
    forget() {
      unwatch();
      signal?.removeEventListener('abort', onAbort);
    },
  };
}

function tookTooLong(limitMs: number): AppError {
  return new AppError('timeout', 'The database took too long. Try again in a moment.', {
    details: { reason: 'transaction_deadline', limitMs },
  });
}
