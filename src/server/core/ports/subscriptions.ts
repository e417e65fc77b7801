import type { UserRef } from '../xray-user.ts';

/** What stands behind a subscription link in force, at the moment of reading. */
export interface SubscriptionContent {
  /** The account's VLESS users that may connect now, oldest first. */
  readonly users: readonly (UserRef & { readonly deviceName: string })[];
  /** When access ends; null: it has ended. */
  readonly until: Date | null;
  /** Bytes of the account's devices as far as they were counted: from the user, and to it. */
  readonly uploadedBytes: number;
  readonly downloadedBytes: number;
  /** Bytes in both directions the running subscription may use, and has used; null: as many as it likes. */
  readonly limit: { readonly bytes: number; readonly usedBytes: number } | null;
}

export interface SubscriptionReader {
  /** Null: there is no such link, or it was revoked. Notes that it was fetched. */
  content(linkId: string, now: Date): Promise<SubscriptionContent | null>;
}
