import type { PeerId } from './ids.ts';
import type { VlessIds } from './ports/credentials.ts';
import type { InboundUser, LiveUser } from './ports/inbound.ts';

/** A VLESS user as the database knows it: its id follows from these two. */
export interface UserRef {
  readonly peerId: PeerId;
  readonly keyNumber: number;
}

/** What an inbound is told of a user. Its e-mail there is its peer's id: no name ever leaves for the server (F-S1). */
export type ToInboundUser = (user: UserRef) => InboundUser;

export function createToInboundUser(ids: VlessIds, flow: string): ToInboundUser {
  return (user) => ({ email: user.peerId, vlessId: ids.of(user), flow });
}

/** True when the inbound has the user as wanted. A server that does not tell the id is believed. */
export function sameUser(wanted: InboundUser, live: LiveUser): boolean {
  return (live.vlessId === null || live.vlessId === wanted.vlessId) && live.flow === wanted.flow;
}
