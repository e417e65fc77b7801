import { parseCidr } from './cidr.ts';
import { AppError } from './errors.ts';
import { asOneLine, firewallRemoval, firewallReplacement } from './firewall.ts';
import type { PrivateKey } from './ids.ts';
import type { TunnelPeer } from './ports/tunnel.ts';
import { addressesOf, checkedInterface, type ServerInterface } from './server-interface.ts';
import { parsePrivateKey, parsePublicKey } from './wireguard-key.ts';

/** wg0.conf as wg-quick reads it. It holds keys and addresses only: a name never enters it. */
export interface ServerConfig {
  readonly privateKey: PrivateKey;
  readonly listenPort: number;
  readonly addresses: readonly string[];
  readonly mtu: number;
  readonly postUp: readonly string[];
  readonly postDown: readonly string[];
  readonly peers: readonly TunnelPeer[];
}

/**
 * The `[Interface]` part. With it `wg-quick up` makes the same interface and firewall that Adit makes.
 * `Table = off`: the pool's own prefix routes every peer, and wg-quick would start a program for each peer.
 */
export function renderServerInterface(server: ServerInterface): string {
  const checked = checkedInterface(server);
  return [
    '[Interface]',
    `PrivateKey = ${checked.privateKey}`,
    `ListenPort = ${checked.listenPort}`,
    ...addressesOf(checked).map((address) => `Address = ${address}`),
    `MTU = ${checked.mtu}`,
    'Table = off',
    ...hooks(checked),
    '',
  ].join('\n');
}

/** One `[Peer]` part. AppError `invalid` when a key or an address is not one: nothing else can get in. */
export function renderServerPeer(peer: TunnelPeer): string {
  for (const allowed of peer.allowedIps) parseCidr(allowed);
  const allowedIps = peer.allowedIps.length === 0 ? '' : `AllowedIPs = ${peer.allowedIps.join(', ')}\n`;
  return `\n[Peer]\nPublicKey = ${parsePublicKey(peer.publicKey)}\n${allowedIps}`;
}

/**
 * The last line. `wg` takes many truncated files for whole ones and drops the peers that are missing
 * (or all of them, from an empty file); with this line a torn file cannot pass for a whole one.
 */
export const renderServerTrailer = (peerCount: number): string => `\n# end of ${peerCount} peers\n`;

/** The whole file in one go: for small files and tests; see the config-file adapter for large ones. */
export function renderServerConfig(server: ServerInterface, peers: readonly TunnelPeer[]): string {
  return (
    renderServerInterface(server) + peers.map(renderServerPeer).join('') + renderServerTrailer(peers.length)
  );
}

/**
 * Reads back what {@link renderServerConfig} wrote. AppError `invalid`, with the line's number, for anything it
 * would not have written: an unknown or repeated setting, a missing one, a file without its last line.
 */
export function parseServerConfig(text: string): ServerConfig {
  const [head, ...peerSections] = sectionsOf(text);
  if (head?.title !== '[Interface]')
    throw new AppError('invalid', 'the file does not begin with [Interface]');
  const peers = peerSections.map(readPeer);
  if (!text.endsWith(renderServerTrailer(peers.length))) {
    throw new AppError('invalid', `the file is torn: it does not end with "# end of ${peers.length} peers"`);
  }
  return { ...readInterface(head), peers };
}

function hooks(server: ServerInterface): readonly string[] {
  const forwarding = [
    'net.ipv4.ip_forward',
    ...(server.address6 === null ? [] : ['net.ipv6.conf.all.forwarding']),
  ];
  return [
    `PostUp = nft '${asOneLine(firewallReplacement(server))}'`,
    ...(server.nat ? forwarding.map((key) => `PostUp = sysctl -q -w ${key}=1`) : []),
    `PostDown = nft '${asOneLine(firewallRemoval(server.name))}'`,
  ];
}

interface Section {
  readonly title: string;
  readonly line: number;
  readonly settings: Map<string, string[]>;
}

function sectionsOf(text: string): readonly Section[] {
  const sections: Section[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line === '' || line.startsWith('#')) continue;
    if (line === '[Interface]' || line === '[Peer]') {
      sections.push({ title: line, line: index + 1, settings: new Map() });
      continue;
    }
    const setting = /^([A-Za-z]+) = (.+)$/.exec(line);
    const current = sections.at(-1);
    if (setting === null || current === undefined) {
      throw new AppError('invalid', `line ${index + 1} is not a setting of wg-quick`);
    }
    const [, key, value] = setting as unknown as [string, string, string];
    current.settings.set(key, [...(current.settings.get(key) ?? []), value]);
  }
  return sections;
}

const INTERFACE_KEYS: readonly string[] = [
  'PrivateKey',
  'ListenPort',
  'Address',
  'MTU',
  'Table',
  'PostUp',
  'PostDown',
];
const PEER_KEYS: readonly string[] = ['PublicKey', 'AllowedIPs'];

function readInterface(section: Section): Omit<ServerConfig, 'peers'> {
  assertKnown(section, INTERFACE_KEYS);
  return {
    privateKey: parsePrivateKey(single(section, 'PrivateKey')),
    listenPort: Number(single(section, 'ListenPort')),
    addresses: many(section, 'Address').map(checkedCidr),
    mtu: Number(single(section, 'MTU')),
    postUp: many(section, 'PostUp'),
    postDown: many(section, 'PostDown'),
  };
}

function readPeer(section: Section): TunnelPeer {
  if (section.title !== '[Peer]') throw new AppError('invalid', `line ${section.line}: a second [Interface]`);
  assertKnown(section, PEER_KEYS);
  const allowedIps = section.settings.has('AllowedIPs') ? single(section, 'AllowedIPs').split(', ') : [];
  return { publicKey: parsePublicKey(single(section, 'PublicKey')), allowedIps: allowedIps.map(checkedCidr) };
}

function assertKnown(section: Section, known: readonly string[]): void {
  const unknown = [...section.settings.keys()].find((key) => !known.includes(key));
  if (unknown === undefined) return;
  throw new AppError('invalid', `the section at line ${section.line} has an unknown setting ${unknown}`);
}

const many = (section: Section, key: string): readonly string[] => section.settings.get(key) ?? [];

function single(section: Section, key: string): string {
  const values = many(section, key);
  if (values.length === 1) return values[0]!;
  throw new AppError('invalid', `the section at line ${section.line} has ${values.length} settings ${key}`);
}

function checkedCidr(text: string): string {
  parseCidr(text);
  return text;
}
