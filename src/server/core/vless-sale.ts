import { PROTOCOLS, type Protocol } from './protocol.ts';
import type { UserRef } from './xray-user.ts';

/** What is made for whoever buys VLESS. Both are secrets: in no log, no table and no audit. */
export interface VlessSale {
  /** What a client imports; it shows the device's name. */
  linkOf(user: UserRef, deviceName: string): string;
  /** Where clients fetch all links of an account, from the id of its row; null: such addresses are not offered. */
  readonly subscriptionUrlOf: ((linkId: string) => string) | null;
}

/** What can be had, in the order in which it is offered. */
export const onSale = (vless: VlessSale | null): readonly Protocol[] =>
  PROTOCOLS.filter((each) => each === 'wireguard' || vless !== null);
