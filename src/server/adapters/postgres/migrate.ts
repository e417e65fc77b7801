import { createHash } from 'node:crypto';
import { AppError, toAppError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Log } from '../../core/ports/log.ts';
import type { DatabaseAddress } from './address.ts';
import { CONNECT_TIMEOUT_MS, MIGRATION_STATEMENT_MS } from './calls.ts';
import { notReachable } from './client.ts';
import { createDeadlines } from './deadlines.ts';
import type { MigrationFile } from './migrations.ts';
import { openSession, type Session } from './session.ts';

export interface MigrateOptions {
  readonly address: DatabaseAddress;
  readonly files: readonly MigrationFile[];
  readonly clock: Clock;
  readonly log: Log;
  /** How long to wait for another process that migrates. Default 60 s. */
  readonly lockWaitMs?: number;
  /** Runs after the files while the lock is still held: for installations that bring their own migrations (jobs). */
  whileLocked?(): Promise<void>;
}

/** Any fixed number; it only has to be the same in every Adit that shares a database. */
const LOCK_KEY = 0x61646974;

/** In a schema of its own: the first migration creates the schema of everything else. */
const JOURNAL = `
  CREATE SCHEMA IF NOT EXISTS adit_journal;
  CREATE TABLE IF NOT EXISTS adit_journal.migrations (
    name text PRIMARY KEY,
    hash text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
  )`;

/**
 * Brings the database to the newest of `files` and returns the names applied now. One connection, one session
 * lock held throughout: of many processes started together one migrates, the others find it done. Each file
 * is one transaction together with its journal row, so stopping anywhere and calling again is safe.
 *
 * Throws AppError `unavailable` (not reachable, or somebody else migrates for too long) and `conflict` when the
 * database is newer than this program or an applied file has changed; then nothing was touched.
 */
export async function migrate(options: MigrateOptions): Promise<readonly string[]> {
  const session = await open(options);
  try {
    await lock(session);
    await session.query(JOURNAL);
    const waiting = pending(options.files, await applied(session));
    for (const file of waiting) await apply(session, file, options);
    await options.whileLocked?.();
    return waiting.map(({ name }) => name);
  } finally {
    await session.end();
  }
}

async function open({ address, clock, lockWaitMs = 60_000 }: MigrateOptions): Promise<Session> {
  const limits = {
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    statementTimeoutMs: MIGRATION_STATEMENT_MS,
    idleInTxTimeoutMs: MIGRATION_STATEMENT_MS,
    lockTimeoutMs: lockWaitMs,
  };
  try {
    return await openSession({ address, deadlines: createDeadlines(clock), ...limits });
  } catch (error) {
    throw notReachable(address, toAppError(error));
  }
}

async function lock(session: Session): Promise<void> {
  try {
    await session.query('SELECT pg_advisory_lock($1)', [LOCK_KEY]);
  } catch (cause) {
    const error = toAppError(cause);
    if (error.details.sqlstate !== '55P03') throw error;
    const message =
      'Another Adit is migrating this database and does not finish. Look for a hanging `adit migrate`.';
    throw new AppError('unavailable', message, { cause, retryAfterMs: 10_000 });
  }
}

async function applied(session: Session): Promise<ReadonlyMap<string, string>> {
  const rows = await session.query('SELECT name, hash FROM adit_journal.migrations');
  return new Map(rows.map(({ name, hash }) => [String(name), String(hash)]));
}

/** What is still to be applied. Throws when the journal and the files tell different stories. */
function pending(
  files: readonly MigrationFile[],
  done: ReadonlyMap<string, string>,
): readonly MigrationFile[] {
  const unknown = [...done.keys()].filter((name) => !files.some((file) => file.name === name)).sort();
  if (unknown.length > 0) {
    const message = `The database is newer than this Adit (it has ${unknown.join(', ')}). Start the newer version.`;
    throw new AppError('conflict', message, { details: { unknown } });
  }
  const changed = files.filter((file) => (done.get(file.name) ?? hashOf(file)) !== hashOf(file));
  if (changed.length > 0) {
    const names = changed.map(({ name }) => name);
    const message = `Applied migrations differ from this Adit's: ${names.join(', ')}. Use the version that made this database.`;
    throw new AppError('conflict', message, { details: { changed: names } });
  }
  return files.filter(({ name }) => !done.has(name));
}

async function apply(session: Session, file: MigrationFile, { clock, log }: MigrateOptions): Promise<void> {
  const startedAt = clock.monotonicMs();
  await session.query('BEGIN');
  try {
    await session.query(file.sql);
    await session.query('INSERT INTO adit_journal.migrations (name, hash) VALUES ($1, $2)', [
      file.name,
      hashOf(file),
    ]);
    await session.query('COMMIT');
  } catch (error) {
    // The session ends after this, and the open transaction with it.
    throw failed(file, toAppError(error));
  }
  log.info({ migration: file.name, ms: Math.round(clock.monotonicMs() - startedAt) }, 'migrated');
}

function failed(file: MigrationFile, cause: AppError): AppError {
  const said = cause.cause instanceof Error ? cause.cause.message : cause.message;
  return new AppError(cause.code, `Migration ${file.name} failed: ${said}`, {
    cause,
    details: cause.details,
  });
}

function hashOf(file: MigrationFile): string {
  return createHash('sha256').update(file.sql).digest('hex');
}
