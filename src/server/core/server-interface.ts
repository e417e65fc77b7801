import { formatCidr, networkOf, parseCidr } from './cidr.ts';
import { AppError } from './errors.ts';
import type { PrivateKey } from './ids.ts';
import { parsePrivateKey } from './wireguard-key.ts';

/** What the server's own WireGuard interface is to be, whoever makes it: Adit, or wg-quick from the file. */
export interface ServerInterface {
  /** `wg0`. At most 15 characters. */
  readonly name: string;
  readonly privateKey: PrivateKey;
  readonly listenPort: number;
  /** The server's address with the prefix of the pool: `10.66.0.1/16`. */
  readonly address4: string;
  /** `fd00:66::1/64`, or null without IPv6. */
  readonly address6: string | null;
  /** The server's addresses in pools that were added while it runs; asked again each time. Default: none. */
  readonly further?: () => readonly string[];
  readonly mtu: number;
  /** Whether peers go out to the internet under the server's addresses. The demo says no. */
  readonly nat: boolean;
  /** Whether peers may ask a resolver on the server's own address (port 53). */
  readonly dnsToHost: boolean;
  /** Networks peers never reach through the server. Default: link-local, where clouds keep their metadata. */
  readonly blockedNetworks?: readonly string[];
}

/** Narrower than the kernel allows, so that it can stand in an nft table's name and in a file's. */
const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,14}$/;
const LEAST_MTU = 576;
const LEAST_MTU_WITH_IPV6 = 1280;
const MOST_MTU = 65_535;
const LINK_LOCAL: readonly string[] = ['169.254.0.0/16', 'fe80::/10'];

/** The interface with its addresses in their one spelling. AppError `invalid` names the first thing that is wrong. */
export function checkedInterface(server: ServerInterface): ServerInterface {
  if (!NAME.test(server.name)) {
    throw new AppError('invalid', 'an interface name is 1 to 15 letters, digits, - or _, a letter first');
  }
  parsePrivateKey(server.privateKey);
  assertInteger('the listen port', server.listenPort, 1, 65_535);
  assertInteger('the MTU', server.mtu, server.address6 === null ? LEAST_MTU : LEAST_MTU_WITH_IPV6, MOST_MTU);
  return {
    ...server,
    address4: canonical(server.address4, 4),
    address6: server.address6 === null ? null : canonical(server.address6, 6),
    blockedNetworks: blockedNetworks(server),
  };
}

/** All the interface's addresses, with the prefixes of their pools. */
export const addressesOf = (server: ServerInterface): readonly string[] => {
  const own = server.address6 === null ? [server.address4] : [server.address4, server.address6];
  return [...own, ...(server.further?.() ?? [])];
};

/** Blocked networks without host parts, in the spelling `nft` prints. */
export const blockedNetworks = (server: ServerInterface): readonly string[] =>
  (server.blockedNetworks ?? LINK_LOCAL).map((text) => formatCidr(networkOf(parseCidr(text))));

function canonical(text: string, family: 4 | 6): string {
  const cidr = parseCidr(text);
  if (cidr.address.family === family) return formatCidr(cidr);
  throw new AppError('invalid', `${text} is not IPv${family}`);
}

function assertInteger(what: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new AppError('invalid', `${what} must be a whole number from ${least} to ${most}`);
}
