import { AppError } from '../../core/errors.ts';
import type { OperatorId } from '../../core/ids.ts';
import { type Operator, operatorSubject, type Session } from '../../core/operators.ts';
import type { OperatorRecord } from '../../core/ports/operators.ts';
import { recoveryHash, useCode } from './confirm-code.ts';
import { admit, giveBack } from './tries.ts';
import { actorOf, sealedFor, type Visitor, type Wait, type WayInDeps } from './way-in.ts';

const RECOVERY_CODES = 10;

/** Apart from the counter of logins: strangers at the door must not stop somebody inside. */
const insideKeys = ({ id }: Operator): readonly string[] => [`inside:${id}`];

export type EnrolOutcome =
  /** Shown once; only their digests are kept. */
  { readonly kind: 'on'; readonly recoveryCodes: readonly string[] } | { readonly kind: 'wrong' } | Wait;

export type RenewOutcome =
  /** Shown once; those of before are worthless. */
  { readonly kind: 'renewed'; readonly recoveryCodes: readonly string[] } | { readonly kind: 'wrong' } | Wait;

/** What an authenticator is given. */
export interface Enrolment {
  /** Base32, for typing. */
  readonly key: string;
  /** For a QR code. */
  readonly address: string;
}

/** The key being enrolled, the same until it is confirmed; null: the second factor is on already. */
export async function enrolment(deps: WayInDeps, id: OperatorId): Promise<Enrolment | null> {
  const { store, codes, box } = deps;
  return store.transaction(async (tx) => {
    await tx.lockOperators();
    const record = await tx.byId(id);
    if (record === null) throw new AppError('not_found', 'There is no such operator.');
    if (record.totpSealed !== null) return null;
    const pending = record.totpPendingSealed;
    const key = pending === null ? codes.freshKey() : box.open(pending, sealedFor(record));
    if (pending === null) await tx.setPendingTotp(id, box.seal(key, sealedFor(record)));
    return { key, address: codes.address(key, record.name) };
  });
}

/** Turns the second factor on with a code of the enrolled key. Other sessions end: they were opened without it. */
export async function confirmEnrolment(
  deps: WayInDeps,
  session: Session,
  code: string,
  visitor: Visitor,
): Promise<EnrolOutcome> {
  const { operator } = session;
  const wait = await admit(deps, insideKeys(operator), visitor, operatorSubject(operator.name));
  if (wait !== null) return wait;
  const recoveryCodes = freshCodes(deps);
  const ended = await deps.store.transaction(async (tx) => {
    const record = await tx.byId(operator.id);
    const step = record && pendingStep(deps, record, code, visitor.now);
    if (step === null) return null;
    await giveBack(tx, insideKeys(operator));
    await tx.confirmTotp(operator.id, step);
    await tx.setRecoveryCodes(operator.id, hashed(deps, recoveryCodes));
    const gone = await tx.endSessions(operator.id, session.id);
    const subject = operatorSubject(operator.name);
    const actor = actorOf(operator, visitor);
    await tx.audit([{ at: visitor.now, actor, action: 'second-factor-on', subject, details: {} }]);
    return gone;
  });
  if (ended === null) return { kind: 'wrong' };
  deps.ends.announce(ended);
  return { kind: 'on', recoveryCodes };
}

function pendingStep(
  { box, codes }: WayInDeps,
  record: OperatorRecord,
  code: string,
  now: Date,
): number | null {
  const pending = record.totpPendingSealed;
  return pending === null ? null : codes.stepOf(box.open(pending, sealedFor(record)), code, now);
}

/**
 * Ten new recovery codes in place of those there are; it takes a code, as an open browser alone must not be enough.
 * Repeating makes others.
 */
export async function renewRecoveryCodes(
  deps: WayInDeps,
  session: Session,
  code: string,
  visitor: Visitor,
): Promise<RenewOutcome> {
  const { operator } = session;
  const wait = await admit(deps, insideKeys(operator), visitor, operatorSubject(operator.name));
  if (wait !== null) return wait;
  const recoveryCodes = freshCodes(deps);
  return deps.store.transaction(async (tx) => {
    const record = await tx.byId(operator.id);
    const by = record?.totpSealed ? await useCode(deps, tx, record, code, visitor.now) : null;
    if (by === null) return { kind: 'wrong' } as const;
    await giveBack(tx, insideKeys(operator));
    await tx.setRecoveryCodes(operator.id, hashed(deps, recoveryCodes));
    const subject = operatorSubject(operator.name);
    const actor = actorOf(operator, visitor);
    await tx.audit([{ at: visitor.now, actor, action: 'recovery-codes-new', subject, details: { by } }]);
    return { kind: 'renewed', recoveryCodes } as const;
  });
}

const freshCodes = ({ tokens }: WayInDeps): readonly string[] =>
  Array.from({ length: RECOVERY_CODES }, () => tokens.freshCode());

const hashed = ({ tokens }: WayInDeps, recoveryCodes: readonly string[]): readonly string[] =>
  recoveryCodes.map((each) => recoveryHash(tokens, each));

/** Turns the second factor off; it takes a code, as an open browser alone must not be enough. */
export async function dropSecondFactor(
  deps: WayInDeps,
  session: Session,
  code: string,
  visitor: Visitor,
): Promise<{ readonly kind: 'off' } | { readonly kind: 'wrong' } | Wait> {
  const { operator } = session;
  const wait = await admit(deps, insideKeys(operator), visitor, operatorSubject(operator.name));
  if (wait !== null) return wait;
  return deps.store.transaction(async (tx) => {
    const record = await tx.byId(operator.id);
    const by = record && (await useCode(deps, tx, record, code, visitor.now));
    if (by === null) return { kind: 'wrong' } as const;
    await giveBack(tx, insideKeys(operator));
    await tx.dropTotp(operator.id);
    const subject = operatorSubject(operator.name);
    const actor = actorOf(operator, visitor);
    await tx.audit([{ at: visitor.now, actor, action: 'second-factor-off', subject, details: { by } }]);
    return { kind: 'off' } as const;
  });
}
