import { plainName } from '../../core/operator-rules.ts';
import { operatorSubject } from '../../core/operators.ts';
import type { OperatorRecord } from '../../core/ports/operators.ts';
import { openCodeStage, openSession } from './open-session.ts';
import { accountKey, admit, giveBack, type TryKeys, tryKeys } from './tries.ts';
import type { Opened, Visitor, Wait, WayInDeps } from './way-in.ts';

export type LoginOutcome =
  | Opened
  /** The password was right; the second factor comes next, with this token. */
  | { readonly kind: 'code'; readonly codeToken: string }
  /** Name or password; nobody is told which. */
  | { readonly kind: 'wrong' }
  | Wait;

/** More than any password; nobody's time is spent on it. */
const LONGEST_TYPED = 4096;

/**
 * Counts the try, verifies the password (for unknown names too), opens a session. The count comes first, so that
 * parallel tries cannot slip through; a right password takes its own count back. Repeating is safe: another session.
 * Throws AppError `unavailable`, `timeout` or `exhausted`.
 */
export async function logIn(
  deps: WayInDeps,
  typed: { readonly name: string; readonly password: string },
  visitor: Visitor,
): Promise<LoginOutcome> {
  const name = plainName(typed.name.slice(0, LONGEST_TYPED));
  const record = await deps.store.byName(name);
  const found = await tryKeys(deps, { record, account: accountKey(name, deps.tokens) }, visitor);
  const subject = record === null ? null : operatorSubject(record.name);
  const wait = await admit(deps, found.keys, visitor, subject);
  if (wait !== null) return wait;
  const password = typed.password.slice(0, LONGEST_TYPED);
  const right = await deps.passwords.verify(password, record?.passwordHash ?? null, found.known);
  if (!right || record === null) return { kind: 'wrong' };
  return letIn(deps, record, found, visitor);
}

async function letIn(
  deps: WayInDeps,
  verified: OperatorRecord,
  { keys, device }: TryKeys,
  visitor: Visitor,
): Promise<LoginOutcome> {
  const { outcome, ended } = await deps.store.transaction(async (tx) => {
    const record = await tx.byId(verified.id);
    // Removed, or given another password, while this one was looked at.
    if (record?.passwordHash !== verified.passwordHash)
      return { outcome: { kind: 'wrong' } as const, ended: [] };
    await giveBack(tx, keys);
    if (record.totpSealed !== null) {
      const { codeToken, ended } = await openCodeStage(deps, tx, record, visitor);
      return { outcome: { kind: 'code', codeToken } as const, ended };
    }
    const { opened, ended } = await openSession(deps, tx, record, visitor, { device, by: 'password' });
    return { outcome: opened, ended };
  });
  deps.ends.announce(ended);
  return outcome;
}
