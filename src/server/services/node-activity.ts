import type { PublicKey } from '../core/ids.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Log } from '../core/ports/log.ts';
import type { LivePeer, Tunnel } from '../core/ports/tunnel.ts';

/** Handshakes and traffic as the interface tells them, or null while it does not answer. */
export interface NodeActivity {
  read(): Promise<ReadonlyMap<PublicKey, LivePeer> | null>;
}

/** How old an answer may be: many users asking at once cost one reading. Milliseconds. */
const FRESH_FOR_MS = 1000;

export function createNodeActivity(deps: {
  readonly tunnel: Tunnel;
  readonly clock: Clock;
  readonly log: Log;
}): NodeActivity {
  let last: { readonly at: number; readonly answer: ReturnType<NodeActivity['read']> } | null = null;

  async function readNow(): Promise<ReadonlyMap<PublicKey, LivePeer> | null> {
    try {
      const state = await deps.tunnel.read();
      return new Map(state.peers.map((each) => [each.publicKey, each]));
    } catch (error) {
      deps.log.warn({ error }, 'the interface did not answer a reading of its peers');
      return null;
    }
  }

  return {
    read() {
      const now = deps.clock.monotonicMs();
      if (last === null || now - last.at > FRESH_FOR_MS) last = { at: now, answer: readNow() };
      return last.answer;
    },
  };
}
