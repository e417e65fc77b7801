import type { AccountId } from '../../core/ids.ts';
import { type Act, NOT_FOUND, type NotFound, type OperateDeps } from './deps.ts';

export type RevokeSubscriptionOutcome = { readonly kind: 'done' } | NotFound;

/**
 * The address at which clients fetch an account's links stops working; its user takes another one in the bot. Links that
 * were fetched still work: a device is cut off by itself. One transaction with its line in the audit, which does not name
 * the address. Safe to repeat.
 */
export function revokeSubscription(
  deps: OperateDeps,
  { actor }: Act,
  account: AccountId,
): Promise<RevokeSubscriptionOutcome> {
  return deps.store.transaction(async (tx): Promise<RevokeSubscriptionOutcome> => {
    if (!(await tx.openAccount(account))) return NOT_FOUND;
    const at = deps.clock.now();
    if (!(await tx.access.revokeSubscriptionLink(account, at))) return NOT_FOUND;
    await tx.record({ at, actor, action: 'subscription-revoke', subject: `account:${account}`, details: {} });
    return { kind: 'done' };
  });
}
