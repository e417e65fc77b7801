import { AppError } from './errors.ts';
import type { PublicKey } from './ids.ts';
import type { LivePeer } from './ports/tunnel.ts';
import { isKey } from './wireguard-key.ts';

/** What `wg show INTERFACE dump` said. The private key it prints is dropped here. */
export interface InterfaceDump {
  /** Null: the interface has no key yet, so nobody can reach it. */
  readonly publicKey: PublicKey | null;
  readonly listenPort: number;
  readonly peers: readonly LivePeer[];
}

const NONE = '(none)';
const WHOLE = /^\d+$/;
const ALLOWED_IP = /^[0-9a-f.:]+\/\d{1,3}$/;

/**
 * Reads the whole dump, or throws AppError `internal`: half a list would look like peers that went away.
 * Format: wg(8), "show … dump": tab-separated, the interface first, then a line for each peer.
 */
export function parseDump(text: string): InterfaceDump {
  const [head, ...peers] = splitDump(text);
  return { ...parseDumpHead(head!), peers: peers.map((line, index) => parseDumpPeer(line, index)) };
}

/** The lines of a dump, for a reader that gives others their turn: 50,000 peers take 80 ms to read. */
export function splitDump(text: string): readonly string[] {
  if (!text.endsWith('\n')) throw malformed(1, 'the output is cut off');
  return text.slice(0, -1).split('\n');
}

/** The first line: the interface itself. */
export function parseDumpHead(line: string): Omit<InterfaceDump, 'peers'> {
  const fields = line.split('\t');
  if (fields.length !== 4) throw malformed(1, `${fields.length} fields in place of 4`);
  const [, publicKey, listenPort] = fields as [string, string, string, string];
  return {
    publicKey: publicKey === NONE ? null : keyOf(publicKey, 1),
    listenPort: wholeOf(listenPort, 1),
  };
}

/** A line behind the first; `index` counts peers from 0. */
export function parseDumpPeer(line: string, index: number): LivePeer {
  const number = index + 2;
  const fields = line.split('\t');
  if (fields.length !== 8) throw malformed(number, `${fields.length} fields in place of 8`);
  const [publicKey, preshared, endpoint, allowedIps, handshake, received, sent] = fields as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const seconds = wholeOf(handshake, number);
  return {
    publicKey: keyOf(publicKey, number),
    allowedIps: allowedIpsOf(allowedIps, number),
    hasPresharedKey: preshared !== NONE && keyOf(preshared, number).length > 0,
    endpoint: endpoint === NONE ? null : endpoint,
    lastHandshakeAt: seconds === 0 ? null : new Date(seconds * 1000),
    receivedBytes: wholeOf(received, number),
    sentBytes: wholeOf(sent, number),
  };
}

function keyOf(text: string, number: number): PublicKey {
  if (!isKey(text)) throw malformed(number, 'a key of another shape');
  return text as PublicKey;
}

function wholeOf(text: string, number: number): number {
  if (!WHOLE.test(text)) throw malformed(number, `${JSON.stringify(text)} is not a number`);
  return Number(text);
}

function allowedIpsOf(text: string, number: number): readonly string[] {
  if (text === NONE) return [];
  const list = text.split(',');
  for (const allowed of list) {
    if (!ALLOWED_IP.test(allowed)) throw malformed(number, `${JSON.stringify(allowed)} is not a network`);
  }
  return list.length === 1 ? list : list.sort();
}

/** The line itself stays out of the error: the first one carries the private key. */
function malformed(number: number, what: string): AppError {
  return new AppError('internal', `wg show dump, line ${number}: ${what}`);
}
