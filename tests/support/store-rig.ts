import type { AccountProfile } from '../../src/server/core/access.ts';
import {
  type AccountId,
  accountId,
  chatId,
  deviceId,
  type IssueId,
  issueId,
  LOCAL_NODE,
  nodeId,
  type PeerId,
  type PublicKey,
  peerId,
  subscriptionId,
  type UpdateId,
  updateId,
  XRAY_NODE,
} from '../../src/server/core/ids.ts';
import type { NewJob } from '../../src/server/core/ports/jobs.ts';
import type { ReconcileStore } from '../../src/server/core/ports/reconcile-store.ts';
import type {
  AccessStore,
  AccessTransaction,
  Inbox,
  LeasedAddress,
  NodeStore,
  PeerStore,
  PeerTarget,
  PoolSpec,
} from '../../src/server/core/ports/store.ts';
import type { CounterStore } from '../../src/server/core/ports/traffic.ts';
import type { UserStore } from '../../src/server/core/ports/user-store.ts';

/** The stores under test over one fresh database. */
export interface StoreRig {
  readonly store: AccessStore;
  readonly peers: PeerStore;
  readonly users: UserStore;
  readonly nodes: NodeStore;
  readonly counters: CounterStore;
  readonly quarantine: ReconcileStore;
  readonly inbox: Inbox;
  /** The database's own time, in step with what it writes by itself. */
  now(): Date;
  uuid(): string;
  /** Jobs of committed transactions. */
  jobs(): Promise<readonly NewJob[]>;
  /** Resolves when a transaction waits for another's lock; null where they run one by one anyway. */
  readonly someoneWaits: (() => Promise<unknown>) | null;
  close(): Promise<void>;
}

export type OpenRig = (pools: readonly PoolSpec[]) => Promise<StoreRig>;

export const NODE = LOCAL_NODE;
export const POOL: PoolSpec = { cidr4: '10.66.0.0/24', cidr6: 'fd00:66::/64' };
/** The first database of a test process brings a server up. */
export const FIRST_START_MS = 60_000;
export const DAY_MS = 86_400_000;

let serial = 0;
/** A number no other test of this process has. */
export function unique(): number {
  serial += 1;
  return serial;
}

/** 44 characters that have the shape of a key and differ for each number. */
export const keyOf = (number: number): PublicKey =>
  Buffer.alloc(32, 1).fill(String(number).padStart(32, '0'), 0, 32, 'latin1').toString('base64') as PublicKey;

export const profileOf = (id: number, name = `User ${id}`): AccountProfile => ({
  id: accountId(id),
  chatId: chatId(id),
  languageHint: 'en',
  name,
  username: null,
});

export const later = (rig: StoreRig, ms: number) => new Date(rig.now().getTime() + ms);

/** An update that was accepted and waits for its effect. */
export async function acceptedUpdate(rig: StoreRig): Promise<UpdateId> {
  const id = updateId(unique());
  await rig.inbox.accept([{ id, payload: { update_id: id } }]);
  return id;
}

export interface MadeDevice {
  readonly account: AccountId;
  readonly device: ReturnType<typeof deviceId>;
  readonly peer: PeerId;
  readonly issue: IssueId;
  readonly address: LeasedAddress;
}

/** Parts of one new device at this address, ready for `add`. */
export function newDevice(rig: StoreRig, account: number, address: LeasedAddress) {
  const ids = { device: deviceId(rig.uuid()), peer: peerId(rig.uuid()), issue: issueId(rig.uuid()) };
  const owner = accountId(account);
  const device = {
    id: ids.device,
    accountId: owner,
    name: 'Device 1',
    peerId: ids.peer,
    nodeId: NODE,
    protocol: 'wireguard' as const,
    address,
  };
  const issue = {
    id: ids.issue,
    cause: `test:${ids.issue}`,
    accountId: owner,
    deviceId: ids.device,
    peerId: ids.peer,
  };
  return { device, issue, made: { account: owner, address, ...ids } };
}

export const newSubscription = (
  rig: StoreRig,
  account: number,
  endsAt: Date,
  plan = 'trial',
  trafficLimitBytes: number | null = null,
) => ({
  id: subscriptionId(rig.uuid()),
  accountId: accountId(account),
  plan,
  startsAt: rig.now(),
  endsAt,
  trafficLimitBytes,
});

/** Inside an open transaction: an account with one more device. */
export async function addDeviceIn(
  rig: StoreRig,
  tx: AccessTransaction,
  account: number,
): Promise<MadeDevice> {
  await tx.openAccounts([profileOf(account)]);
  const [address] = await tx.claimAddresses(NODE, 1);
  const { device, issue, made } = newDevice(rig, account, address!);
  await tx.add({ subscriptions: [], devices: [device], issues: [issue] }, rig.now());
  return made;
}

/** An account with a device, and a subscription of 3 days when asked. */
export async function makeDevice(rig: StoreRig, account = unique(), endsAt?: Date): Promise<MadeDevice> {
  return rig.store.transaction(async (tx) => {
    const made = await addDeviceIn(rig, tx, account);
    if (endsAt) {
      const subscriptions = [newSubscription(rig, account, endsAt)];
      await tx.add({ subscriptions, devices: [], issues: [] }, rig.now());
    }
    return made;
  });
}

export async function targetOf(rig: StoreRig, id: PeerId): Promise<PeerTarget> {
  const [target] = await rig.peers.targets([id]);
  if (!target) throw new Error(`no target for ${id}`);
  return target;
}

/** Gives a peer a key under the node's newest take-over, which this takes. */
export async function giveKey(rig: StoreRig, id: PeerId, publicKey = keyOf(unique())): Promise<PublicKey> {
  const epoch = await rig.nodes.nextEpoch(NODE);
  await rig.peers.assignKeys({ id: NODE, epoch }, [{ peerId: id, publicKey }]);
  return publicKey;
}

export async function wantedKeys(rig: StoreRig): Promise<readonly PublicKey[]> {
  const keys: PublicKey[] = [];
  for await (const page of rig.peers.wanted(NODE)) keys.push(...page.map((each) => each.publicKey));
  return keys;
}

export const UNKNOWN_NODE = nodeId('nowhere');
/** The code of the AppError a promise is rejected with; anything else is thrown on. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => new Error('it was not refused'),
    (reason) => reason,
  );
  if (typeof error?.code !== 'string') throw error;
  return error.code;
}

/** An account with one more VLESS device, and a subscription until `endsAt` when asked. */
export async function makeVless(
  rig: StoreRig,
  account = unique(),
  endsAt?: Date,
): Promise<Omit<MadeDevice, 'address'>> {
  const ids = { device: deviceId(rig.uuid()), peer: peerId(rig.uuid()), issue: issueId(rig.uuid()) };
  const owner = accountId(account);
  const device = {
    id: ids.device,
    accountId: owner,
    name: 'Device 2',
    peerId: ids.peer,
    nodeId: XRAY_NODE,
    protocol: 'vless' as const,
    address: null,
  };
  const issue = {
    id: ids.issue,
    cause: `test:${ids.issue}`,
    accountId: owner,
    deviceId: ids.device,
    peerId: ids.peer,
  };
  const node = { id: XRAY_NODE, protocol: 'vless', publicKey: null, endpoint: 'x:443', pools: [] } as const;
  await rig.nodes.register(node);
  await rig.store.transaction(async (tx) => {
    await tx.openAccounts([profileOf(account)]);
    const subscriptions = endsAt ? [newSubscription(rig, account, endsAt)] : [];
    await tx.add({ subscriptions, devices: [device], issues: [issue] }, rig.now());
  });
  return { account: owner, ...ids };
}
