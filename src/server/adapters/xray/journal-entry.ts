import type { VlessId } from '../../core/ids.ts';
import type { InboundChange } from '../../core/inbound-change.ts';
import type { InboundUser, LiveUser } from '../../core/ports/inbound.ts';
import type { KnownBoot } from './boot.ts';

/** What the journal of one inbound holds. */
export interface JournalEntry {
  /** The start of the server that the users were put into; null: none was seen yet. */
  readonly boot: KnownBoot | null;
  readonly users: ReadonlyMap<string, InboundUser>;
  /** Users for whom a change was sent and not answered: nobody knows how they are there. */
  readonly doubtful: ReadonlySet<string>;
}

export const NOTHING: JournalEntry = { boot: null, users: new Map(), doubtful: new Set() };

/** After a change: `sure` when the server has answered all of it, otherwise what was wanted is kept under doubt. */
export function entryAfter(
  entry: JournalEntry,
  boot: KnownBoot,
  { remove, add }: InboundChange,
  sure: boolean,
): JournalEntry {
  const users = new Map(entry.users);
  const doubtful = new Set(entry.doubtful);
  for (const email of remove) users.delete(email);
  for (const user of add) users.set(user.email, user);
  for (const email of [...remove, ...add.map((user) => user.email)]) {
    if (sure) doubtful.delete(email);
    else doubtful.add(email);
  }
  return { boot, users, doubtful };
}

/** True when the user was put in as given, beyond doubt. */
export function hasExactly(
  { users, doubtful }: JournalEntry,
  { email, vlessId, flow }: InboundUser,
): boolean {
  const known = users.get(email);
  return known?.vlessId === vlessId && known.flow === flow && !doubtful.has(email);
}

/** An id nobody has: a user under doubt is never the same as the wanted one, so it is put, or removed, again. */
const NO_ID = '00000000-0000-0000-0000-000000000000' as VlessId;

export function liveUsersOf({ users, doubtful }: JournalEntry): readonly LiveUser[] {
  const sure = [...users.values()].filter((user) => !doubtful.has(user.email));
  return [...sure, ...[...doubtful].map((email) => ({ email, vlessId: NO_ID, flow: '' }))];
}
