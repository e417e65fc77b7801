import type {
  AccountId,
  ChatId,
  DeviceId,
  IssueId,
  NodeId,
  PeerId,
  PublicKey,
  SubscriptionId,
} from './ids.ts';
import type { Language } from './ports/words.ts';
import type { Protocol } from './protocol.ts';
import type { TrafficCounter } from './traffic.ts';

/** What an update tells about its sender. Nothing of it ever enters a config. */
export interface AccountProfile {
  readonly id: AccountId;
  readonly chatId: ChatId;
  /** From Telegram's `language_code`, for an account that has not chosen. */
  readonly languageHint: Language;
  /** As typed by the person: any characters, at most 256 of them. */
  readonly name: string;
  readonly username: string | null;
}

export interface Account {
  readonly id: AccountId;
  readonly chatId: ChatId;
  readonly language: Language;
  /** An operator paused it: nothing of it connects, nothing new is issued, until he lets it go on. */
  readonly paused: boolean;
}

export interface Subscription {
  readonly id: SubscriptionId;
  readonly plan: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** Bytes in both directions it may use; null: as many as it likes. */
  readonly trafficLimitBytes: number | null;
  readonly usedBytes: number;
  /** Its traffic was used up, and its access ended with it. */
  readonly limited: boolean;
}

/** A credential on a node. `applied`: the interface was read back and holds the newest intent. */
export interface Peer {
  readonly id: PeerId;
  readonly nodeId: NodeId;
  readonly protocol: Protocol;
  /** WireGuard, once the worker has made it. */
  readonly publicKey: PublicKey | null;
  /** VLESS: which of its user ids is the valid one. */
  readonly keyNumber: number;
  /** WireGuard: its addresses. VLESS has none. */
  readonly ip4: string | null;
  readonly ip6: string | null;
  readonly wanted: boolean;
  readonly applied: boolean;
}

export type DeviceState = 'active' | 'paused';

export interface Device {
  readonly id: DeviceId;
  readonly name: string;
  readonly state: DeviceState;
  readonly createdAt: Date;
  readonly peer: Peer;
  /** False while its newest config has not reached the user. */
  readonly delivered: boolean;
  /** What was counted of its peer; null: nothing yet. */
  readonly traffic: TrafficCounter | null;
}

/** Everything a decision about one account needs, read under the account's lock. Revoked devices are left out. */
export interface AccountState {
  readonly account: Account;
  readonly subscriptions: readonly Subscription[];
  readonly devices: readonly Device[];
}

/** What the operator allows. */
export interface AccessRules {
  /** 0: no trials. */
  readonly trialDays: number;
  readonly devicesPerAccount: number;
  /** What a trial may use in both directions; null: as much as it likes. */
  readonly trialTrafficBytes: number | null;
}

/** A config promised to a user: made in the request's transaction, delivered by the worker. */
export interface PromisedIssue {
  readonly issueId: IssueId;
  readonly deviceId: DeviceId;
  readonly deviceName: string;
  readonly until: Date;
}

const DAY_MS = 86_400_000;

/**
 * A subscription that starts by then has begun. Half a day ahead of now: every one begins when it is written, and the
 * clock may have been set back since; whoever came just before that must not be without access for as long as the step.
 */
export const latestStart = (now: Date): Date => new Date(now.getTime() + DAY_MS / 2);

/** The subscription in force at `now`: of those with traffic left, the one that ends last. */
export function activeSubscription(state: AccountState, now: Date): Subscription | null {
  return lastToEnd(begun(state, now).filter((each) => !each.limited));
}

/** The subscription whose traffic concerns the account: the one in force, else one that was used up before its end. */
export function countedSubscription(state: AccountState, now: Date): Subscription | null {
  return activeSubscription(state, now) ?? lastToEnd(begun(state, now));
}

const begun = (state: AccountState, now: Date) =>
  state.subscriptions.filter((each) => each.startsAt <= latestStart(now) && each.endsAt > now);

const lastToEnd = (subscriptions: readonly Subscription[]) =>
  subscriptions.reduce<Subscription | null>(
    (best, each) => (best === null || each.endsAt > best.endsAt ? each : best),
    null,
  );

export type TrialDecision =
  | { readonly kind: 'grant'; readonly endsAt: Date; readonly trafficLimitBytes: number | null }
  | { readonly kind: 'already-active'; readonly until: Date }
  | { readonly kind: 'trial-used' }
  | { readonly kind: 'trial-off' }
  | { readonly kind: 'account-paused' };

/** One trial an account, ever; an active subscription is shown, not created again (A8). */
export function decideTrial(state: AccountState, rules: AccessRules, now: Date): TrialDecision {
  if (state.account.paused) return { kind: 'account-paused' };
  const active = activeSubscription(state, now);
  if (active) return { kind: 'already-active', until: active.endsAt };
  if (state.subscriptions.some((each) => each.plan === 'trial')) return { kind: 'trial-used' };
  if (rules.trialDays === 0) return { kind: 'trial-off' };
  const endsAt = new Date(now.getTime() + rules.trialDays * DAY_MS);
  return { kind: 'grant', endsAt, trafficLimitBytes: rules.trialTrafficBytes };
}

export type DeviceDecision =
  | { readonly kind: 'grant'; readonly until: Date }
  | { readonly kind: 'no-subscription' }
  | { readonly kind: 'account-paused' }
  | { readonly kind: 'device-limit'; readonly limit: number };

export function decideDevice(state: AccountState, rules: AccessRules, now: Date): DeviceDecision {
  if (state.account.paused) return { kind: 'account-paused' };
  const active = activeSubscription(state, now);
  if (!active) return { kind: 'no-subscription' };
  if (state.devices.length >= rules.devicesPerAccount) {
    return { kind: 'device-limit', limit: rules.devicesPerAccount };
  }
  return { kind: 'grant', until: active.endsAt };
}

/** The end of access when an operator grants days: they follow what the account has, or begin now. */
export function grantedUntil(state: AccountState, days: number, now: Date): Date {
  const from = activeSubscription(state, now)?.endsAt ?? now;
  return new Date(from.getTime() + days * DAY_MS);
}

/** The smallest free number, so that after a removal the name comes back: `Phone 1`, `Phone 2` … */
export function nextDeviceName(word: string, devices: readonly Pick<Device, 'name'>[]): string {
  const taken = new Set(devices.map((each) => each.name));
  for (let number = 1; ; number += 1) {
    const name = `${word} ${number}`;
    if (!taken.has(name)) return name;
  }
}
