import type { PeerId, VlessId } from '../ids.ts';

/** Hashes of passwords. Slow on purpose; at most two are worked on at a time, the rest wait in a bounded line. */
export interface Passwords {
  /** Throws AppError `exhausted` when too many wait. */
  hash(password: string): Promise<string>;
  /**
   * Whether the password is that of `hash`. With null (nobody of that name) the same work is done for `false`, so that
   * time tells nothing. `urgent` goes before those who are not. Throws AppError `exhausted` when too many wait.
   */
  verify(password: string, hash: string | null, urgent: boolean): Promise<boolean>;
}

/** Secrets that a browser or a link carries, 256 bits each; the database holds their digests only. */
export interface Tokens {
  fresh(): string;
  /** Something a person can type: twenty digits in groups of five. */
  freshCode(): string;
  /** SHA-256, hex. Right for values nobody can guess, wrong for passwords. */
  digest(token: string): string;
}

/** Time-based one-time codes: RFC 6238 as authenticator apps have it (SHA-1, 6 digits, 30 s). */
export interface OneTimeCodes {
  /** 160 random bits as base32. */
  freshKey(): string;
  /** The 30-second step whose code this is: the current one or a neighbour, for clocks that differ. Null: none. */
  stepOf(key: string, code: string, now: Date): number | null;
  /** The `otpauth://` address that a QR code carries. */
  address(key: string, name: string): string;
}

/** Seals short secrets for the database with a key that is not in it. */
export interface SealedBox {
  /** `about` must be the same at `open`: a value copied to another row does not open there. */
  seal(text: string, about: string): string;
  /** Throws AppError `internal` when it was changed, belongs elsewhere or was sealed with another key. */
  open(sealed: string, about: string): string;
}

/** User ids of VLESS, made and never kept: the same peer and key number give the same id for as long as the key lives. */
export interface VlessIds {
  of(user: { readonly peerId: PeerId; readonly keyNumber: number }): VlessId;
}

/** What a subscription's address ends in: nobody can make one without the key, and each holds the id of its row. */
export interface SubscriptionTokens {
  of(linkId: string): string;
  /** The id when the token is one of ours, in constant time; else null. */
  read(token: string): string | null;
}
