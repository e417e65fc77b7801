import { type AccountState, activeSubscription, type Device } from '../../core/access.ts';
import { applyJob } from '../../core/apply-job.ts';
import { issueId, type PeerId } from '../../core/ids.ts';
import type { OperationTransaction } from '../../core/ports/operations.ts';
import {
  type Act,
  NOT_FOUND,
  type NotFound,
  type OperateDeps,
  REPEATED,
  type Repeated,
  WATCHED,
} from './deps.ts';

export type PeerAct = 'pause' | 'resume' | 'revoke' | 'reissue';
export type PeerActOutcome =
  | { readonly kind: 'done'; readonly deviceName: string }
  | Repeated
  /** Unknown, or revoked already. */
  | NotFound
  /** Nothing runs without a subscription: resume and re-issue need one. */
  | { readonly kind: 'no-subscription' }
  | { readonly kind: 'account-paused' };

interface Scene {
  readonly tx: OperationTransaction;
  readonly state: AccountState;
  readonly device: Device;
  readonly now: Date;
}

/**
 * What an operator does to one device. One transaction: lock the account, write the intent, enqueue the job, write the
 * audit. The interface follows; a new config comes to the user by the bot. Pause, resume and revoke are safe to repeat;
 * a re-issue is by the number of its form.
 */
export async function changePeer(
  deps: OperateDeps,
  { actor, once }: Act,
  act: PeerAct,
  id: PeerId,
): Promise<PeerActOutcome> {
  return deps.store.transaction(async (tx) => {
    const owner = await tx.ownerOf(id);
    const state = owner && (await tx.openAccount(owner.account));
    const device = state?.devices.find((each) => each.id === owner?.device);
    if (!owner || !state || !device) return NOT_FOUND;
    const now = deps.clock.now();
    if (once !== null && !(await tx.once(once, now))) return REPEATED;
    const refusal = refused(act, state, now);
    if (refusal) return refusal;
    await carryOut(deps, act, { tx, state, device, now });
    await tx.access.enqueue([applyJob(device.peer, WATCHED)]);
    const details = { device: device.name, account: state.account.id, ip: device.peer.ip4 };
    await tx.record({ at: now, actor, action: `peer-${act}`, subject: `peer:${id}`, details });
    return { kind: 'done', deviceName: device.name };
  });
}

function refused(act: PeerAct, state: AccountState, now: Date): PeerActOutcome | null {
  if (act === 'pause' || act === 'revoke') return null;
  if (state.account.paused) return { kind: 'account-paused' };
  return activeSubscription(state, now) ? null : { kind: 'no-subscription' };
}

async function carryOut(deps: OperateDeps, act: PeerAct, scene: Scene): Promise<void> {
  const { tx, device, now } = scene;
  switch (act) {
    case 'pause':
      return tx.access.pauseDevice(device.id);
    case 'resume':
      return tx.access.resumeDevice(device.id);
    case 'revoke':
      return tx.access.revokeDevice(device.id, now);
    case 'reissue':
      return reissue(deps, scene);
  }
}

/** The worker makes the key and the bot brings the config; here only the promise is written. */
async function reissue(deps: OperateDeps, { tx, state, device, now }: Scene): Promise<void> {
  const id = issueId(deps.random.uuid());
  const issue = {
    id,
    cause: `operator:${id}`,
    accountId: state.account.id,
    deviceId: device.id,
    peerId: device.peer.id,
  };
  await tx.access.add({ subscriptions: [], devices: [], issues: [issue] }, now);
  if (!device.peer.wanted) await tx.access.resumeDevice(device.id);
  await tx.access.renewPeer(device.peer.id);
}
