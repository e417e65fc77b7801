import type { PeerId } from '../core/ids.ts';
import type { FreshIssue } from '../core/peer-change.ts';
import type { DeliveryOutcome } from '../core/ports/courier.ts';
import type { PeerTarget } from '../core/ports/store.ts';
import type { DeliverConfig } from './deliver-config.ts';

/**
 * Configs on their way to their users.
 *
 * Deliveries for one peer go one after the other, so that the newest config, the one that works, is also the last
 * in the chat. Memory only: after a crash the job comes again and makes a new key.
 */
export interface DeliveryLine {
  /** The delivery of this target's issue that has begun and not ended; null when there is none. */
  underway(target: PeerTarget): Promise<DeliveryOutcome> | null;
  send(target: PeerTarget, fresh: FreshIssue): Promise<DeliveryOutcome>;
}

interface Delivery {
  readonly issue: string;
  readonly outcome: Promise<DeliveryOutcome>;
}

export function createDeliveryLine(deliver: DeliverConfig): DeliveryLine {
  const last = new Map<PeerId, Delivery>();

  async function after(earlier: Promise<unknown> | undefined, target: PeerTarget, fresh: FreshIssue) {
    await earlier?.catch(() => undefined);
    return deliver(target, fresh);
  }

  return {
    underway(target) {
      const delivery = last.get(target.peerId);
      return delivery && delivery.issue === target.issue?.id ? delivery.outcome : null;
    },
    send(target, fresh) {
      const outcome = after(last.get(target.peerId)?.outcome, target, fresh);
      const delivery = { issue: fresh.issue.id, outcome };
      last.set(target.peerId, delivery);
      const forget = () => {
        if (last.get(target.peerId) === delivery) last.delete(target.peerId);
      };
      outcome.then(forget, forget);
      return outcome;
    },
  };
}
