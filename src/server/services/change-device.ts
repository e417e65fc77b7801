import { type AccountState, activeSubscription, type Device } from '../core/access.ts';
import { applyJob } from '../core/apply-job.ts';
import { parseDeviceName } from '../core/device-name.ts';
import { type DeviceId, issueId } from '../core/ids.ts';
import type { Clock, Random } from '../core/ports/clock.ts';
import type { DeviceOutcome, ReissueOutcome, RenameOutcome, Repeat, Visit } from '../core/ports/desk.ts';
import type { AccessStore, AccessTransaction } from '../core/ports/store.ts';
import type { Language } from '../core/ports/words.ts';

/**
 * What a user does to one device: rename, pause, resume, revoke, a new key.
 *
 * Each is one transaction: settle the update (a repeat ends here), lock the account, find the device among its
 * own, write the intent, enqueue the job. The interface follows. Safe to repeat with the same update.
 */
export interface ChangeDevice {
  rename(visit: Visit, device: DeviceId, name: string): Promise<RenameOutcome>;
  pause(visit: Visit, device: DeviceId): Promise<DeviceOutcome>;
  resume(visit: Visit, device: DeviceId): Promise<DeviceOutcome>;
  revoke(visit: Visit, device: DeviceId): Promise<DeviceOutcome>;
  reissue(visit: Visit, device: DeviceId): Promise<ReissueOutcome>;
}

export interface ChangeDeviceDeps {
  readonly store: AccessStore;
  readonly clock: Clock;
  readonly random: Random;
}

/** Everything one change may look at and write with. */
interface Scene {
  readonly tx: AccessTransaction;
  readonly state: AccountState;
  readonly device: Device;
  readonly now: Date;
}

type Missing = { readonly kind: 'not-found'; readonly language: Language };

export function createChangeDevice(deps: ChangeDeviceDeps): ChangeDevice {
  function change<Answer>(visit: Visit, id: DeviceId, act: (scene: Scene) => Promise<Answer>) {
    return deps.store.transaction((tx) => withDevice(deps, tx, visit, id, act));
  }

  return {
    rename: (visit, id, name) => change(visit, id, (scene) => rename(scene, name)),
    pause: (visit, id) => change(visit, id, pause),
    resume: (visit, id) => change(visit, id, resume),
    revoke: (visit, id) => change(visit, id, revoke),
    reissue: (visit, id) => change(visit, id, (scene) => reissue(deps, visit, scene)),
  };
}

async function withDevice<Answer>(
  deps: ChangeDeviceDeps,
  tx: AccessTransaction,
  visit: Visit,
  id: DeviceId,
  act: (scene: Scene) => Promise<Answer>,
): Promise<Answer | Repeat | Missing> {
  const settled = await tx.settleUpdates([visit.updateId]);
  if (!settled.has(visit.updateId)) return { kind: 'repeat' };
  const state = (await tx.openAccounts([visit.profile])).get(visit.profile.id);
  const device = state?.devices.find((each) => each.id === id);
  if (!state || !device) {
    return { kind: 'not-found', language: state?.account.language ?? visit.profile.languageHint };
  }
  return act({ tx, state, device, now: deps.clock.now() });
}

const done = ({ state, device }: Scene, deviceName = device.name) =>
  ({ kind: 'done', language: state.account.language, deviceName }) as const;

/** The user is waiting: before any background work. */
const apply = ({ tx, device }: Scene) => tx.enqueue([applyJob(device.peer, { priority: 10 })]);

async function rename(scene: Scene, name: string) {
  const parsed = parseDeviceName(name);
  if (parsed === null) return { kind: 'bad-name', language: scene.state.account.language } as const;
  await scene.tx.renameDevice(scene.device.id, parsed);
  return done(scene, parsed);
}

async function pause(scene: Scene) {
  if (scene.device.state === 'active') {
    await scene.tx.pauseDevice(scene.device.id);
    await apply(scene);
  }
  return done(scene);
}

async function resume(scene: Scene) {
  if (scene.state.account.paused) return paused(scene);
  if (!activeSubscription(scene.state, scene.now)) return lapsed(scene);
  if (!scene.device.peer.wanted) {
    await scene.tx.resumeDevice(scene.device.id);
    await apply(scene);
  }
  return done(scene);
}

async function revoke(scene: Scene) {
  await scene.tx.revokeDevice(scene.device.id, scene.now);
  await apply(scene);
  return done(scene);
}

/** The worker makes the key: here only the promise of a new config is written. A paused device comes back. */
async function reissue(deps: ChangeDeviceDeps, visit: Visit, scene: Scene): Promise<ReissueOutcome> {
  if (scene.state.account.paused) return paused(scene);
  const active = activeSubscription(scene.state, scene.now);
  if (!active) return lapsed(scene);
  const { tx, device, state, now } = scene;
  const id = issueId(deps.random.uuid());
  const issue = {
    id,
    cause: `reissue:${visit.updateId}`,
    accountId: state.account.id,
    deviceId: device.id,
    peerId: device.peer.id,
  };
  await tx.add({ subscriptions: [], devices: [], issues: [issue] }, now);
  if (!device.peer.wanted) await tx.resumeDevice(device.id);
  await tx.renewPeer(device.peer.id);
  await apply(scene);
  const promised = { issueId: id, deviceId: device.id, deviceName: device.name, until: active.endsAt };
  return { kind: 'issued', language: state.account.language, issue: promised };
}

const lapsed = ({ state }: Scene) => ({ kind: 'no-subscription', language: state.account.language }) as const;

const paused = ({ state }: Scene) => ({ kind: 'account-paused', language: state.account.language }) as const;
