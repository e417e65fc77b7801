import type { Actor } from '../../core/audit.ts';
import { type OperatorId, operatorId, type SessionId } from '../../core/ids.ts';
import {
  LINK_MS,
  type NameProblem,
  nameProblem,
  type PasswordProblem,
  passwordProblem,
  plainName,
} from '../../core/operator-rules.ts';
import { type Operator, operatorSubject, type Role } from '../../core/operators.ts';
import type { OperatorTransaction, SetupLink } from '../../core/ports/operators.ts';
import { openSession } from './open-session.ts';
import type { Opened, Visitor, WayInDeps } from './way-in.ts';

/**
 * One-time links: the first owner's, printed at the start of an installation that has none, and those that
 * `adit admin create` and the owners make. Only a digest is kept; a link works once, for one hour.
 */

/** A new link for the first owner, in place of earlier ones; null once there is an owner. */
export function firstLink(
  { store, tokens }: Pick<WayInDeps, 'store' | 'tokens'>,
  now: Date,
): Promise<string | null> {
  const token = tokens.fresh();
  return store.transaction(async (tx) => {
    await tx.lockOperators();
    if ((await tx.owners()) > 0) return null;
    await tx.dropLinks(null);
    await tx.addLink(newLink(tokens.digest(token), null, 'owner', now), now);
    return token;
  });
}

/** A link with which `name` sets a password, in place of earlier ones for that name. AppError `invalid`: the name. */
export async function invite(
  { store, tokens }: Pick<WayInDeps, 'store' | 'tokens'>,
  { name, role }: { readonly name: string; readonly role: Role },
  actor: Actor,
  now: Date,
): Promise<string> {
  const token = tokens.fresh();
  await store.transaction(async (tx) => {
    await tx.dropLinks(name);
    await tx.addLink(newLink(tokens.digest(token), name, role, now), now);
    const subject = operatorSubject(name);
    await tx.audit([{ at: now, actor, action: 'operator-invite', subject, details: { role } }]);
  });
  return token;
}

const newLink = (tokenHash: string, name: string | null, role: Role, now: Date): SetupLink => ({
  tokenHash,
  name,
  role,
  expiresAt: new Date(now.getTime() + LINK_MS),
});

export type SetupOutcome =
  | Opened
  /** Used, over, or never made. */
  | { readonly kind: 'over' }
  | { readonly kind: 'refused'; readonly problem: NameProblem | PasswordProblem | 'name-taken' };

/**
 * Sets the password of the link's operator and logs them in. Of many uses at once one succeeds. For an operator who
 * exists it is a new beginning: other sessions, known browsers and the second factor go.
 */
export async function useSetupLink(
  deps: WayInDeps,
  typed: { readonly token: string; readonly name: string; readonly password: string },
  visitor: Visitor,
): Promise<SetupOutcome> {
  const { store, tokens, passwords } = deps;
  const tokenHash = tokens.digest(typed.token);
  const link = await store.link(tokenHash, visitor.now);
  if (link === null) return { kind: 'over' };
  const name = link.name ?? plainName(typed.name);
  const problem = nameProblem(name) ?? passwordProblem(typed.password, name);
  if (problem !== null) return { kind: 'refused', problem };
  const passwordHash = await passwords.hash(typed.password);
  const { outcome, ended } = await store.transaction(async (tx) => {
    await tx.lockOperators();
    const refused = await refusal(tx, link, name);
    if (refused !== null) return { outcome: refused, ended: [] };
    const taken = await tx.takeLink(tokenHash, visitor.now);
    if (taken === null) return { outcome: { kind: 'over' } as const, ended: [] };
    const done = await establish(deps, tx, { name, role: taken.role, passwordHash }, visitor);
    const { opened, ended } = await openSession(deps, tx, done.operator, visitor, {
      device: null,
      by: 'setup-link',
    });
    return { outcome: opened, ended: [...done.ended, ...ended] };
  });
  deps.ends.announce(ended);
  return outcome;
}

/** The first owner's link is void once somebody else became owner, and takes nobody's name over. */
async function refusal(tx: OperatorTransaction, link: SetupLink, name: string) {
  if (link.name !== null) return null;
  if ((await tx.owners()) > 0) return { kind: 'over' } as const;
  return (await tx.byName(name)) === null ? null : ({ kind: 'refused', problem: 'name-taken' } as const);
}

/** The operator of this name with this role and password, new or anew, inside the caller's transaction. */
export async function establish(
  { random }: Pick<WayInDeps, 'random'>,
  tx: OperatorTransaction,
  wanted: { readonly name: string; readonly role: Role; readonly passwordHash: string },
  visitor: Pick<Visitor, 'address' | 'now'>,
): Promise<{ readonly operator: Operator; readonly ended: readonly SessionId[] }> {
  const known = await tx.byName(wanted.name);
  const id: OperatorId = known?.id ?? operatorId(random.uuid());
  if (known === null) await tx.add({ id, ...wanted }, visitor.now);
  // A link for the last owner, whatever role it names, must not leave nobody.
  const role = known?.role === 'owner' && (await tx.owners()) === 1 ? 'owner' : wanted.role;
  const ended = known === null ? [] : await beginAnew(tx, id, { ...wanted, role });
  const actor = { id, name: wanted.name, address: visitor.address };
  const action = known === null ? 'operator-new' : 'operator-reset';
  const subject = operatorSubject(wanted.name);
  await tx.audit([{ at: visitor.now, actor, action, subject, details: { role } }]);
  return { operator: { id, name: wanted.name, role }, ended };
}

async function beginAnew(
  tx: OperatorTransaction,
  id: OperatorId,
  { role, passwordHash }: { readonly role: Role; readonly passwordHash: string },
): Promise<readonly SessionId[]> {
  await tx.setPassword(id, passwordHash);
  await tx.setRole(id, role);
  await tx.dropTotp(id);
  await tx.forgetDevices(id);
  return tx.endSessions(id, null);
}
