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

  await calls.many(alter, remove.map(taking), signal, (made) => unless(NO_SUCH_USER, made));
  await calls.many(alter, add.map(putting), signal, (made, index) =>
    unless(ALREADY_THERE, made, async () => {
      if (!isThere(add[index]!)) await replace(add[index]!);
    }),
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
