import { connect, type Socket } from 'node:net';
import postgres from 'postgres';
import { AppError } from '../../core/errors.ts';
import type { DatabaseAddress } from './address.ts';
import { ANSWER_SLACK_MS } from './calls.ts';
import type { Deadlines } from './deadlines.ts';
import { connectionLost, isConnectionFailure, translateError } from './translate-error.ts';
import { type ClientOptions, useWireTypes, type WireResult, type WireTables } from './wire-types.ts';

/**
 * One connection to PostgreSQL, for one life. It never reconnects on its own: a statement of a broken
 * transaction must not find itself on a fresh connection. postgres.js is used with `max: 1` as the driver of
 * the protocol; the socket is ours, so that a half-open one can really be dropped.
 */
export interface Session {
  /** Throws AppError. A statement without an answer in time costs the session: nothing else can be known of it. */
  query(
    text: string,
    values?: readonly unknown[],
    options?: QueryOptions,
  ): Promise<WireResult & { command?: string }>;
  /** The server's process for this session. */
  readonly pid: number;
  readonly isLost: boolean;
  /** True while a statement waits for its answer. */
  readonly isBusy: boolean;
  /** Resolves when the connection is gone, by whatever end. */
  readonly lost: Promise<void>;
  /** Says goodbye, then resolves once the server has let go (at most a second later). Repeating is safe. */
  end(): Promise<void>;
  /** Drops the socket now. */
  destroy(reason: string): void;
}

export interface QueryOptions {
  /** Rows as arrays of values, for Drizzle. */
  readonly arrays?: boolean;
  /** Milliseconds until the session is given up. Default: the session's own. */
  readonly limitMs?: number;
}

export interface SessionOptions {
  readonly address: DatabaseAddress;
  readonly deadlines: Deadlines;
  readonly connectTimeoutMs: number;
  /** PostgreSQL ends a statement after this; the session is given up a second later. */
  readonly statementTimeoutMs: number;
  readonly idleInTxTimeoutMs: number;
  readonly lockTimeoutMs: number;
}

const MAX_PREPARED = 256;

/** Connects. Throws AppError `unavailable`, or `internal` when the server refuses who we are. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const session = createSession(options);
  try {
    const [row] = await session.query('SELECT pg_backend_pid() AS pid', [], {
      limitMs: options.connectTimeoutMs,
    });
    return Object.assign(session, { pid: Number(row?.pid) });
  } catch (error) {
    session.destroy('not opened');
    throw error;
  }
}

function createSession(options: SessionOptions): Session {
  const loss = createLoss();
  const line = createLine(options, loss.mark);
  const prepared = new Set<string>();
  const defaultLimit = options.statementTimeoutMs + ANSWER_SLACK_MS;

  /** Named statements save parsing and a round trip; unbounded ones would eat the server's memory. */
  function prepares(text: string): boolean {
    if (prepared.size < MAX_PREPARED) prepared.add(text);
    return prepared.has(text);
  }

  const session: Session = {
    pid: 0,
    get isLost() {
      return loss.reason !== undefined;
    },
    get isBusy() {
      return loss.waiting() > 0;
    },
    lost: loss.promise,
    async query(text, values = [], { arrays = false, limitMs = defaultLimit } = {}) {
      if (loss.reason !== undefined) throw loss.reason;
      const simple = values.length === 0;
      const asked = line.sql.unsafe(text, [...values] as never[], { prepare: !simple && prepares(text) });
      const answer = loss.guard<WireResult>(arrays ? asked.values() : asked);
      const forget = options.deadlines.watch(limitMs, () =>
        session.destroy(`no answer within ${limitMs} ms`),
      );
      try {
        return await answer;
      } catch (error) {
        throw noteFailure(error, session);
      } finally {
        forget();
      }
    },
    async end() {
      if (loss.reason !== undefined) return;
      loss.mark(connectionLost('ended'));
      await line.sql.end({ timeout: 1 });
      line.drop();
    },
    destroy(reason) {
      const silent = reason.startsWith('no answer');
      loss.mark(silent ? noAnswer(reason) : connectionLost(reason));
      line.drop();
    },
  };
  return session;
}

