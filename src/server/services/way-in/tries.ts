import { type OperatorId, operatorId } from '../../core/ids.ts';
import { admitTry, isBurst, type Tries, takeBack } from '../../core/login-limits.ts';
import type { KnownDevice, OperatorRecord, OperatorTransaction } from '../../core/ports/operators.ts';
import type { Visitor, Wait, WayInDeps } from './way-in.ts';

/** Buckets, so that no number of names and addresses can fill the table. */
const ACCOUNT_BUCKETS = 4096;
const ADDRESS_BUCKETS = 65_536;
/** Asked for in place of an operator that is not there, so that both cases do the same work. */
const NOBODY: OperatorId = operatorId('00000000-0000-0000-0000-000000000000');

/** Which counters a try runs against, and whether the browser or address is one of the operator's own. */
export interface TryKeys {
  readonly keys: readonly string[];
  readonly device: KnownDevice | null;
  readonly known: boolean;
}

/**
 * A known browser has a counter of its own: whatever strangers do to the name or from the same address, it is let in.
 * From a known address only the address counts. Strangers run against both.
 */
export async function tryKeys(
  { store, tokens }: Pick<WayInDeps, 'store' | 'tokens'>,
  who: { readonly record: OperatorRecord | null; readonly account: string },
  visitor: Visitor,
): Promise<TryKeys> {
  const id = who.record?.id ?? NOBODY;
  const device = await store.device(id, tokens.digest(visitor.deviceToken ?? ''), visitor.now);
  const someone = { id, name: who.record?.name ?? '' };
  const knowsAddress = await store.knowsAddress(someone, visitor.address, visitor.now);
  const address = bucket('address', tokens.digest(networkOf(visitor.address)), ADDRESS_BUCKETS);
  if (device !== null) return { keys: [`device:${device.id}`], device, known: true };
  if (knowsAddress) return { keys: [address], device, known: true };
  return { keys: [who.account, address], device, known: false };
}

/** Every name has one, there or not, so that limits tell nothing about who exists. */
export const accountKey = (name: string, tokens: Pick<WayInDeps['tokens'], 'digest'>): string =>
  bucket('account', tokens.digest(name), ACCOUNT_BUCKETS);

function bucket(kind: string, digest: string, buckets: number): string {
  return `${kind}:${Number.parseInt(digest.slice(0, 8), 16) % buckets}`;
}

/** One household is one visitor: IPv6 is counted by /64. */
function networkOf(address: string): string {
  return address.includes(':') && !address.includes('.') ? address.split(':').slice(0, 4).join(':') : address;
}

/** Counts the try, or says how long to wait. A burst of failures is noted in the audit. */
export function admit(
  { store }: Pick<WayInDeps, 'store'>,
  keys: readonly string[],
  visitor: Visitor,
  subject: string | null,
): Promise<Wait | null> {
  return store.transaction(async (tx) => {
    const before = await tx.tries(keys);
    const after = new Map<string, Tries>();
    for (const key of keys) {
      const admission = admitTry(before.get(key) ?? null, visitor.now);
      if (admission.kind === 'wait') return waitUntil(admission.until, visitor.now);
      after.set(key, admission.tries);
    }
    await tx.saveTries(after);
    const burst = [...after].find(([, tries]) => isBurst(tries.failures));
    if (burst) await noteBurst(tx, burst, visitor, subject);
    return null;
  });
}

function waitUntil(until: Date, now: Date): Wait {
  return { kind: 'wait', seconds: Math.ceil((until.getTime() - now.getTime()) / 1000) };
}

function noteBurst(
  tx: OperatorTransaction,
  [key, tries]: readonly [string, Tries],
  visitor: Visitor,
  subject: string | null,
): Promise<void> {
  const actor = { id: null, name: '', address: visitor.address };
  const details = { counter: key, failures: tries.failures };
  return tx.audit([{ at: visitor.now, actor, action: 'login-failures', subject, details }]);
}

/** The try was right: it is not counted. */
export async function giveBack(tx: OperatorTransaction, keys: readonly string[]): Promise<void> {
  const counted = await tx.tries(keys);
  await tx.saveTries(new Map([...counted].map(([key, tries]) => [key, takeBack(tries)])));
}
