import type { OperatorId } from './ids.ts';

/** Who does something on the dashboard, and from where. */
export interface Actor {
  /** Null: nobody was logged in, or it was done on the machine itself. */
  readonly id: OperatorId | null;
  readonly name: string;
  /** An address, or `shell`. */
  readonly address: string;
}

/** Everything that is recorded. The dashboard has words for each: `audit-<action>`. */
export const AUDIT_ACTIONS = [
  ...(['login', 'login-failures', 'logout', 'logout-everywhere', 'session-end', 'password-change'] as const),
  ...(['second-factor-on', 'second-factor-off', 'recovery-codes-new'] as const),
  ...(['operator-invite', 'operator-new', 'operator-reset', 'operator-role', 'operator-remove'] as const),
  ...(['account-pause', 'account-resume', 'account-grant', 'account-note'] as const),
  'subscription-revoke',
  ...(['peer-pause', 'peer-resume', 'peer-revoke', 'peer-reissue'] as const),
  ...(['job-retry', 'job-cancel', 'job-discard', 'jobs-retry', 'jobs-cancel', 'jobs-discard'] as const),
  ...(['pool-add', 'export'] as const),
  ...(['node-compare', 'node-preview', 'removal-allow', 'removal-refuse'] as const),
  ...(['stranger-keep', 'stranger-adopt', 'stranger-adopt-refused', 'stranger-remove'] as const),
] as const;

export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** One line of the record of who did what: written in the transaction of what it tells. */
export interface AuditEntry {
  readonly at: Date;
  readonly actor: Actor;
  readonly action: AuditAction;
  /** What it was done to: `account:42`, `operator:anna`, `peer:<id>`. Null: nothing in particular. */
  readonly subject: string | null;
  /** Plain values for the reader. Never a secret. */
  readonly details: Readonly<Record<string, string | number | boolean | null>>;
}
