import type { AccountId } from '../../core/ids.ts';
import { type Act, applyJobs, NOT_FOUND, type NotFound, type OperateDeps } from './deps.ts';

export type AccountActOutcome =
  /** `devices`: how many were connected before, or are connected again. */
  { readonly kind: 'done'; readonly devices: number } | NotFound;

/**
 * Pauses everything of an account: its devices keep their keys and addresses and are not on the interface; its user gets
 * nothing new until it goes on. One transaction with its line in the audit; safe to repeat.
 */
export function pauseAccount(deps: OperateDeps, act: Act, id: AccountId): Promise<AccountActOutcome> {
  return change(deps, act, 'account-pause', id, (tx, now) => tx.pauseAccount(id, now));
}

/** Lets it go on: active devices come back when a subscription runs. Safe to repeat. */
export function resumeAccount(deps: OperateDeps, act: Act, id: AccountId): Promise<AccountActOutcome> {
  return change(deps, act, 'account-resume', id, async (tx, now) => {
    await tx.resumeAccount(id);
    return tx.restorePeers(id, now);
  });
}

type Tx = Parameters<Parameters<OperateDeps['store']['transaction']>[0]>[0];

function change(
  deps: OperateDeps,
  { actor }: Act,
  action: 'account-pause' | 'account-resume',
  id: AccountId,
  carryOut: (tx: Tx, now: Date) => ReturnType<Tx['restorePeers']>,
): Promise<AccountActOutcome> {
  return deps.store.transaction(async (tx) => {
    if (!(await tx.openAccount(id))) return NOT_FOUND;
    const now = deps.clock.now();
    const peers = await carryOut(tx, now);
    await tx.access.enqueue(applyJobs(peers));
    const details = { devices: peers.length };
    await tx.record({ at: now, actor, action, subject: `account:${id}`, details });
    return { kind: 'done', devices: peers.length };
  });
}
