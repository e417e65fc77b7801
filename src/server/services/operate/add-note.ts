import type { AccountId } from '../../core/ids.ts';
import { type Act, NOT_FOUND, type NotFound, type OperateDeps, REPEATED, type Repeated } from './deps.ts';

export type NoteOutcome = { readonly kind: 'done' } | Repeated | NotFound;

/** A note about an account, for other operators. One transaction with its line in the audit, which names no words of it. */
export function addNote(
  deps: OperateDeps,
  { actor, once }: Act,
  note: { readonly account: AccountId; readonly text: string },
): Promise<NoteOutcome> {
  const { account, text } = note;
  return deps.store.transaction(async (tx): Promise<NoteOutcome> => {
    if (!(await tx.openAccount(account))) return NOT_FOUND;
    const at = deps.clock.now();
    if (once !== null && !(await tx.once(once, at))) return REPEATED;
    await tx.addNote({ id: deps.random.uuid(), accountId: account, operatorName: actor.name, text, at });
    const details = { letters: text.length };
    await tx.record({ at, actor, action: 'account-note', subject: `account:${account}`, details });
    return { kind: 'done' };
  });
}
