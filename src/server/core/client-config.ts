import { formatCidr, hostCidr, parseAddress, parseCidr } from './cidr.ts';
import { AppError } from './errors.ts';
import type { PrivateKey, PublicKey } from './ids.ts';
import { parsePrivateKey, parsePublicKey } from './wireguard-key.ts';

/** What a user's device needs to come in. It carries a private key: text made of it is a secret. */
export interface ClientConfig {
  readonly privateKey: PrivateKey;
  /** The device's allowed-ips on the server: `10.66.0.2/32` and perhaps `fd00:66::2/128`. */
  readonly addresses: readonly string[];
  /** Resolvers, as addresses. Empty: the device keeps its own. */
  readonly dns: readonly string[];
  readonly mtu: number;
  readonly serverPublicKey: PublicKey;
  /** What goes through the tunnel: `0.0.0.0/0`, `::/0`. */
  readonly allowedIps: readonly string[];
  /** What clients dial: `vpn.example.org:51820`, `192.0.2.1:51820` or `[2001:db8::1]:51820`. */
  readonly endpoint: string;
  /** Seconds; 0 for none. */
  readonly keepalive: number;
}

const HOST_LABEL = /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;
const ENDPOINT = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+):([1-9]\d{0,4})$/;

/**
 * A `.conf` that every WireGuard app reads. The device's name is not in it: the file's name carries that.
 * AppError `invalid` when a value is not of its kind, so no value can bring a line of its own.
 */
export function renderClientConfig(config: ClientConfig): string {
  return [
    '[Interface]',
    `PrivateKey = ${parsePrivateKey(config.privateKey)}`,
    `Address = ${config.addresses.map(deviceCidr).join(', ')}`,
    ...(config.dns.length === 0 ? [] : [`DNS = ${config.dns.map(resolver).join(', ')}`]),
    `MTU = ${whole('the MTU', config.mtu, 576, 65_535)}`,
    '',
    '[Peer]',
    `PublicKey = ${parsePublicKey(config.serverPublicKey)}`,
    `AllowedIPs = ${config.allowedIps.map((text) => formatCidr(parseCidr(text))).join(', ')}`,
    `Endpoint = ${parseEndpoint(config.endpoint)}`,
    ...(config.keepalive === 0
      ? []
      : [`PersistentKeepalive = ${whole('the keepalive', config.keepalive, 1, 65_535)}`]),
    '',
  ].join('\n');
}

/** `host:port` with a name, an IPv4 address or an IPv6 address in brackets; else AppError `invalid`. */
export function parseEndpoint(text: string): string {
  const [, host, port] = ENDPOINT.exec(text) ?? [];
  if (host === undefined || port === undefined || Number(port) > 65_535 || !isHost(host)) {
    throw new AppError('invalid', `${JSON.stringify(text)} is not an endpoint: write it as host:port`);
  }
  return text;
}

function isHost(host: string): boolean {
  if (!host.startsWith('[') && !/^[\d.]+$/.test(host)) {
    return host.length <= 253 && host.split('.').every((label) => HOST_LABEL.test(label));
  }
  try {
    return parseAddress(host.replace(/^\[|\]$/g, '')).family === (host.startsWith('[') ? 6 : 4);
  } catch {
    return false;
  }
}

function deviceCidr(text: string): string {
  const cidr = parseCidr(text);
  if (cidr.prefix === hostCidr(cidr.address).prefix) return formatCidr(cidr);
  throw new AppError('invalid', `${text} is not the address of one device`);
}

const resolver = (text: string): string => formatCidr(hostCidr(parseAddress(text))).split('/')[0]!;

function whole(what: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new AppError('invalid', `${what} must be a whole number from ${least} to ${most}`);
}
