import type { FormState, Role } from '../models.ts';

export interface OperatorRow {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** Has a second factor. */
  readonly totp: boolean;
  /** Null: not logged in now. */
  readonly seenAt: number | null;
  readonly self: boolean;
}

export interface OperatorsModel {
  readonly rows: readonly OperatorRow[];
  /** `name` and `role` of somebody to be let in. */
  readonly form: FormState;
  /** The one-time link just made; shown once. */
  readonly link: { readonly name: string; readonly url: string } | null;
}
