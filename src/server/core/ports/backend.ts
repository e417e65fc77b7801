import type { NodeId } from '../ids.ts';
import type { BucketDigest, PeerDigest } from '../peer-digest.ts';
import type { Protocol } from '../protocol.ts';

/** What the database wants of one peer. `applied` is false while its newest intent is still on its way by a job. */
export type Wanted<W> = W & { readonly applied: boolean };

/**
 * What the database says of a key at this moment. `underway`: ours, not wanted, and a job has still to remove it.
 * `unwanted`: ours, not wanted, and known to be gone: whoever put it back, nothing else will remove it.
 */
export type Standing = 'wanted' | 'underway' | 'unwanted';

/** `mended`: somebody else had changed it. */
export type ConfigOutcome = 'same' | 'written' | 'mended';

/**
 * A node that holds peers, whatever they speak: its real side, its wanted side, and how to compare them. A peer is known
 * by a key that is unique on its node: a WireGuard public key, or the e-mail of a VLESS user. Every call that reaches out
 * throws AppError `unavailable` or `timeout`; then nothing is known about what was done, and repeating is safe. What was
 * called off by its signal touches the node no more.
 */
export interface Backend<W, L> {
  readonly node: NodeId;
  readonly protocol: Protocol;
  keyOfWanted(peer: W): string;
  keyOfLive(peer: L): string;
  /** True when what is there is what is wanted: nothing has to be sent. */
  same(wanted: W, live: L): boolean;
  /** In a few words, for an operator, how the two differ; one of them may not be there. Never a secret. */
  describe(wanted: W | null, live: L | null): string;
  /** Makes what holds the peers, when it is ours to make. Peers present are left alone. */
  ensureUp(signal: AbortSignal): Promise<void>;
  /** Everything the node holds, in one reading, or only what lies in these buckets: complete, or a failure. */
  read(signal: AbortSignal, buckets?: ReadonlySet<number>): Promise<readonly L[]>;
  /**
   * A short way to "equal", and to what is not: both sides tell what their peers come to, without sending one, and only
   * buckets that differ are read. Absent where the database cannot know what a peer looks like on its node; then buckets
   * are never given.
   */
  readonly digest?: {
    wanted(): Promise<BucketDigest>;
    live(signal: AbortSignal): Promise<BucketDigest>;
    bucketOfWanted(wanted: W): number;
  };
  /**
   * What it should hold, strangers it adopted among it, in pages; each page is one short session of the database. With
   * `buckets` only what lies in them.
   */
  wanted(buckets?: ReadonlySet<number>): AsyncIterable<readonly Wanted<W>[]>;
  /** Keys the database does not know are not in the answer. A live look, made just before a removal as well. */
  standing(keys: readonly string[]): Promise<ReadonlyMap<string, Standing>>;
  /** Removals first, in one go each. A peer that is there becomes as given. */
  apply(
    change: { readonly remove: readonly string[]; readonly add: readonly W[] },
    signal: AbortSignal,
  ): Promise<void>;
  /**
   * Brings the node's own file, where it has one, to what is wanted; writes nothing when it is. `wanted` is what was read
   * of the database in this run, where the backend has digests.
   */
  bringConfig(wanted: PeerDigest | null): Promise<ConfigOutcome>;
  /** Whether that would write it; changes nothing. Absent where there is no file. */
  configDiffers?(): Promise<boolean>;
  /** CIDRs of a live peer, for the operator's list of strangers; empty where there are none. */
  allowedIpsOf(live: L): readonly string[];
}
