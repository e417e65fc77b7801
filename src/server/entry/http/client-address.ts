import { type Cidr, containsAddress, formatAddress, type IpAddress, parseAddress } from '../../core/cidr.ts';

/** Where a request came from, as far as it can be trusted. */
export interface Origin {
  readonly address: string;
  /** `host[:port]` as the visitor's browser has it in its address bar. */
  readonly host: string;
  readonly https: boolean;
  /** HTTPS, or this very machine: browsers keep the cookies. */
  readonly secure: boolean;
}

/**
 * A proxy is believed only when its own address is in one of `trusted`; of the addresses it names, the rightmost that is
 * not itself a trusted proxy counts. Everybody else's forwarding headers are ignored.
 */
export function originOf(headers: Headers, peer: string | undefined, trusted: readonly Cidr[]): Origin {
  const host = headers.get('host') ?? '';
  const direct = addressOf(peer ?? '');
  if (direct === null || !isTrusted(direct, trusted)) {
    const address = direct === null ? 'unknown' : formatAddress(direct);
    return { address, host, https: false, secure: isLocal(host) };
  }
  const forwardedHost = lastOf(headers.get('x-forwarded-host'));
  const https = lastOf(headers.get('x-forwarded-proto'))?.toLowerCase() === 'https';
  const named = (headers.get('x-forwarded-for') ?? '').split(',').map((each) => each.trim());
  return {
    address: formatAddress(farthest(named, direct, trusted)),
    host: forwardedHost ?? host,
    https,
    secure: https || isLocal(host),
  };
}

function farthest(named: readonly string[], direct: IpAddress, trusted: readonly Cidr[]): IpAddress {
  let current = direct;
  for (const text of named.toReversed()) {
    const next = addressOf(text);
    // Something that is no address was not written by a proxy of ours.
    if (next === null) return current;
    current = next;
    if (!isTrusted(next, trusted)) return next;
  }
  return current;
}

const isTrusted = (address: IpAddress, trusted: readonly Cidr[]): boolean =>
  trusted.some((network) => containsAddress(network, address));

/** With or without a port; an IPv4 address inside IPv6 is the IPv4 address. */
function addressOf(text: string): IpAddress | null {
  const bare = text
    .replace(/^\[(.*)\](:\d+)?$/, '$1')
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
    .replace(/^::ffff:(?=\d+\.)/i, '');
  try {
    return parseAddress(bare);
  } catch {
    return null;
  }
}

const lastOf = (list: string | null): string | undefined => list?.split(',').at(-1)?.trim() || undefined;

const isLocal = (host: string): boolean => /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i.test(host);
