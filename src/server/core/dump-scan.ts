import { parseDumpHead, parseDumpPeer } from './dump.ts';
import { AppError } from './errors.ts';
import type { PublicKey } from './ids.ts';
import { hashBytes, hashLine, type LineHash } from './line-hash.ts';
import { liveLine } from './peer-digest.ts';
import type { BriefPeer, LivePeer } from './ports/tunnel.ts';
import { isKey } from './wireguard-key.ts';

/**
 * Reads `wg show INTERFACE dump` (wg(8)) as it comes, piece by piece, without keeping it: each peer is a hash of what a
 * comparison asks of it, and becomes an object only when somebody wants to see it. 100,000 peers are 12 MB of text.
 */
export interface DumpScan {
  /** The next bytes. Calls back for each whole line in them; the rest waits for more. */
  feed(bytes: Uint8Array): void;
  /** After the last piece. AppError `internal` when the text was cut off: half a list would look like peers that went away. */
  end(): void;
}

export interface ScanListener {
  /** The hash is valid until the next call, and so are both looks; the brief one is much the cheaper. */
  onPeer(hash: LineHash, look: PeerLook): void;
  /** The first line. */
  onHead?(head: ReturnType<typeof parseDumpHead>): void;
}

export interface PeerLook {
  brief(): BriefPeer;
  /** AppError `internal` for a line that is none. */
  whole(): LivePeer;
}

const [TAB, NEWLINE, COMMA, COLON, SPACE] = [9, 10, 44, 58, 32];
const KEY_LENGTH = 44;
const NONE = '(none)';
const LONGEST_LINE = 64 * 1024;

export function createDumpScan(listener: ScanListener): DumpScan {
  const decoder = new TextDecoder('latin1');
  const scratch = new Uint8Array(LONGEST_LINE);
  let carry = new Uint8Array(0);
  /** The line in hand: one for all, as a hundred thousand would be garbage. */
  const current = { bytes: carry as Uint8Array, start: 0, end: 0, number: 0, length: 0 };

  const text = () => decoder.decode(current.bytes.subarray(current.start, current.end));
  const whole = () => parseDumpPeer(text(), current.number - 2);
  const brief = () => briefOf(decoder.decode(scratch.subarray(0, current.length)), whole);
  const look: PeerLook = { brief, whole };

  function line(bytes: Uint8Array, start: number, end: number): void {
    current.bytes = bytes;
    current.start = start;
    current.end = end;
    current.number += 1;
    if (current.number === 1) {
      listener.onHead?.(parseDumpHead(text()));
      return;
    }
    current.length = gather(scratch, bytes, start, end);
    if (current.length === 0) unusual();
    else listener.onPeer(hashBytes(scratch, current.length), look);
  }

  /** Hashed as it is parsed, which throws for a line that is none. */
  function unusual(): void {
    const peer = whole();
    listener.onPeer(hashLine(liveLine(peer)), { brief: () => peer, whole: () => peer });
  }

  return {
    feed(bytes) {
      let start = 0;
      if (carry.length > 0) {
        const first = bytes.indexOf(NEWLINE);
        if (first < 0) {
          carry = joined(carry, bytes);
          return;
        }
        const whole = joined(carry, bytes.subarray(0, first + 1));
        carry = new Uint8Array(0);
        line(whole, 0, whole.length - 1);
        start = first + 1;
      }
      for (let end = bytes.indexOf(NEWLINE, start); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
        line(bytes, start, end);
        start = end + 1;
      }
      // A copy: the piece itself is not kept.
      carry = bytes.slice(start);
    },
    end() {
      if (carry.length > 0 || current.number === 0) {
        throw new AppError('internal', `wg show dump, line ${current.number + 1}: the output is cut off`);
      }
    },
  };
}

/**
 * `key allowed-ips` of a line without a preshared key, with at most one IPv4 and one IPv6 network in this order, copied to
 * `into`; answers its length, or 0 for any other line.
 */
function gather(into: Uint8Array, bytes: Uint8Array, start: number, end: number): number {
  const psk = start + KEY_LENGTH + 1;
  if (end - start > 1_000 || bytes[psk - 1] !== TAB || !isNone(bytes, psk)) return 0;
  let at = psk + NONE.length + 1;
  while (at < end && bytes[at] !== TAB) at += 1;
  at += 1;
  if (at >= end || isNone(bytes, at)) return 0;
  for (let index = 0; index < KEY_LENGTH; index += 1) into[index] = bytes[start + index]!;
  into[KEY_LENGTH] = SPACE;
  return gatherNetworks(into, bytes, at, end);
}

function gatherNetworks(into: Uint8Array, bytes: Uint8Array, from: number, end: number): number {
  let [length, comma, colon] = [KEY_LENGTH + 1, 0, 0];
  for (let at = from; at < end; at += 1) {
    const byte = bytes[at]!;
    if (byte === TAB) return comma > 0 && colon === 0 ? 0 : length;
    if (byte === COMMA) {
      if (comma > 0 || colon > 0) return 0;
      comma = length;
    } else if (byte === COLON && colon === 0) colon = length;
    into[length] = byte;
    length += 1;
  }
  return 0;
}

/** What does not look right is read again by the one who knows, and throws. */
function briefOf(line: string, whole: () => LivePeer): BriefPeer {
  const publicKey = line.slice(0, KEY_LENGTH);
  if (!isKey(publicKey)) return whole();
  const allowedIps = line.slice(KEY_LENGTH + 1).split(',');
  return { publicKey: publicKey as PublicKey, allowedIps, hasPresharedKey: false };
}

/** `(none)` and its tab. */
function isNone(bytes: Uint8Array, at: number): boolean {
  for (let index = 0; index < NONE.length; index += 1) {
    if (bytes[at + index] !== NONE.charCodeAt(index)) return false;
  }
  return bytes[at + NONE.length] === TAB;
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
