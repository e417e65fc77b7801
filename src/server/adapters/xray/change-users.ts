import { AppError } from '../../core/errors.ts';
import type { InboundChange } from '../../core/inbound-change.ts';
import type { InboundUser } from '../../core/ports/inbound.ts';
import type { Calls, Method } from './grpc-door.ts';
import { addUser, removeUser } from './messages.ts';
import { ALREADY_THERE, NO_SUCH_USER } from './translate.ts';

/** Which inbound of which server. */
export interface InboundPlace {
  readonly calls: Calls;
  /** First part of message names: `xray`, or `v2ray.core`. */
  readonly prefix: string;
  readonly tag: string;
}

/**
 * Removals first, then additions, each in one pipelined go. Throws at the first failure; repeating is safe. A user for
 * whom `isThere` tells that the server has exactly this id is left alone: nobody's connection attempts are cut off.
 */
export async function changeUsers(
  { calls, prefix, tag }: InboundPlace,
  { remove, add }: InboundChange,
  signal: AbortSignal,
  isThere: (user: InboundUser) => boolean = () => false,
): Promise<void> {
  const alter: Method<void> = {
    name: 'xray.AlterInbound',
    path: `/${prefix}.app.proxyman.command.HandlerService/AlterInbound`,
    read: () => undefined,
  };
  const taking = (email: string) => removeUser(prefix, tag, email);
  const putting = (user: InboundUser) => addUser(prefix, tag, user);

  // Xray has no call that changes a user: whoever is there goes, and comes again.
  async function replace(user: InboundUser): Promise<void> {
    await unless(NO_SUCH_USER, calls.call(alter, taking(user.email), signal));
    await calls.call(alter, putting(user), signal);
  }

  for (const emails of inParts(remove)) {
    await calls.many(alter, emails.map(taking), signal, (made) => unless(NO_SUCH_USER, made));
  }
  for (const users of inParts(add)) {
    await calls.many(alter, users.map(putting), signal, (made, index) =>
      unless(ALREADY_THERE, made, async () => {
        if (!isThere(users[index]!)) await replace(users[index]!);
      }),
    );
  }
}

/** Messages made in one go: some milliseconds of the loop. */
const MOST_AT_ONCE = 500;

function inParts<T>(all: readonly T[]): readonly (readonly T[])[] {
  const count = Math.ceil(all.length / MOST_AT_ONCE);
  return Array.from({ length: count }, (_, part) =>
    all.slice(part * MOST_AT_ONCE, (part + 1) * MOST_AT_ONCE),
  );
}

/** The refusal of that reason is no failure; `instead` is done then. */
async function unless(reason: string, made: Promise<void>, instead?: () => Promise<void>): Promise<void> {
  try {
    await made;
  } catch (error) {
    if (!(error instanceof AppError) || error.details.reason !== reason) throw error;
    await instead?.();
  }
}
