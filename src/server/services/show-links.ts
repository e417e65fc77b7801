import { type AccountState, activeSubscription } from '../core/access.ts';
import type { DeviceId } from '../core/ids.ts';
import type { Clock, Random } from '../core/ports/clock.ts';
import type { LinkView, Repeat, SubscriptionView, Visit } from '../core/ports/desk.ts';
import type { AccessStore, AccessTransaction } from '../core/ports/store.ts';
import type { VlessSale } from '../core/vless-sale.ts';

/**
 * What a user may see again at any time: the link of a VLESS device, and the address that lists them all.
 *
 * A link is made anew and nothing is written. The address has a row, made when it is first asked for; another one
 * revokes it in the same transaction, so that one works at a time. Safe to repeat.
 */
export interface ShowLinks {
  link(visit: Visit, device: DeviceId): Promise<LinkView>;
  subscription(visit: Visit): Promise<SubscriptionView>;
  renewSubscription(visit: Visit): Promise<Repeat | SubscriptionView>;
}

export interface ShowLinksDeps {
  readonly store: AccessStore;
  readonly clock: Clock;
  readonly random: Random;
  /** Null: VLESS is not on sale. */
  readonly vless: VlessSale | null;
}

export function createShowLinks(deps: ShowLinksDeps): ShowLinks {
  return {
    link: (visit, device) => showLink(deps, visit, device),
    async subscription(visit) {
      const state = await deps.store.view(visit.profile.id);
      const language = state?.account.language ?? visit.profile.languageHint;
      if (!state || !offers(deps, state)) return { kind: 'none', language };
      return deps.store.transaction((tx) => open(deps, tx, state));
    },
    renewSubscription: (visit) => deps.store.transaction((tx) => renew(deps, tx, visit)),
  };
}

async function showLink({ store, vless }: ShowLinksDeps, visit: Visit, id: DeviceId): Promise<LinkView> {
  const state = await store.view(visit.profile.id);
  const language = state?.account.language ?? visit.profile.languageHint;
  const device = state?.devices.find((each) => each.id === id);
  if (!vless || !device || device.peer.protocol !== 'vless' || device.state !== 'active') {
    return { kind: 'not-found', language };
  }
  const { id: peerId, keyNumber } = device.peer;
  const link = vless.linkOf({ peerId, keyNumber }, device.name);
  return { kind: 'link', language, deviceName: device.name, link };
}

/** Whether there is anything such an address would list. */
function offers({ vless, clock }: ShowLinksDeps, state: AccountState): boolean {
  if (!vless?.subscriptionUrlOf || state.account.paused) return false;
  return hasVless(state) && activeSubscription(state, clock.now()) !== null;
}

export const hasVless = (state: Pick<AccountState, 'devices'>): boolean =>
  state.devices.some((each) => each.peer.protocol === 'vless');

async function renew(deps: ShowLinksDeps, tx: AccessTransaction, visit: Visit) {
  const settled = await tx.settleUpdates([visit.updateId]);
  if (!settled.has(visit.updateId)) return { kind: 'repeat' } as const;
  const state = (await tx.openAccounts([visit.profile])).get(visit.profile.id);
  const language = state?.account.language ?? visit.profile.languageHint;
  if (!state || !offers(deps, state)) return { kind: 'none', language } as const;
  await tx.revokeSubscriptionLink(visit.profile.id, deps.clock.now());
  return open(deps, tx, state);
}

async function open(
  deps: ShowLinksDeps,
  tx: AccessTransaction,
  state: AccountState,
): Promise<SubscriptionView> {
  const { id, language } = state.account;
  const urlOf = deps.vless?.subscriptionUrlOf;
  if (!urlOf) return { kind: 'none', language };
  const link = await tx.openSubscriptionLink(id, deps.random.uuid(), deps.clock.now());
  return { kind: 'url', language, url: urlOf(link) };
}
