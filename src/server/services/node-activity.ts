import type { PublicKey } from '../core/ids.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Log } from '../core/ports/log.ts';
import type { LivePeer, Tunnel } from '../core/ports/tunnel.ts';

/** Handshakes and traffic as the interface tells them, or null while it does not answer. */
export interface NodeActivity {
  read(): Promise<ReadonlyMap<PublicKey, LivePeer> | null>;
  /** The same, some seconds old at most: a page does not wait for the interface while there is something to show. */
  recent(): Promise<ReadonlyMap<PublicKey, LivePeer> | null>;
}

/** How old an answer may be: many users asking at once cost one reading. Milliseconds. */
const FRESH_FOR_MS = 1000;
const RECENT_FOR_MS = 10_000;

type Answer = ReadonlyMap<PublicKey, LivePeer> | null;

export function createNodeActivity(deps: {
  readonly tunnel: Tunnel;
  readonly clock: Clock;
  readonly log: Log;
}): NodeActivity {
  let last: { readonly at: number; readonly answer: Promise<Answer> } | null = null;
  let known: { readonly at: number; readonly answer: Answer } | null = null;

  async function readNow(at: number): Promise<Answer> {
    try {
      const state = await deps.tunnel.read();
      const answer = new Map(state.peers.map((each) => [each.publicKey, each]));
      known = { at, answer };
      return answer;
    } catch (error) {
      deps.log.warn({ error }, 'the interface did not answer a reading of its peers');
      return null;
    }
  }

  function read(): Promise<Answer> {
    const now = deps.clock.monotonicMs();
    if (last === null || now - last.at > FRESH_FOR_MS) last = { at: now, answer: readNow(now) };
    return last.answer;
  }

  return {
    read,
    recent() {
      const fresh = read();
      const age = known === null ? Number.POSITIVE_INFINITY : deps.clock.monotonicMs() - known.at;
      return known !== null && age < RECENT_FOR_MS ? Promise.resolve(known.answer) : fresh;
    },
  };
}

/** What a live peer says of its traffic, as it is counted. */
export const readingOf = (live: LivePeer) => ({
  received: live.receivedBytes,
  sent: live.sentBytes,
  handshakeAt: live.lastHandshakeAt,
});
