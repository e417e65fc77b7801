import { z } from 'zod';
import type { Kind } from './kinds.ts';

/** RFC 1918, and the shared space of RFC 6598. */
const PRIVATE_NETWORKS = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'];

/** Length of the prefix: 16 of `10.66.0.0/16`. */
export function prefixLength(network: string): number {
  return Number(network.slice(network.indexOf('/') + 1));
}

function ipv4Number(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function firstAddress(network: string): number {
  return ipv4Number(network.slice(0, network.indexOf('/')));
}

function isNetworkAddress(network: string): boolean {
  return firstAddress(network) % 2 ** (32 - prefixLength(network)) === 0;
}

function lies(inner: string, outer: string): boolean {
  const size = 2 ** (32 - prefixLength(outer));
  const same = Math.floor(firstAddress(inner) / size) === Math.floor(firstAddress(outer) / size);
  return same && prefixLength(inner) >= prefixLength(outer);
}

function isPool(network: string): boolean {
  const length = prefixLength(network);
  if (length < 8 || length > 30 || !isNetworkAddress(network)) return false;
  return PRIVATE_NETWORKS.some((each) => lies(network, each));
}

/** Where clients get their IPv4 addresses from. */
export const ipv4Pool: Kind<string> = {
  accepts: 'a private IPv4 network, /8 to /30, written with its first address, such as 10.66.0.0/16',
  schema: z.cidrv4().refine(isPool),
};

/** Unique local (RFC 4193) or global unicast. Whether it is large enough depends on the IPv4 pool: see rules. */
export const ipv6Pool: Kind<string> = {
  accepts: 'an IPv6 network of unique local (fd…) or global addresses, such as fd66:ad17::/64',
  schema: z.cidrv6().refine((network) => /^(f[cd]|[23])/i.test(network)),
};
