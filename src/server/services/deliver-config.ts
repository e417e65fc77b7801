import { type ClientConfig, renderClientConfig } from '../core/client-config.ts';
import { deviceFileName } from '../core/device-file-name.ts';
import { createGate } from '../core/gate.ts';
import type { PrivateKey } from '../core/ids.ts';
import { allowedIpsOf, type FreshIssue } from '../core/peer-change.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Courier, DeliveryOutcome, Parcel } from '../core/ports/courier.ts';
import type { AccessStore, PeerStore, PeerTarget, PendingIssue } from '../core/ports/store.ts';
import type { DrawQr } from './draw-qr.ts';

/**
 * Sends one config to its user: document, QR, and the living message turned into "ready".
 *
 * The document's message id is written as soon as Telegram took it: when a crash follows, the next try deletes
 * that document, whose key is dead by then. Throws what the courier throws; then the job comes again.
 */
export type DeliverConfig = (target: PeerTarget, fresh: FreshIssue) => Promise<DeliveryOutcome>;

export interface DeliverConfigDeps {
  readonly courier: Pick<Courier, 'deliver'>;
  readonly draw: DrawQr;
  readonly peers: Pick<PeerStore, 'saveDocument' | 'markDelivered'>;
  readonly store: Pick<AccessStore, 'markBlocked'>;
  /** What every device of this node has in common. */
  readonly settings: Omit<ClientConfig, 'privateKey' | 'addresses'>;
  /** The message that says "preparing", when this process is still sending it; null when there is none. */
  livingMessage(issue: PendingIssue): Promise<number | null>;
  readonly clock: Clock;
}

/** Sends at once: more would only wait inside the HTTP client, past their deadlines. */
const AT_ONCE = 100;

export function createDeliverConfig(deps: DeliverConfigDeps): DeliverConfig {
  const gate = createGate(AT_ONCE);
  return (target, fresh) => gate.run(() => deliver(deps, target, fresh));
}

async function deliver(deps: DeliverConfigDeps, target: PeerTarget, { issue, privateKey }: FreshIssue) {
  const configText = configFor(deps, target, privateKey);
  const parcel = pack(deps, configText, issue);
  const outcome = await deps.courier.deliver(parcel, (id) => deps.peers.saveDocument(issue.id, id));
  if (outcome.kind === 'delivered') await deps.peers.markDelivered(issue.id, deps.clock.now());
  if (outcome.kind === 'blocked') await deps.store.markBlocked(issue.accountId, true);
  return outcome;
}

const configFor = (deps: DeliverConfigDeps, target: PeerTarget, privateKey: PrivateKey) =>
  renderClientConfig({ ...deps.settings, privateKey, addresses: allowedIpsOf(target) });

function pack(deps: DeliverConfigDeps, configText: string, issue: PendingIssue): Parcel {
  return {
    chatId: issue.chatId,
    accountId: issue.accountId,
    language: issue.language,
    deviceId: issue.deviceId,
    deviceName: issue.deviceName,
    fileName: deviceFileName(issue.deviceName),
    configText,
    qrPng: () => deps.draw(configText),
    until: issue.until,
    livingMessageId: () => deps.livingMessage(issue),
    deadDocumentId: issue.documentMessageId,
  };
}
