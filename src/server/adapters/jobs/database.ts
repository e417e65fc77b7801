import type { Db } from 'pg-boss';
import type { SqlExecutor } from '../../core/ports/sql-executor.ts';

/** What pg-boss needs of the database. Every call has a deadline of its own and throws AppError `unavailable`. */
export interface JobsDatabase extends SqlExecutor {
  /**
   * Several statements in one text with no parameters, `BEGIN … COMMIT` among them, on one session. When a
   * statement fails the session must leave its transaction before anyone else gets it. Rows of the last one.
   */
  batch(text: string): Promise<readonly Record<string, unknown>[]>;
}

/** pg-boss over our own connections: it opens none, and without `listen` it never asks for notifications. */
export function bossDatabase(database: JobsDatabase): Db {
  return {
    async executeSql(text, values = []) {
      // Its scripts have no values and more than one statement; a fetch has no values and is just one.
      const script = values.length === 0 && text.includes(';');
      const rows = script ? await database.batch(text) : await bound(database, text, values);
      return { rows: [...rows] };
    },
  };
}

/** The same, inside an open transaction of the application. */
export function bossTransaction(tx: SqlExecutor): Db {
  return {
    async executeSql(text, values = []) {
      return { rows: [...(await bound(tx, text, values))] };
    },
  };
}

/**
 * pg-boss hands JSON over as text at one place and as an object at another; clients differ in what they do with
 * either when they see a jsonb parameter. As text with a cast it means the same to all.
 */
function bound(executor: SqlExecutor, text: string, values: readonly unknown[]) {
  const castText = text.replace(/\$(\d+)::jsonb/g, '$$$1::text::jsonb');
  return executor.execute(castText, values.map(jsonAsText));
}

function jsonAsText(value: unknown): unknown {
  const plain =
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
  return plain ? JSON.stringify(value) : value;
}
