import type { PublicKey } from '../ids.ts';
import type { BucketDigest } from '../peer-digest.ts';

/** One peer as an interface holds it, or as the database wants it. */
export interface TunnelPeer {
  readonly publicKey: PublicKey;
  /** CIDRs, sorted: `10.66.0.2/32`, `fd00::2/128`. */
  readonly allowedIps: readonly string[];
}

/** As much of a live peer as a comparison asks for. */
export interface BriefPeer extends TunnelPeer {
  readonly hasPresharedKey: boolean;
}

export interface LivePeer extends BriefPeer {
  /** `host:port` where it was last seen, or null. */
  readonly endpoint: string | null;
  /** Null: never. */
  readonly lastHandshakeAt: Date | null;
  /** Bytes since the interface came up. */
  readonly receivedBytes: number;
  readonly sentBytes: number;
}

export interface TunnelState {
  readonly publicKey: PublicKey;
  readonly listenPort: number;
  readonly peers: readonly LivePeer[];
}

export interface TunnelChange {
  readonly remove: readonly PublicKey[];
  readonly add: readonly TunnelPeer[];
}

/**
 * A WireGuard interface, real or in memory. Every call throws AppError `unavailable` or `timeout` when the
 * interface does not answer; then nothing is known about what was done, and repeating is safe.
 */
export interface Tunnel {
  readonly kind: 'kernel' | 'userspace' | 'memory';
  /**
   * Makes the interface when it is missing and brings key, port, addresses, MTU and firewall to what was
   * configured. Peers present are left alone. Repeating is safe. `created` is true when it had been missing.
   */
  ensureUp(signal?: AbortSignal): Promise<{ readonly created: boolean }>;
  /** Everything the interface knows, in one reading. */
  read(signal?: AbortSignal): Promise<TunnelState>;
  /** What its peers come to (core/peer-digest), in one reading that keeps none of them. */
  digest(signal?: AbortSignal): Promise<BucketDigest>;
  /** Only the peers whose lines lie in these buckets. */
  readSome(buckets: ReadonlySet<number>, signal?: AbortSignal): Promise<readonly BriefPeer[]>;
  /**
   * The same peers with the boot their counters belong to: another one after each making of the interface. `unavailable`
   * when it was made anew while it was read.
   */
  traffic(signal?: AbortSignal): Promise<{ readonly boot: string; readonly peers: readonly LivePeer[] }>;
  /**
   * Removals first, then additions; one process start for each kind, however many peers. A peer that is
   * present gets exactly the given allowed-ips. Removing an unknown key is not an error.
   */
  apply(change: TunnelChange, signal?: AbortSignal): Promise<void>;
  /** Takes the interface and its firewall table away. Only the demo and tests do this. */
  remove(): Promise<void>;
}

/** wg0.conf on disk: changed only under the lock, replaced only as a whole, never loaded onto the interface. */
export interface TunnelConfigFile {
  /**
   * Writes the whole file for these peers: flock, temp file, fsync, rename, fsync of the folder. Mode 0600. Answers the
   * stamp of what it wrote.
   */
  write(peers: readonly TunnelPeer[], signal?: AbortSignal): Promise<FileStamp>;
  /** True when the text on disk is, letter by letter, what would be written for these peers. */
  holds(peers: readonly TunnelPeer[], signal?: AbortSignal): Promise<boolean>;
  /** Another one after every change of the file, by whomever; null: there is no such file. Costs one look at its inode. */
  stamp(): Promise<FileStamp | null>;
}

/** Compared, never read. */
export type FileStamp = string;

/** Makes WireGuard key pairs in process (X25519). */
export interface KeyMaker {
  keyPair(): { readonly privateKey: import('../ids.ts').PrivateKey; readonly publicKey: PublicKey };
}
