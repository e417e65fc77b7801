import { grantedUntil } from '../../core/access.ts';
import { type AccountId, subscriptionId } from '../../core/ids.ts';
import {
  type Act,
  applyJobs,
  NOT_FOUND,
  type NotFound,
  type OperateDeps,
  REPEATED,
  type Repeated,
} from './deps.ts';

export type GrantOutcome =
  | { readonly kind: 'done'; readonly until: Date; readonly devices: number }
  | Repeated
  | NotFound;

export const MOST_DAYS = 3650;

/**
 * Gives an account days without a limit of traffic, behind those it has or from now on. One transaction: lock the account, write the subscription,
 * bring back the devices that expired, write the audit. Safe to repeat by the number of the form.
 */
export function grantDays(
  deps: OperateDeps,
  { actor, once }: Act,
  grant: { readonly account: AccountId; readonly days: number; readonly reason: string },
): Promise<GrantOutcome> {
  const { account, days, reason } = grant;
  return deps.store.transaction(async (tx) => {
    const state = await tx.openAccount(account);
    if (!state) return NOT_FOUND;
    const now = deps.clock.now();
    if (once !== null && !(await tx.once(once, now))) return REPEATED;
    const until = grantedUntil(state, days, now);
    const id = subscriptionId(deps.random.uuid());
    const given = { plan: 'gift', startsAt: now, endsAt: until, trafficLimitBytes: null };
    const subscription = { id, accountId: account, ...given };
    await tx.access.add({ subscriptions: [subscription], devices: [], issues: [] }, now);
    const peers = await tx.restorePeers(account, now);
    await tx.access.enqueue(applyJobs(peers));
    const details = { days, until: until.toISOString(), reason, devices: peers.length };
    await tx.record({ at: now, actor, action: 'account-grant', subject: `account:${account}`, details });
    return { kind: 'done', until, devices: peers.length };
  });
}
