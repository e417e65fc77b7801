import { createGate } from '../core/gate.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Courier, DeliveryOutcome } from '../core/ports/courier.ts';
import type { AccessStore, PeerStore, PendingIssue } from '../core/ports/store.ts';
import type { UserRef } from '../core/xray-user.ts';
import type { DrawQr } from './draw-qr.ts';

/**
 * Sends one VLESS link to its user: the link, its QR, and the living message turned into "ready".
 *
 * The link's message id is written as soon as Telegram took it: when a crash follows, the next try does not send it
 * again, as it still works. Throws what the courier throws; then the job comes again.
 */
export type DeliverLink = (user: UserRef, issue: PendingIssue) => Promise<DeliveryOutcome>;

export interface DeliverLinkDeps {
  readonly courier: Pick<Courier, 'deliverLink'>;
  readonly draw: DrawQr;
  readonly peers: Pick<PeerStore, 'saveDocument' | 'markDelivered'>;
  readonly store: Pick<AccessStore, 'markBlocked'>;
  /** The link of a user, with a name for the device that its client shows. It is a secret. */
  linkOf(user: UserRef, deviceName: string): string;
  /** The message that says "preparing", when this process is still sending it; null when there is none. */
  livingMessage(issue: PendingIssue): Promise<number | null>;
  readonly clock: Clock;
}

/** As with configs: more would only wait inside the HTTP client, past their deadlines. */
const AT_ONCE = 100;

export function createDeliverLink(deps: DeliverLinkDeps): DeliverLink {
  const gate = createGate(AT_ONCE);
  return (user, issue) => gate.run(() => deliver(deps, user, issue));
}

async function deliver(deps: DeliverLinkDeps, user: UserRef, issue: PendingIssue): Promise<DeliveryOutcome> {
  const { chatId, accountId, language, deviceId, deviceName, until, documentMessageId } = issue;
  const link = deps.linkOf(user, deviceName);
  const parcel = {
    chatId,
    accountId,
    language,
    deviceId,
    deviceName,
    until,
    link,
    qrPng: () => deps.draw(link),
    livingMessageId: () => deps.livingMessage(issue),
    sentMessageId: documentMessageId,
  };
  const outcome = await deps.courier.deliverLink(parcel, (id) => deps.peers.saveDocument(issue.id, id));
  if (outcome.kind === 'delivered') await deps.peers.markDelivered(issue.id, deps.clock.now());
  if (outcome.kind === 'blocked') await deps.store.markBlocked(issue.accountId, true);
  return outcome;
}
