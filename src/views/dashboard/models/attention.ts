export type AttentionSeverity = 'warn' | 'bad';

/** One thing somebody should look at; each becomes a line that leads to its page. */
export type Attention = { readonly severity: AttentionSeverity } & (
  | { readonly kind: 'database-away'; readonly ageMs: number; readonly problem: string }
  | { readonly kind: 'database-waiting'; readonly waiting: number; readonly max: number }
  | { readonly kind: 'jobs-stuck'; readonly count: number; readonly oldestMs: number }
  | { readonly kind: 'jobs-dead'; readonly count: number }
  | { readonly kind: 'peers-late'; readonly count: number; readonly oldestMs: number }
  | {
      readonly kind: 'pool-low';
      readonly poolId: number;
      readonly pool: string;
      readonly free: number;
      readonly total: number;
      /** Null: at this rate it does not run out. */
      readonly daysLeft: number | null;
    }
  | { readonly kind: 'breaker-open'; readonly call: string; readonly sinceMs: number }
  | { readonly kind: 'loop-lag'; readonly p99Ms: number; readonly maxMs: number }
  /** `ageMs` null: it never succeeded. */
  | { readonly kind: 'reconcile-overdue'; readonly node: string; readonly ageMs: number | null }
  | { readonly kind: 'reconcile-refused'; readonly node: string; readonly count: number }
  /** Another process changes the node, or it is being taken over. */
  | { readonly kind: 'node-not-held'; readonly node: string }
  | { readonly kind: 'bot-failing'; readonly failed: number; readonly total: number }
  | { readonly kind: 'bot-away'; readonly ageMs: number }
  /** Telegram refuses the token. */
  | { readonly kind: 'bot-unauthorized' }
  /** Another program polls with the same token. */
  | { readonly kind: 'bot-conflict' }
  /** Operators who log in with a password alone. */
  | { readonly kind: 'no-second-factor'; readonly count: number }
  /** A background loop (schedule, housekeeping, expiry) without a success for too long. */
  | { readonly kind: 'loop-silent'; readonly name: string; readonly ageMs: number | null }
);
