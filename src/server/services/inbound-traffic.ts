import type { NodeId } from '../core/ids.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Inbound } from '../core/ports/inbound.ts';
import type { TrafficSource } from '../core/ports/traffic.ts';

export interface InboundTrafficDeps {
  readonly node: NodeId;
  readonly inbound: Pick<Inbound, 'traffic'>;
  readonly clock: Clock;
}

/** An Xray that takes longer keeps those with a limit elsewhere waiting. */
const DEADLINE_MS = 3_000;

interface Seen {
  readonly bytes: number;
  /** When its traffic last grew, as far as this process saw. */
  readonly grewAt: Date | null;
}

/**
 * An Xray inbound as a node whose traffic is counted. Xray shakes no hands; in their place stands the time at which a
 * user's traffic was last seen to grow.
 */
export function createInboundTraffic({ node, inbound, clock }: InboundTrafficDeps): TrafficSource {
  let before: { readonly boot: string; readonly users: ReadonlyMap<string, Seen> } | null = null;
  return {
    node,
    protocol: 'vless',
    async read(signal) {
      const { bootId: boot, users } = await inbound.traffic(clock.deadline(DEADLINE_MS, signal));
      const now = clock.now();
      const last = before?.boot === boot ? before.users : null;
      const seen = new Map<string, Seen>();
      for (const { email, uplinkBytes, downlinkBytes } of users) {
        const bytes = uplinkBytes + downlinkBytes;
        const known = last?.get(email);
        const grew = known !== undefined && bytes > known.bytes;
        seen.set(email, { bytes, grewAt: grew ? now : (known?.grewAt ?? null) });
      }
      before = { boot, users: seen };
      const peers = users.map(({ email, uplinkBytes, downlinkBytes }) => ({
        key: email,
        received: uplinkBytes,
        sent: downlinkBytes,
        handshakeAt: seen.get(email)?.grewAt ?? null,
      }));
      return { boot, peers };
    },
  };
}
