import { AppError } from './errors.ts';
import { networkError } from './network-fault.ts';

/** An IP address as a number, so that arithmetic on pools is plain arithmetic. */
export interface IpAddress {
  readonly family: 4 | 6;
  readonly value: bigint;
}

/** An address with the length of its network's prefix. `10.66.0.1/16` keeps the host part. */
export interface Cidr {
  readonly address: IpAddress;
  readonly prefix: number;
}

const IPV4 = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/;
const GROUP = /^[0-9a-fA-F]{1,4}$/;
const PREFIX = /^(0|[1-9]\d{0,2})$/;

/** Bits of an address of this family. */
export const bitsOf = (family: 4 | 6): 32 | 128 => (family === 4 ? 32 : 128);

/** Dotted IPv4 without leading zeros, or IPv6 in any form of RFC 4291 without a zone. Else AppError `invalid`. */
export function parseAddress(text: string): IpAddress {
  const v4 = parseIpv4(text);
  if (v4 !== null) return { family: 4, value: v4 };
  const v6 = text.includes(':') ? parseIpv6(text) : null;
  if (v6 !== null) return { family: 6, value: v6 };
  throw new AppError('invalid', `${JSON.stringify(text)} is not an IP address`);
}

/** The one spelling of an address: what `wg`, `ip` and PostgreSQL print (IPv6 as in RFC 5952). */
export function formatAddress(address: IpAddress): string {
  return address.family === 4 ? formatIpv4(address.value) : formatIpv6(address.value);
}

/** `address/prefix`. A missing or too long prefix is AppError `invalid`. */
export function parseCidr(text: string): Cidr {
  const slash = text.indexOf('/');
  const prefixText = text.slice(slash + 1);
  if (slash < 0 || !PREFIX.test(prefixText)) {
    throw networkError('unreadable', `${JSON.stringify(text)} is not a network: write it as address/prefix`);
  }
  const address = parseAddress(text.slice(0, slash));
  const prefix = Number(prefixText);
  if (prefix > bitsOf(address.family)) {
    const most = bitsOf(address.family);
    throw networkError('prefix', `${text}: the prefix is at most ${most}`, { most });
  }
  return { address, prefix };
}

export const formatCidr = (cidr: Cidr): string => `${formatAddress(cidr.address)}/${cidr.prefix}`;

/** The address alone as a network: `/32` or `/128`. */
export const hostCidr = (address: IpAddress): Cidr => ({ address, prefix: bitsOf(address.family) });

/** How many addresses share this prefix. */
export const sizeOf = (cidr: Cidr): bigint => 1n << BigInt(bitsOf(cidr.address.family) - cidr.prefix);

/** The same network with the host part set to zero. */
export function networkOf(cidr: Cidr): Cidr {
  const size = sizeOf(cidr);
  return {
    address: { family: cidr.address.family, value: cidr.address.value - (cidr.address.value % size) },
    prefix: cidr.prefix,
  };
}

/** True when every address of `inner` is also one of `outer`. */
export function containsNetwork(outer: Cidr, inner: Cidr): boolean {
  if (outer.address.family !== inner.address.family || outer.prefix > inner.prefix) return false;
  return (
    networkOf({ address: inner.address, prefix: outer.prefix }).address.value ===
    networkOf(outer).address.value
  );
}

export const containsAddress = (network: Cidr, address: IpAddress): boolean =>
  containsNetwork(network, hostCidr(address));

function parseIpv4(text: string): bigint | null {
  const match = IPV4.exec(text);
  if (match === null) return null;
  let value = 0n;
  for (const part of match.slice(1)) {
    if (Number(part) > 255) return null;
    value = value * 256n + BigInt(part);
  }
  return value;
}

function parseIpv6(text: string): bigint | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const head = parseGroups(halves[0]!, halves.length === 1);
  const tail = halves.length === 2 ? parseGroups(halves[1]!, true) : [];
  if (head === null || tail === null) return null;
  const missing = 8 - head.length - tail.length;
  // A `::` stands for at least one group; without it all eight must be there.
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const groups = [...head, ...Array<number>(missing).fill(0), ...tail];
  return groups.reduce((value, group) => value * 65536n + BigInt(group), 0n);
}

/** The groups of one half; an IPv4 address may stand for the last two, where the address ends. */
function parseGroups(half: string, endsAddress: boolean): number[] | null {
  if (half === '') return [];
  const groups: number[] = [];
  const parts = half.split(':');
  for (const [index, part] of parts.entries()) {
    const v4 = endsAddress && index === parts.length - 1 ? parseIpv4(part) : null;
    if (v4 !== null) groups.push(Number(v4 >> 16n), Number(v4 & 0xffffn));
    else if (GROUP.test(part)) groups.push(Number.parseInt(part, 16));
    else return null;
  }
  return groups;
}

const formatIpv4 = (value: bigint): string =>
  [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');

function formatIpv6(value: bigint): string {
  // inet_ntop writes IPv4-mapped addresses with dots, and `wg` prints with inet_ntop.
  if (value >> 32n === 0xffffn) return `::ffff:${formatIpv4(value & 0xffffffffn)}`;
  const groups = Array.from({ length: 8 }, (_, index) =>
    Number((value >> BigInt(112 - 16 * index)) & 0xffffn),
  );
  const run = longestZeroRun(groups);
  const hex = groups.map((group) => group.toString(16));
  if (run.length < 2) return hex.join(':');
  return `${hex.slice(0, run.start).join(':')}::${hex.slice(run.start + run.length).join(':')}`;
}

/** The first of the longest runs: RFC 5952, 4.2.3. */
function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (let index = 0; index <= groups.length; index++) {
    if (groups[index] === 0) continue;
    if (index - start > best.length) best = { start, length: index - start };
    start = index + 1;
  }
  return best;
}
