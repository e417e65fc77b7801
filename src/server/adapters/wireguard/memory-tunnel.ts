import { AppError } from '../../core/errors.ts';
import type { PublicKey } from '../../core/ids.ts';
import { hashLine } from '../../core/line-hash.ts';
import { bucketOf, createDigest, liveLine } from '../../core/peer-digest.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { LivePeer, Tunnel, TunnelPeer } from '../../core/ports/tunnel.ts';

export interface MemoryTunnelOptions {
  readonly clock: Clock;
  readonly publicKey: PublicKey;
  readonly listenPort: number;
}

/** A tunnel that carries nothing, for the demo and for tests; what happens around it can be played. */
export interface MemoryTunnel extends Tunnel {
  /** A device shakes hands from `endpoint` and moves bytes; they add up. Unknown keys are ignored, as a server does. */
  handshake(publicKey: PublicKey, endpoint: string, receivedBytes: number, sentBytes: number): void;
  /** Somebody sets a preshared key by hand. */
  setPresharedKey(publicKey: PublicKey): void;
}

/**
 * Holds peers as the kernel does: an allowed-ip belongs to one peer, and moves silently to the last one that
 * asks for it. Nothing answers before `ensureUp`, nor after `remove`, which forgets the peers.
 */
export function createMemoryTunnel(options: MemoryTunnelOptions): MemoryTunnel {
  let table: PeerTable | null = null;
  let made = 0;
  const begunAt = options.clock.now().getTime();
  const present = (): PeerTable => {
    if (table === null) throw new AppError('unavailable', 'the tunnel in memory is not up');
    return table;
  };

  return {
    kind: 'memory',
    async ensureUp(signal) {
      signal?.throwIfAborted();
      const created = table === null;
      if (created) made += 1;
      table ??= createPeerTable();
      return { created };
    },
    async read(signal) {
      signal?.throwIfAborted();
      return { publicKey: options.publicKey, listenPort: options.listenPort, peers: present().list() };
    },
    async traffic(signal) {
      signal?.throwIfAborted();
      return { boot: `memory/${begunAt}/${made}`, peers: present().list() };
    },
    async digest(signal) {
      signal?.throwIfAborted();
      const building = createDigest();
      for (const peer of present().list()) building.addLine(liveLine(peer));
      return building.buckets();
    },
    async readSome(buckets, signal) {
      signal?.throwIfAborted();
      return present()
        .list()
        .filter((peer) => buckets.has(bucketOf(hashLine(liveLine(peer)))));
    },
    async apply(change, signal) {
      signal?.throwIfAborted();
      const peers = present();
      for (const key of change.remove) peers.remove(key);
      for (const peer of change.add) peers.put(peer);
    },
    async remove() {
      table = null;
    },
    handshake(publicKey, endpoint, receivedBytes, sentBytes) {
      const lastHandshakeAt = options.clock.now();
      present().update(publicKey, (peer) => ({
        ...peer,
        endpoint,
        lastHandshakeAt,
        receivedBytes: peer.receivedBytes + receivedBytes,
        sentBytes: peer.sentBytes + sentBytes,
      }));
    },
    setPresharedKey: (publicKey) =>
      present().update(publicKey, (peer) => ({ ...peer, hasPresharedKey: true })),
  };
}

interface PeerTable {
  list(): readonly LivePeer[];
  put(wanted: TunnelPeer): void;
  remove(key: PublicKey): void;
  update(key: PublicKey, change: (peer: LivePeer) => LivePeer): void;
}

/** Peers by key, and for each allowed-ip the one peer that has it, so that a change costs the same at any size. */
function createPeerTable(): PeerTable {
  const peers = new Map<PublicKey, LivePeer>();
  const owners = new Map<string, PublicKey>();

  function update(key: PublicKey, change: (peer: LivePeer) => LivePeer): void {
    const peer = peers.get(key);
    if (peer !== undefined) peers.set(key, change(peer));
  }
  function release(key: PublicKey): void {
    for (const allowed of peers.get(key)?.allowedIps ?? []) owners.delete(allowed);
  }
  function takeOver(allowed: string, key: PublicKey): void {
    const loser = owners.get(allowed);
    if (loser !== undefined) update(loser, (peer) => without(peer, allowed));
    owners.set(allowed, key);
  }

  return {
    list: () => [...peers.values()],
    put(wanted) {
      release(wanted.publicKey);
      for (const allowed of wanted.allowedIps) takeOver(allowed, wanted.publicKey);
      const seen = peers.get(wanted.publicKey) ?? NEVER_SEEN;
      const { publicKey } = wanted;
      peers.set(publicKey, {
        ...seen,
        publicKey,
        allowedIps: wanted.allowedIps.toSorted(),
        hasPresharedKey: false,
      });
    },
    remove(key) {
      release(key);
      peers.delete(key);
    },
    update,
  };
}

const without = (peer: LivePeer, lost: string): LivePeer => ({
  ...peer,
  allowedIps: peer.allowedIps.filter((allowed) => allowed !== lost),
});

const NEVER_SEEN = {
  endpoint: null,
  lastHandshakeAt: null,
  receivedBytes: 0,
  sentBytes: 0,
} as const;
