import type { IssueId, PeerId } from '../core/ids.ts';
import type { DeliveryOutcome } from '../core/ports/courier.ts';
import type { Target } from '../core/ports/store.ts';

/**
 * Configs and links on their way to their users.
 *
 * Deliveries for one peer go one after the other, so that the newest one, the one that works, is also the last in the
 * chat. Memory only: after a crash the job comes again.
 */
export interface DeliveryLine {
  /** The delivery of this target's issue that has begun and not ended; null when there is none. */
  underway(target: Target): Promise<DeliveryOutcome> | null;
  send(peer: PeerId, issue: IssueId, deliver: () => Promise<DeliveryOutcome>): Promise<DeliveryOutcome>;
}

interface Delivery {
  readonly issue: IssueId;
  readonly outcome: Promise<DeliveryOutcome>;
}

export function createDeliveryLine(): DeliveryLine {
  const last = new Map<PeerId, Delivery>();

  async function after(earlier: Promise<unknown> | undefined, deliver: () => Promise<DeliveryOutcome>) {
    await earlier?.catch(() => undefined);
    return deliver();
  }

  return {
    underway(target) {
      const delivery = last.get(target.peerId);
      return delivery && delivery.issue === target.issue?.id ? delivery.outcome : null;
    },
    send(peer, issue, deliver) {
      const outcome = after(last.get(peer)?.outcome, deliver);
      const delivery = { issue, outcome };
      last.set(peer, delivery);
      const forget = () => {
        if (last.get(peer) === delivery) last.delete(peer);
      };
      outcome.then(forget, forget);
      return outcome;
    },
  };
}
