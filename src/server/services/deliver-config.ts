import { type ClientConfig, renderClientConfig } from '../core/client-config.ts';
import { deviceFileName } from '../core/device-file-name.ts';
import { createGate } from '../core/gate.ts';
import type { PrivateKey } from '../core/ids.ts';
import { createLane } from '../core/lane.ts';
import { allowedIpsOf, type FreshIssue } from '../core/peer-change.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Courier, DeliveryOutcome, Parcel, QrMaker } from '../core/ports/courier.ts';
import type { AccessStore, PeerStore, PeerTarget, PendingIssue } from '../core/ports/store.ts';

/**
 * Sends one config to its user: document, QR, and the living message turned into "ready".
 *
 * The document's message id is written as soon as Telegram took it: when a crash follows, the next try deletes
 * that document, whose key is dead by then. Throws what the courier throws; then the job comes again.
 */
export type DeliverConfig = (target: PeerTarget, fresh: FreshIssue) => Promise<DeliveryOutcome>;

export interface DeliverConfigDeps {
  readonly courier: Courier;
  readonly qr: QrMaker;
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
/** About 0.7 ms each. */
const PICTURES_A_TURN = 8;

export function createDeliverConfig(deps: DeliverConfigDeps): DeliverConfig {
  const gate = createGate(AT_ONCE);
  const draw = createDrawing(deps);
  return (target, fresh) => gate.run(() => deliver(deps, draw, target, fresh));
}

type Draw = (text: string) => Promise<Uint8Array<ArrayBuffer>>;

/** A burst asks for a hundred pictures at once: after a few of them everybody else has a turn on the event loop. */
function createDrawing({ qr, clock }: DeliverConfigDeps): Draw {
  const lane = createLane();
  let drawn = 0;
  return (text) =>
    lane.run(async () => {
      drawn += 1;
      if (drawn % PICTURES_A_TURN === 0) await clock.sleep(0);
      return qr.png(text);
    });
}

async function deliver(
  deps: DeliverConfigDeps,
  draw: Draw,
  target: PeerTarget,
  { issue, privateKey }: FreshIssue,
) {
  const configText = configFor(deps, target, privateKey);
  const parcel = pack(deps, draw, configText, issue);
  const outcome = await deps.courier.deliver(parcel, (id) => deps.peers.saveDocument(issue.id, id));
  if (outcome.kind === 'delivered') await deps.peers.markDelivered(issue.id, deps.clock.now());
  if (outcome.kind === 'blocked') await deps.store.markBlocked(issue.accountId, true);
  return outcome;
}

const configFor = (deps: DeliverConfigDeps, target: PeerTarget, privateKey: PrivateKey) =>
  renderClientConfig({ ...deps.settings, privateKey, addresses: allowedIpsOf(target) });

function pack(deps: DeliverConfigDeps, draw: Draw, configText: string, issue: PendingIssue): Parcel {
  return {
    chatId: issue.chatId,
    accountId: issue.accountId,
    language: issue.language,
    deviceId: issue.deviceId,
    deviceName: issue.deviceName,
    fileName: deviceFileName(issue.deviceName),
    configText,
    qrPng: () => draw(configText),
    until: issue.until,
    livingMessageId: () => deps.livingMessage(issue),
    deadDocumentId: issue.documentMessageId,
  };
}
