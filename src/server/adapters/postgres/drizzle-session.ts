import { PgDialect } from 'drizzle-orm/pg-core';
import { PostgresJsDatabase, PostgresJsSession } from 'drizzle-orm/postgres-js';
import { AppError } from '../../core/errors.ts';
import type { SqlExecutor } from '../../core/ports/sql-executor.ts';
import type { Session } from './session.ts';
import { toRows, type WireResult } from './wire-types.ts';

/** Drizzle over one borrowed session. Its own `transaction` is refused: there are no savepoints here. */
export type Drizzle = PostgresJsDatabase & { readonly $client: BorrowedClient };

/** The few members of a postgres.js client that Drizzle calls. */
export interface BorrowedClient {
  unsafe(text: string, values?: readonly unknown[]): Promise<WireResult> & { values(): Promise<WireResult> };
  begin(): never;
  savepoint(): never;
}

/** A Drizzle inside a transaction. */
export type Tx = Drizzle;

export interface Borrowed {
  readonly drizzle: Drizzle;
  /** From now on every statement through it is refused. */
  close(): void;
}

const dialect = new PgDialect();

/** A Drizzle that works until `close`; what leaks out of its transaction cannot reach the session any more. */
export function borrow(session: Session): Borrowed {
  let open = true;

  async function run(
    text: string,
    values: readonly unknown[],
    shape: { arrays: boolean },
  ): Promise<WireResult> {
    // Drizzle asks for arrays by a call on the returned promise, in the same tick.
    await undefined;
    if (!open) throw new AppError('internal', 'a transaction was used after its end');
    return session.query(text, values, shape);
  }

  const client: BorrowedClient = {
    unsafe(text, values = []) {
      const shape = { arrays: false };
      const answer = run(text, values, shape);
      const asArrays = () => {
        shape.arrays = true;
        return answer;
      };
      return Object.assign(answer, { values: asArrays });
    },
    begin: refuseNested,
    savepoint: refuseNested,
  };
  const close = () => {
    open = false;
  };
  return { drizzle: drizzleOver(client), close };
}

function drizzleOver(client: BorrowedClient): Drizzle {
  const session = new PostgresJsSession(client as never, dialect, undefined);
  return Object.assign(new PostgresJsDatabase(dialect, session as never, undefined), { $client: client });
}

function refuseNested(): never {
  throw new AppError('internal', 'nested use of the pool: a transaction inside a transaction');
}

/**
 * The open transaction as plain SQL, for an adapter that does not know Drizzle (jobs). Statements run in the
 * order they are asked, on the same connection, and end with the transaction.
 */
export function toSqlExecutor(tx: Tx): SqlExecutor {
  return { execute: async (text, values = []) => toRows(await tx.$client.unsafe(text, values)) };
}
