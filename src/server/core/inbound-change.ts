import { AppError } from './errors.ts';
import { isInboundUser, isUserEmail } from './inbound-user.ts';
import type { InboundUser } from './ports/inbound.ts';

/** As `Inbound.apply` takes it: removals first. */
export interface InboundChange {
  readonly remove: readonly string[];
  readonly add: readonly InboundUser[];
}

/** Throws AppError `invalid` when somebody is named whom no inbound can have. Ids are not repeated in it. */
export function checkChange({ remove, add }: InboundChange): void {
  if (!remove.every(isUserEmail)) throw new AppError('invalid', 'A name to remove is no name of a user.');
  if (!add.every(isInboundUser)) throw new AppError('invalid', 'A user to add is not whole.');
}

/** One change that does what these do one after the other; each user is named in it once. */
export function mergeChanges(changes: readonly InboundChange[]): InboundChange {
  const last = new Map<string, InboundUser | null>();
  for (const { remove, add } of changes) {
    for (const email of remove) last.set(email, null);
    for (const user of add) last.set(user.email, user);
  }
  const remove = [...last].flatMap(([email, user]) => (user === null ? [email] : []));
  return { remove, add: [...last.values()].filter((user) => user !== null) };
}
