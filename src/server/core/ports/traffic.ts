import type { NodeId, PeerId } from '../ids.ts';
import type { Protocol } from '../protocol.ts';
import type { TrafficCounter } from '../traffic.ts';

/** The raw counters of one peer, known on its node by `key`: a WireGuard public key, or the e-mail of a VLESS user. */
export interface RawTraffic {
  readonly key: string;
  /** Bytes that came from the user, and that went to it. */
  readonly received: number;
  readonly sent: number;
  readonly handshakeAt: Date | null;
}

/** A node whose traffic is counted. */
export interface TrafficSource {
  readonly node: NodeId;
  readonly protocol: Protocol;
  /**
   * Every peer's counters in one reading, complete or a failure, with the boot they belong to. Throws AppError
   * `unavailable` or `timeout` when the node does not answer, or was made anew while it was read.
   */
  read(signal: AbortSignal): Promise<{ readonly boot: string; readonly peers: readonly RawTraffic[] }>;
}

/** A peer of ours with what was counted of it; null: never anything. */
export interface KnownTraffic {
  readonly key: string;
  readonly peerId: PeerId;
  readonly counter: TrafficCounter | null;
}

/** One peer's step from what was known to what is. */
export interface TrafficStep {
  readonly peerId: PeerId;
  readonly known: TrafficCounter | null;
  readonly next: TrafficCounter;
}

export interface CounterStore {
  /** Of these keys of the node, the ones that are ours, with their counters. */
  known(
    source: Pick<TrafficSource, 'node' | 'protocol'>,
    keys: readonly string[],
  ): Promise<readonly KnownTraffic[]>;
  /**
   * Writes steps in one short transaction and adds their bytes to the running subscription of each account. A step
   * whose peer no longer stands where the step begins is left out: the same steps again add nothing. Returns how many
   * were written. `conflict` when `epoch` is not the holder's newest: another process counts now.
   */
  record(
    holder: { readonly id: NodeId; readonly epoch: number },
    steps: readonly TrafficStep[],
    now: Date,
  ): Promise<number>;
  /** Whether a running subscription has a limit, so that somebody may reach it any moment. */
  anyLimit(now: Date): Promise<boolean>;
}
