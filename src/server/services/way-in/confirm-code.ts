import { operatorSubject } from '../../core/operators.ts';
import type { OperatorRecord, OperatorTransaction } from '../../core/ports/operators.ts';
import { openSession } from './open-session.ts';
import { admit, giveBack, tryKeys } from './tries.ts';
import { type Opened, sealedFor, type Visitor, type Wait, type WayInDeps } from './way-in.ts';

export type CodeOutcome =
  | Opened
  | { readonly kind: 'wrong' }
  /** The five minutes after the password are over: begin anew. */
  | { readonly kind: 'over' }
  | Wait;

/**
 * The second step of a login: a code of the authenticator, each good once, or a recovery code. The first step's token
 * ends here and a new session begins. Throws AppError `unavailable`, `timeout`, `exhausted`.
 */
export async function confirmCode(
  deps: WayInDeps,
  typed: { readonly codeToken: string; readonly code: string },
  visitor: Visitor,
): Promise<CodeOutcome> {
  const { store, tokens } = deps;
  const stage = await store.session(tokens.digest(typed.codeToken), 'code', visitor.now);
  const record = stage && (await store.byId(stage.operator.id));
  if (stage === null || record === null) return { kind: 'over' };
  const { keys, device } = await tryKeys(deps, { record, account: `code:${record.id}` }, visitor);
  const wait = await admit(deps, keys, visitor, operatorSubject(record.name));
  if (wait !== null) return wait;
  const { outcome, ended } = await store.transaction(async (tx) => {
    const by = await useCode(deps, tx, record, typed.code, visitor.now);
    if (by === null) return { outcome: { kind: 'wrong' } as const, ended: [] };
    await giveBack(tx, keys);
    // The first step's token was used up by another request meanwhile.
    if (!(await tx.endSession(record.id, stage.id))) return { outcome: { kind: 'over' } as const, ended: [] };
    const { opened, ended } = await openSession(deps, tx, record, visitor, { device, by });
    return { outcome: opened, ended };
  });
  deps.ends.announce(ended);
  return outcome;
}

/** What the code was; null: it is not right, or was used. */
export async function useCode(
  { codes, box, tokens }: Pick<WayInDeps, 'codes' | 'box' | 'tokens'>,
  tx: OperatorTransaction,
  record: OperatorRecord,
  typed: string,
  now: Date,
): Promise<'code' | 'recovery-code' | null> {
  const plain = typed.replaceAll(/[\s-]/g, '').toLowerCase();
  if (record.totpSealed !== null && /^\d{6}$/.test(plain)) {
    const step = codes.stepOf(box.open(record.totpSealed, sealedFor(record)), plain, now);
    return step !== null && (await tx.useTotpStep(record.id, step)) ? 'code' : null;
  }
  return (await tx.useRecoveryCode(record.id, recoveryHash(tokens, plain))) ? 'recovery-code' : null;
}

/** Typed with or without its dashes. */
export const recoveryHash = (tokens: WayInDeps['tokens'], code: string): string =>
  tokens.digest(`recovery:${code.replaceAll('-', '').toLowerCase()}`);
