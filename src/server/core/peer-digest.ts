import type { LivePeer, TunnelPeer } from './ports/tunnel.ts';

/**
 * What a set of WireGuard peers comes to: their number, and 64 bits that their keys and allowed-ips are mixed into,
 * whatever their order. Two sets that differ by chance have the same digest once in 2^64; then the next change shows it.
 */
export interface PeerDigest {
  readonly count: number;
  /** Signed decimal, as PostgreSQL writes a bigint. */
  readonly hash: string;
}

export interface DigestBuilder {
  /** A peer is in the set once. */
  add(line: string): void;
  digest(): PeerDigest;
}

/**
 * The hash of a line is PostgreSQL's `hashtextextended(line, 0)`, and those of a set are joined by exclusive or
 * (`bit_xor`): so the database makes the digest of 100,000 peers without sending one of them.
 */
export function createDigest(): DigestBuilder {
  let count = 0;
  let high = 0;
  let low = 0;
  return {
    add(line) {
      const hash = hashLine(line);
      high ^= hash.high;
      low ^= hash.low;
      count += 1;
    },
    digest: () => ({ count, hash: String((BigInt(high) << 32n) | BigInt(low >>> 0)) }),
  };
}

/** Key and allowed-ips, IPv4 first, as the database spells them. */
export function wantedLine({ publicKey, allowedIps }: TunnelPeer): string {
  return `${publicKey} ${inOrder(allowedIps)}`;
}

/** The same of a live one; a preshared key makes it unlike anything wanted. */
export function liveLine(peer: LivePeer): string {
  return peer.hasPresharedKey ? `${wantedLine(peer)} psk` : wantedLine(peer);
}

function inOrder(allowedIps: readonly string[]): string {
  if (allowedIps.length < 2) return allowedIps[0] ?? '';
  const isSix = (allowed: string) => (allowed.includes(':') ? 1 : 0);
  return allowedIps.toSorted((a, b) => isSix(a) - isSix(b) || (a < b ? -1 : 1)).join(',');
}

/** PostgreSQL's hash_bytes_extended with seed 0 (common/hashfn.c; Bob Jenkins's lookup3), of ASCII. */
function hashLine(line: string): { readonly high: number; readonly low: number } {
  const start = (0x9e3779b9 + line.length + 3923095) | 0;
  const state: State = { a: start, b: start, c: start };
  let at = 0;
  for (; line.length - at >= 12; at += 12) {
    state.a = (state.a + word(line, at, 4)) | 0;
    state.b = (state.b + word(line, at + 4, 4)) | 0;
    state.c = (state.c + word(line, at + 8, 4)) | 0;
    mix(state);
  }
  const rest = line.length - at;
  state.a = (state.a + word(line, at, Math.min(4, rest))) | 0;
  state.b = (state.b + word(line, at + 4, Math.min(4, rest - 4))) | 0;
  // The lowest byte of c is the length's.
  state.c = (state.c + (word(line, at + 8, Math.min(3, rest - 8)) << 8)) | 0;
  finish(state);
  return { high: state.b, low: state.c };
}

interface State {
  a: number;
  b: number;
  c: number;
}

/** `count` characters as a little-endian number. */
function word(line: string, at: number, count: number): number {
  let value = 0;
  for (let index = 0; index < count; index += 1) value |= line.charCodeAt(at + index) << (8 * index);
  return value;
}

const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by));

function mix(state: State): void {
  let { a, b, c } = state;
  a = ((a - c) | 0) ^ rotate(c, 4);
  c = (c + b) | 0;
  b = ((b - a) | 0) ^ rotate(a, 6);
  a = (a + c) | 0;
  c = ((c - b) | 0) ^ rotate(b, 8);
  b = (b + a) | 0;
  a = ((a - c) | 0) ^ rotate(c, 16);
  c = (c + b) | 0;
  b = ((b - a) | 0) ^ rotate(a, 19);
  a = (a + c) | 0;
  c = ((c - b) | 0) ^ rotate(b, 4);
  b = (b + a) | 0;
  state.a = a;
  state.b = b;
  state.c = c;
}

function finish(state: State): void {
  let { a, b, c } = state;
  c = ((c ^ b) - rotate(b, 14)) | 0;
  a = ((a ^ c) - rotate(c, 11)) | 0;
  b = ((b ^ a) - rotate(a, 25)) | 0;
  c = ((c ^ b) - rotate(b, 16)) | 0;
  a = ((a ^ c) - rotate(c, 4)) | 0;
  b = ((b ^ a) - rotate(a, 14)) | 0;
  c = ((c ^ b) - rotate(b, 24)) | 0;
  state.a = a;
  state.b = b;
  state.c = c;
}
