import type { CallRule } from '../../core/call-rules.ts';

export const CONNECT_TIMEOUT_MS = 5_000;
/** A statement's own limit ends it on the server; only a server that does not answer needs more. */
export const ANSWER_SLACK_MS = 1_000;
export const TRANSACTION_SLACK_MS = 2_000;
/** A statement of a migration may take long on a big table. */
export const MIGRATION_STATEMENT_MS = 10 * 60_000;
/** Of the small question whether a quiet connection still lives. */
export const PING_LIMIT_MS = 2_000;

export type DatabaseCall =
  | 'postgres.acquire'
  | 'postgres.connect'
  | 'postgres.statement'
  | 'postgres.transaction'
  | 'postgres.ping'
  | 'postgres.migrate';

const database = (
  name: DatabaseCall,
  asks: string,
  deadline: CallRule['deadline'],
  retries = 0,
): CallRule => ({
  name,
  door: 'database',
  asks,
  deadline,
  retries,
});

const statement = (plusMs: number) => ({ setting: 'PG_STATEMENT_TIMEOUT_MS', plusMs }) as const;

/**
 * A connection that does not answer in time is dropped, socket and all, and the pool opens another; there is no breaker, as
 * waiting is bounded and the server is asked again the moment somebody needs it.
 */
export const DATABASE_CALLS: readonly CallRule[] = [
  database('postgres.acquire', 'the pool for a connection', { setting: 'DB_ACQUIRE_TIMEOUT_MS', plusMs: 0 }),
  database('postgres.connect', 'PostgreSQL for a session; finding its address included', CONNECT_TIMEOUT_MS),
  database('postgres.statement', 'PostgreSQL for one answer', statement(ANSWER_SLACK_MS)),
  database('postgres.transaction', 'PostgreSQL, from begin to commit', statement(TRANSACTION_SLACK_MS), 3),
  database(
    'postgres.migrate',
    'PostgreSQL for one statement of a migration, at start',
    MIGRATION_STATEMENT_MS,
  ),
  database('postgres.ping', 'a quiet connection whether it lives', PING_LIMIT_MS),
];

/** Programs of the bundled server. */
export const BUNDLED_CALLS: readonly CallRule[] = [
  {
    name: 'postgres.initdb',
    door: 'process',
    asks: 'to lay out the bundled database',
    deadline: 60_000,
    retries: 0,
  },
  { name: 'postgres.kill', door: 'process', asks: 'the bundled server to end', deadline: 5_000, retries: 0 },
];