/** After such an error the server hangs up anyway; knowing it now spares the next user a failure. */
function noteFailure(error: unknown, session: Session): AppError {
  const translated = translateError(error);
  if (isConnectionFailure(translated)) session.destroy(translated.message);
  return translated;
}

function noAnswer(reason: string): AppError {
  return new AppError('timeout', 'The database does not answer. Try again in a moment.', {
    retryAfterMs: 2_000,
    details: { reason, sqlstate: 'NO_ANSWER' },
  });
}

/** The end of a connection: told once, to everybody who waits on it. */
function createLoss() {
  const { promise, resolve } = Promise.withResolvers<void>();
  const waiting = new Set<(error: AppError) => void>();
  const loss = {
    promise,
    reason: undefined as AppError | undefined,
    waiting: () => waiting.size,
    mark(error: AppError) {
      if (loss.reason !== undefined) return;
      loss.reason = error;
      resolve();
      for (const reject of waiting) reject(error);
    },
    /** What `inner` brings, unless the end comes first. */
    guard<T>(inner: PromiseLike<unknown>): Promise<T> {
      const answer = Promise.withResolvers<T>();
      waiting.add(answer.reject);
      inner.then((value) => answer.resolve(value as T), answer.reject);
      return answer.promise.finally(() => waiting.delete(answer.reject));
    },
  };
  return loss;
}

interface Line {
  readonly sql: postgres.Sql;
  drop(): void;
}

function createLine(options: SessionOptions, onLost: (error: AppError) => void): Line {
  const { address, connectTimeoutMs } = options;
  let socket: Socket | undefined;
  let used = false;

  async function dial(): Promise<Socket> {
    // postgres.js dials again when a connection ends during start-up; one life means once.
    if (used) throw connectionLost('closed during start-up');
    used = true;
    socket = address.host.startsWith('/')
      ? connect({ path: `${address.host}/.s.PGSQL.${address.port}` })
      : connect({ host: address.host, port: address.port, noDelay: true });
    await connected(socket, connectTimeoutMs, options.deadlines);
    return Object.assign(socket, { host: address.host });
  }

  const sql = postgres({
    ...clientOptions(options),
    socket: dial,
    onclose: () => onLost(connectionLost('closed')),
  } as unknown as ClientOptions);
  useWireTypes(sql.options as unknown as WireTables);
  return { sql, drop: () => void socket?.destroy() };
}

function clientOptions(options: SessionOptions) {
  const { address } = options;
  return {
    host: address.host,
    port: address.port,
    database: address.database,
    user: address.user,
    pass: address.password ?? '',
    ssl: address.tls === undefined || address.tls === 'disable' ? false : address.tls,
    max: 1,
    fetch_types: false,
    idle_timeout: 0,
    max_lifetime: 0,
    connect_timeout: 0,
    backoff: () => 0,
    onnotice: () => {},
    connection: {
      application_name: 'adit',
      statement_timeout: options.statementTimeoutMs,
      idle_in_transaction_session_timeout: options.idleInTxTimeoutMs,
      lock_timeout: options.lockTimeoutMs,
    },
  };
}

function connected(socket: Socket, timeoutMs: number, deadlines: Deadlines): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const forget = deadlines.watch(timeoutMs, () =>
    socket.destroy(new Error(`no connection within ${timeoutMs} ms`)),
  );
  const settle = (act: () => void) => () => {
    forget();
    act();
  };
  socket.once('connect', settle(resolve));
  socket.once('error', (error) => settle(() => reject(error))());
  socket.once(
    'close',
    settle(() => reject(connectionLost('closed while connecting'))),
  );
  return promise;
}
