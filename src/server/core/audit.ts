import type { OperatorId } from './ids.ts';

/** Who does something on the dashboard, and from where. */
export interface Actor {
  /** Null: nobody was logged in, or it was done on the machine itself. */
  readonly id: OperatorId | null;
  readonly name: string;
  /** An address, or `shell`. */
  readonly address: string;
}

/** One line of the record of who did what: written in the transaction of what it tells. */
export interface AuditEntry {
  readonly at: Date;
  readonly actor: Actor;
  /** A word with dashes: `login`, `peer-revoke`. */
  readonly action: string;
  /** What it was done to: `account:42`, `operator:anna`, `peer:<id>`. Null: nothing in particular. */
  readonly subject: string | null;
  /** Plain values for the reader. Never a secret. */
  readonly details: Readonly<Record<string, string | number | boolean | null>>;
}
