import { parseDumpHead, parseDumpPeer } from './dump.ts';
import { AppError } from './errors.ts';
import { hashBytes, type LineHash } from './line-hash.ts';
import { inOrder } from './peer-digest.ts';
import type { LivePeer } from './ports/tunnel.ts';

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
  /** The hash is valid until the next call. */
  onPeer(hash: LineHash, see: () => LivePeer): void;
  /** The first line. */
  onHead?(head: ReturnType<typeof parseDumpHead>): void;
}

const [TAB, NEWLINE, COMMA, COLON, SPACE] = [9, 10, 44, 58, 32];
const KEY_LENGTH = 44;
const NONE = '(none)';
const LONGEST_LINE = 64 * 1024;
const PSK = new TextEncoder().encode(' psk');

export function createDumpScan(listener: ScanListener): DumpScan {
  const decoder = new TextDecoder('latin1');
  const scratch = new Uint8Array(LONGEST_LINE);
  let carry = new Uint8Array(0);
  let number = 0;

  function line(bytes: Uint8Array, start: number, end: number): void {
    number += 1;
    const text = () => decoder.decode(bytes.subarray(start, end));
    if (number === 1) {
      listener.onHead?.(parseDumpHead(text()));
      return;
    }
    const index = number - 2;
    listener.onPeer(hashPeer(bytes, start, end, text), () => parseDumpPeer(text(), index));
  }

  /** The usual line is hashed from its bytes; any other is parsed first, which throws for what is none. */
  function hashPeer(bytes: Uint8Array, start: number, end: number, text: () => string): LineHash {
    const length = gather(scratch, bytes, start, end);
    if (length > 0) return hashBytes(scratch, length);
    const { publicKey, allowedIps, hasPresharedKey } = parseDumpPeer(text(), number - 2);
    const written = new TextEncoder().encode(`${publicKey} ${inOrder(allowedIps)}`);
    scratch.set(written);
    if (hasPresharedKey) scratch.set(PSK, written.length);
    return hashBytes(scratch, written.length + (hasPresharedKey ? PSK.length : 0));
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
      if (carry.length > 0 || number === 0) {
        throw new AppError('internal', `wg show dump, line ${number + 1}: the output is cut off`);
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
