import type { AccountProfile, DeviceState, PromisedIssue } from '../access.ts';
import type { AccountId, DeviceId, IssueId, UpdateId } from '../ids.ts';
import type { Protocol } from '../protocol.ts';
import type { Language } from './words.ts';

/** Somebody at the desk: who, and by which update, so that a repeat of it has no second effect. */
export interface Visit {
  readonly updateId: UpdateId;
  readonly profile: AccountProfile;
}

/** The update was handled before: say nothing. */
export interface Repeat {
  readonly kind: 'repeat';
}

/** An operator paused the account: nothing is issued and nothing comes back until he lets it go on. */
export interface AccountPaused {
  readonly kind: 'account-paused';
  readonly language: Language;
}

export type TrialOutcome =
  | Repeat
  /** The config comes by itself in a moment. */
  | { readonly kind: 'issued'; readonly language: Language; readonly issue: PromisedIssue }
  | { readonly kind: 'already-active'; readonly language: Language; readonly until: Date }
  | { readonly kind: 'trial-used'; readonly language: Language }
  | { readonly kind: 'trial-off'; readonly language: Language }
  | AccountPaused
  | { readonly kind: 'pool-full'; readonly language: Language };

export type AddDeviceOutcome =
  | Repeat
  | { readonly kind: 'issued'; readonly language: Language; readonly issue: PromisedIssue }
  | { readonly kind: 'no-subscription'; readonly language: Language }
  | AccountPaused
  | { readonly kind: 'device-limit'; readonly language: Language; readonly limit: number }
  /** The operator does not offer this protocol (any more). */
  | { readonly kind: 'not-on-sale'; readonly language: Language }
  | { readonly kind: 'pool-full'; readonly language: Language };

export type DeviceOutcome =
  | Repeat
  | { readonly kind: 'done'; readonly language: Language; readonly deviceName: string }
  | AccountPaused
  /** Revoked meanwhile, or not of this account. */
  | { readonly kind: 'not-found'; readonly language: Language }
  /** Nothing runs without a subscription: resume and re-issue need an active one. */
  | { readonly kind: 'no-subscription'; readonly language: Language };

export type ReissueOutcome =
  | Exclude<DeviceOutcome, { kind: 'done' }>
  | { readonly kind: 'issued'; readonly language: Language; readonly issue: PromisedIssue };

export type RenameOutcome = DeviceOutcome | { readonly kind: 'bad-name'; readonly language: Language };

/** A device as its user sees it. */
export interface DeviceView {
  readonly id: DeviceId;
  readonly name: string;
  readonly state: DeviceState;
  /** The interface holds what the database wants. */
  readonly applied: boolean;
  readonly delivered: boolean;
  readonly protocol: Protocol;
  /** Null: VLESS, which has no addresses of its own. */
  readonly ip4: string | null;
  readonly ip6: string | null;
  /** Null: never, or not known now. */
  readonly lastHandshakeAt: Date | null;
  /** Bytes this device has ever sent to us and got from us; null: not known now. */
  readonly uploadedBytes: number | null;
  readonly downloadedBytes: number | null;
}

/** A VLESS link to be shown again, made anew from the key. It is a secret. */
export type LinkView =
  | { readonly kind: 'link'; readonly language: Language; readonly deviceName: string; readonly link: string }
  /** Revoked meanwhile, paused, of another protocol, or not of this account. */
  | { readonly kind: 'not-found'; readonly language: Language };

/** Where clients fetch all VLESS links of the account. The address is a secret. */
export type SubscriptionView =
  | { readonly kind: 'url'; readonly language: Language; readonly url: string }
  /** None are offered, or the account has no VLESS device or no access. */
  | { readonly kind: 'none'; readonly language: Language };

export interface SubscriptionTraffic {
  /** Bytes in both directions, of all its devices. */
  readonly usedBytes: number;
  /** Null: no limit. */
  readonly limitBytes: number | null;
  /** It is used up, and access ended with it. */
  readonly usedUp: boolean;
}

export interface AccountView {
  readonly language: Language;
  /** Null: no active subscription. */
  readonly until: Date | null;
  /** What the subscription has used of its traffic, some seconds ago; null: there is none. */
  readonly traffic: SubscriptionTraffic | null;
  /** True when a trial was taken at any time. */
  readonly trialUsed: boolean;
  readonly devices: readonly DeviceView[];
  readonly deviceLimit: number;
  /** False: the node's interface did not answer; handshakes and traffic are not known now. */
  readonly nodeAnswers: boolean;
  /** It has a VLESS device, and subscription links are offered. */
  readonly subscriptionOffered: boolean;
  /** The time everything above was read. */
  readonly readAt: Date;
}

/**
 * All a conversation can ask for. Each mutating call is one short transaction and safe to repeat with the same
 * update. Throws AppError `unavailable` or `timeout` when the database is away, `exhausted` when too much waits.
 */
export interface Desk {
  /** What is on sale, in the order in which it is offered. */
  readonly protocols: readonly Protocol[];
  /** Grants the trial with a first device when the account may have one. */
  startTrial(visit: Visit): Promise<TrialOutcome>;
  addDevice(visit: Visit, protocol: Protocol): Promise<AddDeviceOutcome>;
  /** A new key for the device; the old config or link stops working. */
  reissueKey(visit: Visit, device: DeviceId): Promise<ReissueOutcome>;
  /** 1–32 visible characters; control characters make it `bad-name`. */
  renameDevice(visit: Visit, device: DeviceId, name: string): Promise<RenameOutcome>;
  pauseDevice(visit: Visit, device: DeviceId): Promise<DeviceOutcome>;
  resumeDevice(visit: Visit, device: DeviceId): Promise<DeviceOutcome>;
  /** Cuts the device off and gives its address back. */
  revokeDevice(visit: Visit, device: DeviceId): Promise<DeviceOutcome>;
  chooseLanguage(visit: Visit, language: Language): Promise<Repeat | { readonly kind: 'done' }>;
  /** Reads only. */
  link(visit: Visit, device: DeviceId): Promise<LinkView>;
  /** The address in force; made when there is none. Safe to repeat. */
  subscription(visit: Visit): Promise<SubscriptionView>;
  /** Another address; the old one stops working at once. */
  renewSubscription(visit: Visit): Promise<Repeat | SubscriptionView>;
  /** Reads only; null for somebody who never visited. */
  account(id: AccountId): Promise<AccountView | null>;
  /** The user blocked the bot, or came back. Safe to repeat. */
  markBlocked(id: AccountId, blocked: boolean): Promise<void>;
  /** Remembers the "preparing" message of an issue, which the delivery edits. Safe to repeat. */
  saveLivingMessage(issue: IssueId, messageId: number): Promise<void>;
}
