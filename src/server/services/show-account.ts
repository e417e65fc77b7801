import {
  type AccessRules,
  type AccountState,
  activeSubscription,
  countedSubscription,
  type Device,
} from '../core/access.ts';
import type { AccountId, PublicKey } from '../core/ids.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { AccountView, DeviceView, SubscriptionTraffic } from '../core/ports/desk.ts';
import type { AccessStore } from '../core/ports/store.ts';
import type { LivePeer } from '../core/ports/tunnel.ts';
import { totalsWith } from '../core/traffic.ts';
import type { VlessSale } from '../core/vless-sale.ts';
import { type NodeActivity, readingOf } from './node-activity.ts';
import { hasVless } from './show-links.ts';

export interface ShowAccountDeps {
  readonly store: AccessStore;
  readonly activity: NodeActivity;
  readonly rules: AccessRules;
  readonly clock: Clock;
  /** Null: VLESS is not on sale. */
  readonly vless: Pick<VlessSale, 'subscriptionUrlOf'> | null;
}

type Activity = ReadonlyMap<PublicKey, LivePeer> | null;

/** An account with its devices and what the interface knows of them. Reads only. */
export async function showAccount(deps: ShowAccountDeps, id: AccountId): Promise<AccountView | null> {
  const state = await deps.store.view(id);
  if (!state) return null;
  const activity = state.devices.length > 0 ? await deps.activity.read() : new Map();
  return toView(deps, state, activity);
}

function toView(
  { rules, clock, vless }: ShowAccountDeps,
  state: AccountState,
  activity: Activity,
): AccountView {
  const now = clock.now();
  const active = activeSubscription(state, now);
  return {
    language: state.account.language,
    until: active?.endsAt ?? null,
    traffic: trafficOf(state, now),
    trialUsed: state.subscriptions.some((each) => each.plan === 'trial'),
    devices: state.devices.map((each) => toDeviceView(each, activity)),
    deviceLimit: rules.devicesPerAccount,
    nodeAnswers: activity !== null,
    subscriptionOffered: Boolean(vless?.subscriptionUrlOf) && active !== null && hasVless(state),
    readAt: now,
  };
}

/** Of the subscription that runs, or of the one whose traffic is used up. */
export function trafficOf(state: AccountState, now: Date): SubscriptionTraffic | null {
  const counted = countedSubscription(state, now);
  if (counted === null) return null;
  return { usedBytes: counted.usedBytes, limitBytes: counted.trafficLimitBytes, usedUp: counted.limited };
}

function toDeviceView(device: Device, activity: Activity): DeviceView {
  const { peer } = device;
  const live = peer.publicKey === null ? undefined : activity?.get(peer.publicKey);
  const total = totalsWith(device.traffic, live ? readingOf(live) : null);
  return {
    id: device.id,
    name: device.name,
    state: device.state,
    applied: peer.applied,
    delivered: device.delivered,
    protocol: peer.protocol,
    ip4: peer.ip4,
    ip6: peer.ip6,
    lastHandshakeAt: total?.handshakeAt ?? null,
    uploadedBytes: total?.received ?? null,
    downloadedBytes: total?.sent ?? null,
  };
}
