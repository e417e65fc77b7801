import { AppError } from '../../core/errors.ts';
import type { OperatorId } from '../../core/ids.ts';
import { type PasswordProblem, passwordProblem } from '../../core/operator-rules.ts';
import { operatorSubject, type Role, type Session } from '../../core/operators.ts';
import type { OperatorRecord, OperatorTransaction } from '../../core/ports/operators.ts';
import { admit, giveBack } from './tries.ts';
import { actorOf, type Visitor, type Wait, type WayInDeps } from './way-in.ts';

/**
 * Gives an operator another role. All their sessions end, so that no page, stream or token outlives what it was
 * opened for. AppError `conflict`: the last owner stays one.
 */
export async function changeRole(
  deps: WayInDeps,
  by: Session,
  { id, role }: { readonly id: OperatorId; readonly role: Role },
  visitor: Visitor,
): Promise<void> {
  const ended = await deps.store.transaction(async (tx) => {
    const record = await changeable(tx, id, role);
    if (record.role === role) return [];
    await tx.setRole(id, role);
    const subject = operatorSubject(record.name);
    const details = { from: record.role, to: role };
    const actor = actorOf(by.operator, visitor);
    await tx.audit([{ at: visitor.now, actor, action: 'operator-role', subject, details }]);
    return tx.endSessions(id, null);
  });
  deps.ends.announce(ended);
}

/** Removes an operator with sessions, browsers and codes; what they did stays in the audit. */
export async function removeOperator(
  deps: WayInDeps,
  by: Session,
  id: OperatorId,
  visitor: Visitor,
): Promise<void> {
  const ended = await deps.store.transaction(async (tx) => {
    const record = await changeable(tx, id, null);
    const gone = await tx.endSessions(id, null);
    await tx.dropLinks(record.name);
    await tx.remove(id);
    const subject = operatorSubject(record.name);
    const details = { role: record.role };
    const actor = actorOf(by.operator, visitor);
    await tx.audit([{ at: visitor.now, actor, action: 'operator-remove', subject, details }]);
    return gone;
  });
  deps.ends.announce(ended);
}

async function changeable(
  tx: OperatorTransaction,
  id: OperatorId,
  role: Role | null,
): Promise<OperatorRecord> {
  await tx.lockOperators();
  const record = await tx.byId(id);
  if (record === null) throw new AppError('not_found', 'There is no such operator.');
  if (record.role === 'owner' && role !== 'owner' && (await tx.owners()) === 1) {
    throw new AppError('conflict', 'The last owner stays: make somebody else an owner first.');
  }
  return record;
}

export type PasswordOutcome =
  | { readonly kind: 'changed' }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'refused'; readonly problem: PasswordProblem }
  | Wait;

/** Changes one's own password; the other sessions end. */
export async function changePassword(
  deps: WayInDeps,
  session: Session,
  typed: { readonly current: string; readonly next: string },
  visitor: Visitor,
): Promise<PasswordOutcome> {
  const { operator } = session;
  const problem = passwordProblem(typed.next, operator.name);
  if (problem !== null) return { kind: 'refused', problem };
  const keys = [`inside:${operator.id}`];
  const wait = await admit(deps, keys, visitor, operatorSubject(operator.name));
  if (wait !== null) return wait;
  const record = await deps.store.byId(operator.id);
  const right = await deps.passwords.verify(typed.current, record?.passwordHash ?? null, true);
  if (!right) return { kind: 'wrong' };
  const hash = await deps.passwords.hash(typed.next);
  const ended = await deps.store.transaction(async (tx) => {
    await giveBack(tx, keys);
    await tx.setPassword(operator.id, hash);
    const subject = operatorSubject(operator.name);
    const actor = actorOf(operator, visitor);
    await tx.audit([{ at: visitor.now, actor, action: 'password-change', subject, details: {} }]);
    return tx.endSessions(operator.id, session.id);
  });
  deps.ends.announce(ended);
  return { kind: 'changed' };
}
