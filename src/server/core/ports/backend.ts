import type { NodeId } from '../ids.ts';
import type { Protocol } from '../protocol.ts';

/** What the database wants of one peer. `applied` is false while its newest intent is still on its way by a job. */
export type Wanted<W> = W & { readonly applied: boolean };

/**
 * A node that holds peers, whatever they speak: its real side, its wanted side, and how to compare them. A peer is known
 * by a key that is unique on its node: a WireGuard public key, or the e-mail of a VLESS user. Every call that reaches out
 * throws AppError `unavailable` or `timeout`; then nothing is known about what was done, and repeating is safe.
 */
export interface Backend<W, L> {
  readonly node: NodeId;
  readonly protocol: Protocol;
  keyOfWanted(peer: W): string;
  keyOfLive(peer: L): string;
  /** True when what is there is what is wanted: nothing has to be sent. */
  same(wanted: W, live: L): boolean;
  /** Makes what holds the peers, when it is ours to make. Peers present are left alone. */
  ensureUp(signal: AbortSignal): Promise<void>;
  /** Everything the node holds, in one reading: complete, or a failure. */
  read(signal: AbortSignal): Promise<readonly L[]>;
  /** What it should hold, in pages; each page is one short session of the database. */
  wanted(): AsyncIterable<readonly Wanted<W>[]>;
  /** Of these keys, the ones that were ours and are not wanted now: a live check, made just before a removal. */
  unwantedAmong(keys: readonly string[]): Promise<ReadonlySet<string>>;
  /** Removals first, in one go each. A peer that is there becomes as given. */
  apply(
    change: { readonly remove: readonly string[]; readonly add: readonly W[] },
    signal: AbortSignal,
  ): Promise<void>;
  /** Writes down what was applied, where the node keeps a file of its own. */
  saveConfig(): Promise<void>;
  /** CIDRs of a live peer, for the operator's list of strangers; empty where there are none. */
  allowedIpsOf(live: L): readonly string[];
}
