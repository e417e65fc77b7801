import { hashLine, type LineHash } from './line-hash.ts';
import type { BriefPeer, TunnelPeer } from './ports/tunnel.ts';

/**
 * What a set of WireGuard peers comes to, whatever their order: their number, and 64 bits that the hashes of their lines
 * are joined into by exclusive or (`bit_xor` in PostgreSQL).
 */
export interface PeerDigest {
  readonly count: number;
  /** Signed decimal, as PostgreSQL writes a bigint. */
  readonly hash: string;
}

/** The same, bucket by bucket: where two sets differ shows which of their peers are worth looking at. */
export interface BucketDigest {
  readonly count: number;
  /** High and low half of each bucket's hash, one after the other. */
  readonly words: Int32Array;
}

/** A line lies in the bucket of its hash's lowest bits. */
export const BUCKETS = 1024;

export const bucketOf = (hash: LineHash): number => hash.low & (BUCKETS - 1);

export interface DigestBuilder {
  add(hash: LineHash): void;
  /** A line that is not put into the count or anywhere else makes no difference; so each is added once. */
  addLine(line: string): void;
  buckets(): BucketDigest;
  digest(): PeerDigest;
}

export function createDigest(): DigestBuilder {
  const words = new Int32Array(BUCKETS * 2);
  let count = 0;

  function add(hash: LineHash): void {
    const at = bucketOf(hash) * 2;
    words[at]! ^= hash.high;
    words[at + 1]! ^= hash.low;
    count += 1;
  }

  const buckets = (): BucketDigest => ({ count, words });
  return { add, addLine: (line) => add(hashLine(line)), buckets, digest: () => wholeOf(buckets()) };
}

/** All buckets in one. */
export function wholeOf({ count, words }: BucketDigest): PeerDigest {
  let [high, low] = [0, 0];
  for (let at = 0; at < words.length; at += 2) {
    high ^= words[at]!;
    low ^= words[at + 1]!;
  }
  return { count, hash: String((BigInt(high) << 32n) | BigInt(low >>> 0)) };
}

/** Buckets in which the two differ; none: they are equal. Differing counts with equal buckets do not happen by chance. */
export function differingBuckets(one: BucketDigest, other: BucketDigest): ReadonlySet<number> {
  const differing = new Set<number>();
  for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
    const at = bucket * 2;
    const same = one.words[at] === other.words[at] && one.words[at + 1] === other.words[at + 1];
    if (!same) differing.add(bucket);
  }
  return differing;
}

/** Key and allowed-ips, IPv4 first, as the database spells them. */
export function wantedLine({ publicKey, allowedIps }: TunnelPeer): string {
  return `${publicKey} ${inOrder(allowedIps)}`;
}

/** The same of a live one; a preshared key makes it unlike anything wanted. */
export function liveLine(peer: BriefPeer): string {
  return peer.hasPresharedKey ? `${wantedLine(peer)} psk` : wantedLine(peer);
}

function inOrder(allowedIps: readonly string[]): string {
  if (allowedIps.length < 2) return allowedIps[0] ?? '';
  const isSix = (allowed: string) => (allowed.includes(':') ? 1 : 0);
  return allowedIps.toSorted((a, b) => isSix(a) - isSix(b) || (a < b ? -1 : 1)).join(',');
}
