import {
  type Cidr,
  containsAddress,
  formatAddress,
  formatCidr,
  hostCidr,
  type IpAddress,
  networkOf,
  parseCidr,
  sizeOf,
} from './cidr.ts';
import { AppError } from './errors.ts';
import { networkError } from './network-fault.ts';

/**
 * Which addresses of a pool are whose. Offsets count from the network's address: 0 is the network itself,
 * 1 the server, the last one the broadcast address of IPv4. Devices have what lies between.
 */
export interface AddressPlan {
  readonly network: Cidr;
  /** The first usable address; the server's own. */
  readonly server: IpAddress;
  readonly firstDeviceOffset: number;
  readonly lastDeviceOffset: number;
  readonly devices: number;
}

const SERVER_OFFSET = 1;
const FIRST_DEVICE_OFFSET = 2;
/** Every device address is a row of a table, so a pool beyond a /8 is a slip of the pen. */
const WIDEST_IPV4 = 8;
const NARROWEST_IPV4 = 30;
const NARROWEST_IPV6 = 126;
/** IPv6 follows from the IPv4 offset and is never counted; this only keeps offsets in a safe integer. */
const MOST_OFFSETS = 2 ** 32;

/**
 * The plan of a pool written as `10.66.0.0/16` or `fd00:66::/64`. AppError `invalid` when it has a host part
 * (`10.66.0.7/16`), or no room for a server and one device (/31, /32, /127, /128), or is wider than a /8.
 */
export function planAddresses(text: string): AddressPlan {
  const network = parseCidr(text);
  const canonical = networkOf(network);
  if (canonical.address.value !== network.address.value) {
    const meant = formatCidr(canonical);
    const message = `${text} names a host, not a network: did you mean ${meant}?`;
    throw networkError('host-part', message, { given: text, meant });
  }
  assertRoom(network);
  const size = Number(sizeOf(network) > MOST_OFFSETS ? BigInt(MOST_OFFSETS) : sizeOf(network));
  // IPv6 has no broadcast; the last address is left out of both, so that the two plans read the same.
  const lastDeviceOffset = size - 2;
  return {
    network,
    server: addressAtOffset(network, SERVER_OFFSET),
    firstDeviceOffset: FIRST_DEVICE_OFFSET,
    lastDeviceOffset,
    devices: lastDeviceOffset - FIRST_DEVICE_OFFSET + 1,
  };
}

/** Network, server, broadcast, and everything outside the pool. */
export function isReservedOffset(plan: AddressPlan, offset: number): boolean {
  return !Number.isInteger(offset) || offset < plan.firstDeviceOffset || offset > plan.lastDeviceOffset;
}

/** A device's address. AppError `invalid` for a reserved offset, with the address and why. */
export function deviceAddress(plan: AddressPlan, offset: number): IpAddress {
  if (!isReservedOffset(plan, offset)) return addressAtOffset(plan.network, offset);
  throw new AppError(
    'invalid',
    `offset ${offset} of ${formatCidr(plan.network)} is ${reasonOf(plan, offset)}`,
  );
}

/** The offset of an address in the pool, or null when it is not in it. */
export function offsetOf(plan: AddressPlan, address: IpAddress): number | null {
  if (!containsAddress(plan.network, address)) return null;
  return Number(address.value - plan.network.address.value);
}

/** Checks that every IPv4 device offset has an IPv6 address too. AppError `invalid` when the IPv6 pool is smaller. */
export function assertPaired(v4: AddressPlan, v6: AddressPlan): void {
  if (v4.network.address.family !== 4 || v6.network.address.family !== 6) {
    throw new AppError('invalid', 'a pair of pools is one of IPv4 and one of IPv6');
  }
  if (v6.lastDeviceOffset >= v4.lastDeviceOffset) return;
  const [v6Text, v4Text] = [formatCidr(v6.network), formatCidr(v4.network)];
  throw networkError(
    'fewer',
    `${v6Text} has ${v6.devices} device addresses, fewer than the ${v4.devices} of ${v4Text}`,
    { count: v6.devices, wanted: v4.devices },
  );
}

/**
 * Checks that a pool may be replaced by another one: each address in use must still be a device address there.
 * AppError `conflict` names the first that would be lost, and how many are.
 */
export function assertKeeps(plan: AddressPlan, inUse: readonly IpAddress[]): void {
  const lost = inUse.filter((address) => isReservedOffset(plan, offsetOf(plan, address) ?? -1));
  if (lost.length === 0) return;
  throw new AppError(
    'conflict',
    `${formatCidr(plan.network)} leaves out ${lost.length} addresses in use, the first is ${formatAddress(lost[0]!)}`,
  );
}

/** `10.66.0.2/32` and, with an IPv6 plan, `fd00:66::2/128`: sorted, as an interface's allowed-ips. */
export function deviceAllowedIps(v4: AddressPlan, v6: AddressPlan | null, offset: number): readonly string[] {
  const plans = v6 === null ? [v4] : [v4, v6];
  return plans.map((plan) => formatCidr(hostCidr(deviceAddress(plan, offset)))).sort();
}

function addressAtOffset(network: Cidr, offset: number): IpAddress {
  return { family: network.address.family, value: network.address.value + BigInt(offset) };
}

function assertRoom(network: Cidr): void {
  const text = formatCidr(network);
  if (sizeOf(network) < 4n) {
    const narrowest = network.address.family === 4 ? NARROWEST_IPV4 : NARROWEST_IPV6;
    const message = `${text} has no room for a server and a device: use /${narrowest} or wider`;
    throw networkError('no-room', message, { narrowest });
  }
  if (network.address.family === 4 && network.prefix < WIDEST_IPV4) {
    throw networkError('too-wide', `${text} is wider than a /${WIDEST_IPV4}`, { widest: WIDEST_IPV4 });
  }
}

function reasonOf(plan: AddressPlan, offset: number): string {
  if (offset === 0) return 'the address of the network';
  if (offset === SERVER_OFFSET) return 'the address of the server';
  if (offset === plan.lastDeviceOffset + 1) return 'the broadcast address';
  return 'outside the pool';
}
