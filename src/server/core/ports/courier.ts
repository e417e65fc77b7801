import type { AccountId, ChatId } from '../ids.ts';
import type { Language } from './words.ts';

/** What every delivery to a user has, whatever it brings. */
export interface Letter {
  readonly chatId: ChatId;
  readonly accountId: AccountId;
  readonly language: Language;
  readonly deviceId: string;
  readonly deviceName: string;
  /** Drawn when it is asked for: what people wait for goes out first. */
  qrPng(): Promise<Uint8Array<ArrayBuffer>>;
  /** When access ends. */
  readonly until: Date;
  /** The message that said "preparing", to be edited into "ready"; null when none came. Asked for last. */
  livingMessageId(): Promise<number | null>;
}

/** A config on its way to its user. It carries a private key: do not log it, do not keep it. */
export interface Parcel extends Letter {
  /** With `.conf`; the stem has at most 15 characters, as WireGuard apps make it an interface name. */
  readonly fileName: string;
  readonly configText: string;
  /** A config document sent by an earlier try and now dead; deleted from the chat first. */
  readonly deadDocumentId: number | null;
}

/** A VLESS link on its way to its user. Whoever has it connects: do not log it, do not keep it. */
export interface LinkParcel extends Letter {
  readonly link: string;
  /** The link as an earlier try sent it: it still works, and is not sent again. */
  readonly sentMessageId: number | null;
}

export type DeliveryOutcome =
  | { readonly kind: 'delivered' }
  /** The user blocked the bot or is gone. */
  | { readonly kind: 'blocked' }
  /** Telegram asks to wait longer than a delivery may take. */
  | { readonly kind: 'later'; readonly retryAfterMs: number };

export interface Courier {
  /**
   * Sends the document, then the QR, then turns the living message into "ready". `onDocument` is awaited between
   * the document and the rest, so that a crash there leaves a trace. Throws AppError `unavailable` or `timeout`
   * when Telegram does not answer: then the user may or may not have the document.
   */
  deliver(parcel: Parcel, onDocument: (messageId: number) => Promise<void>): Promise<DeliveryOutcome>;
  /** The same with a link in a message in place of the document. */
  deliverLink(parcel: LinkParcel, onLink: (messageId: number) => Promise<void>): Promise<DeliveryOutcome>;
  /** Tells that an issue will not be fulfilled without an operator. Never throws. */
  apologise(to: {
    readonly chatId: ChatId;
    readonly language: Language;
    readonly livingMessageId: number | null;
  }): Promise<void>;
  /** Tells that access has ended, in one message. Throws AppError `unavailable` or `timeout` as `deliver` does. */
  tellEnding(to: {
    readonly chatId: ChatId;
    readonly accountId: AccountId;
    readonly language: Language;
    readonly ending: 'expired' | 'limited';
  }): Promise<DeliveryOutcome>;
}

/** Draws a QR as a PNG. */
export interface QrMaker {
  png(text: string): Uint8Array<ArrayBuffer>;
}
