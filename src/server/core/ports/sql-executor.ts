/** A way to run SQL that belongs to an open transaction (or to the pool), without naming its client. */
export interface SqlExecutor {
  /** Positional parameters `$1…`. Rows as plain objects. */
  execute(text: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
}
