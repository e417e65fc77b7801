import {
  type AccessRules,
  type AccountState,
  activeSubscription,
  type Device,
  decideDevice,
  decideTrial,
  nextDeviceName,
  type PromisedIssue,
} from '../../src/server/core/access.ts';
import { nodeOf } from '../../src/server/core/apply-job.ts';
import { parseDeviceName } from '../../src/server/core/device-name.ts';
import {
  type AccountId,
  type DeviceId,
  deviceId,
  type IssueId,
  issueId,
  peerId,
  subscriptionId,
} from '../../src/server/core/ids.ts';
import type { Clock } from '../../src/server/core/ports/clock.ts';
import type { AccountView, Desk, DeviceView, Visit } from '../../src/server/core/ports/desk.ts';
import type { Language } from '../../src/server/core/ports/words.ts';
import type { Protocol } from '../../src/server/core/protocol.ts';
import { trafficOf } from '../../src/server/services/show-account.ts';
import type { MemoryInbox } from './memory-inbox.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type MutableState = { account: Mutable<AccountState['account']> } & {
  subscriptions: AccountState['subscriptions'][number][];
  devices: Mutable<Device>[];
};

/** A Desk in memory that decides with the same core as the real one, and the switches a test needs. */
export interface MemoryDesk extends Omit<Desk, 'protocols'> {
  protocols: readonly Protocol[];
  /** Where subscriptions lie; null: none are offered. */
  publicUrl: string | null;
  /** Every call fails with this until it is null again. */
  failure: Error | null;
  /** Asked before each call for this account: hold it to be slow. */
  gateOf: (id: AccountId) => Promise<void> | undefined;
  /** Free places left. */
  places: number;
  nodeAnswers: boolean;
  readonly rules: Mutable<AccessRules>;
  readonly issues: (PromisedIssue & { readonly accountId: AccountId; livingMessageId: number | null })[];
  readonly blocked: Set<AccountId>;
  state(id: AccountId): MutableState | undefined;
  /** The subscription ends now. */
  expire(id: AccountId): void;
  /** What the interface would know of a device. */
  live(device: DeviceId, facts: Partial<DeviceView>): void;
  markDelivered(device: DeviceId): void;
}

export function createMemoryDesk(deps: { clock: Clock; inbox: MemoryInbox }): MemoryDesk {
  const accounts = new Map<AccountId, MutableState>();
  const facts = new Map<DeviceId, Partial<DeviceView>>();
  const now = () => deps.clock.now();
  let renewed = 0;
  const urlOf = (id: AccountId) => `${desk.publicUrl}/s/${id}-${renewed}`;

  function open({ profile }: Visit): MutableState {
    const known = accounts.get(profile.id);
    if (known) return known;
    const account = { id: profile.id, chatId: profile.chatId, language: profile.languageHint, paused: false };
    const state = { account, subscriptions: [], devices: [] };
    accounts.set(profile.id, state);
    return state;
  }

  function addDevice(state: MutableState, protocol: Protocol = 'wireguard'): Mutable<Device> {
    const ip4 = protocol === 'wireguard' ? `10.66.0.${accounts.size * 10 + state.devices.length}` : null;
    const device: Mutable<Device> = {
      id: deviceId(crypto.randomUUID()),
      name: nextDeviceName('Device', state.devices),
      state: 'active',
      createdAt: now(),
      delivered: false,
      traffic: null,
      peer: {
        id: peerId(crypto.randomUUID()),
        nodeId: nodeOf(protocol),
        protocol,
        publicKey: null,
        keyNumber: 1,
        ip4,
        ip6: null,
        wanted: true,
        applied: true,
      },
    };
    state.devices.push(device);
    desk.places -= 1;
    return device;
  }

  function promise(state: MutableState, device: Device, until: Date): PromisedIssue {
    const issue = {
      issueId: issueId(crypto.randomUUID()),
      deviceId: device.id,
      deviceName: device.name,
      until,
    };
    desk.issues.push({ ...issue, accountId: state.account.id, livingMessageId: null });
    return issue;
  }

  type Scene = { readonly state: MutableState; readonly language: Language };

  /** Settles the update first, as the real desk's transaction does. */
  async function mutate<T>(visit: Visit, act: (scene: Scene) => T): Promise<T | { kind: 'repeat' }> {
    await desk.gateOf(visit.profile.id);
    if (desk.failure) throw desk.failure;
    if (!deps.inbox.settleOnce(visit.updateId)) return { kind: 'repeat' };
    const state = open(visit);
    return act({ state, language: state.account.language });
  }

  function withDevice<T>(visit: Visit, id: DeviceId, act: (scene: Scene, device: Mutable<Device>) => T) {
    return mutate(visit, (scene) => {
      const device = scene.state.devices.find((each) => each.id === id);
      return device ? act(scene, device) : ({ kind: 'not-found', language: scene.language } as const);
    });
  }

  const desk: MemoryDesk = {
    protocols: ['wireguard'],
    publicUrl: null,
    failure: null,
    gateOf: () => undefined,
    places: 1000,
    nodeAnswers: true,
    rules: { trialDays: 3, devicesPerAccount: 3, trialTrafficBytes: null },
    issues: [],
    blocked: new Set(),
    state: (id) => accounts.get(id),
    expire(id) {
      const state = accounts.get(id);
      if (state) state.subscriptions = state.subscriptions.map((each) => ({ ...each, endsAt: now() }));
    },
    live: (id, known) => void facts.set(id, known),
    markDelivered(id) {
      for (const state of accounts.values()) {
        for (const each of state.devices) if (each.id === id) each.delivered = true;
      }
    },

    startTrial: (visit) =>
      mutate(visit, ({ state, language }) => {
        const decision = decideTrial(state, desk.rules, now());
        if (decision.kind !== 'grant') return { ...decision, language };
        if (desk.places === 0) return { kind: 'pool-full', language };
        const id = subscriptionId(crypto.randomUUID());
        const { endsAt, trafficLimitBytes } = decision;
        const limit = { trafficLimitBytes, usedBytes: 0, limited: false };
        state.subscriptions.push({ id, plan: 'trial', startsAt: now(), endsAt, ...limit });
        return { kind: 'issued', language, issue: promise(state, addDevice(state), decision.endsAt) };
      }),
    addDevice: (visit, protocol) =>
      mutate(visit, ({ state, language }) => {
        if (!desk.protocols.includes(protocol)) return { kind: 'not-on-sale', language };
        const decision = decideDevice(state, desk.rules, now());
        if (decision.kind !== 'grant') return { ...decision, language };
        if (desk.places === 0) return { kind: 'pool-full', language };
        return {
          kind: 'issued',
          language,
          issue: promise(state, addDevice(state, protocol), decision.until),
        };
      }),
    reissueKey: (visit, id) =>
      withDevice(visit, id, ({ state, language }, device) => {
        const active = activeSubscription(state, now());
        if (!active) return { kind: 'no-subscription', language };
        device.delivered = false;
        device.state = 'active';
        return { kind: 'issued', language, issue: promise(state, device, active.endsAt) };
      }),
    renameDevice: (visit, id, name) =>
      withDevice(visit, id, ({ language }, device) => {
        const parsed = parseDeviceName(name);
        if (parsed === null) return { kind: 'bad-name', language };
        device.name = parsed;
        return { kind: 'done', language, deviceName: parsed };
      }),
    pauseDevice: (visit, id) =>
      withDevice(visit, id, ({ language }, device) => {
        device.state = 'paused';
        return { kind: 'done', language, deviceName: device.name };
      }),
    resumeDevice: (visit, id) =>
      withDevice(visit, id, ({ state, language }, device) => {
        if (!activeSubscription(state, now())) return { kind: 'no-subscription', language };
        device.state = 'active';
        return { kind: 'done', language, deviceName: device.name };
      }),
    revokeDevice: (visit, id) =>
      withDevice(visit, id, ({ state, language }, device) => {
        state.devices = state.devices.filter((each) => each !== device);
        return { kind: 'done', language, deviceName: device.name };
      }),
    chooseLanguage: (visit, language) =>
      mutate(visit, ({ state }) => {
        state.account.language = language;
        return { kind: 'done' };
      }),
    async link({ profile }, id) {
      const state = accounts.get(profile.id);
      const device = state?.devices.find((each) => each.id === id);
      const language = state?.account.language ?? profile.languageHint;
      if (device?.peer.protocol !== 'vless') return { kind: 'not-found', language };
      return { kind: 'link', language, deviceName: device.name, link: linkOf(device) };
    },
    async subscription({ profile }) {
      const state = accounts.get(profile.id);
      const language = state?.account.language ?? profile.languageHint;
      if (!state || desk.publicUrl === null) return { kind: 'none', language };
      return { kind: 'url', language, url: urlOf(profile.id) };
    },
    renewSubscription: (visit) =>
      mutate(visit, ({ language }) => {
        renewed += 1;
        return { kind: 'url', language, url: urlOf(visit.profile.id) };
      }),
    async account(id) {
      await desk.gateOf(id);
      if (desk.failure) throw desk.failure;
      const state = accounts.get(id);
      return state ? viewOf(desk, state, facts, now()) : null;
    },
    async markBlocked(id, blocked) {
      if (blocked) desk.blocked.add(id);
      else desk.blocked.delete(id);
    },
    async saveLivingMessage(id: IssueId, messageId) {
      const issue = desk.issues.find((each) => each.issueId === id);
      if (issue) issue.livingMessageId = messageId;
    },
  };
  return desk;
}

const linkOf = (device: Device) =>
  `vless://${device.peer.id}@vpn.example.org:443?security=none#${encodeURIComponent(device.name)}`;

function viewOf(
  desk: MemoryDesk,
  state: MutableState,
  facts: ReadonlyMap<DeviceId, Partial<DeviceView>>,
  readAt: Date,
): AccountView {
  return {
    language: state.account.language,
    until: activeSubscription(state, readAt)?.endsAt ?? null,
    traffic: trafficOf(state, readAt),
    trialUsed: state.subscriptions.some((each) => each.plan === 'trial'),
    devices: state.devices.map((each) => ({
      id: each.id,
      name: each.name,
      state: each.state,
      applied: each.peer.applied,
      delivered: each.delivered,
      protocol: each.peer.protocol,
      ip4: each.peer.ip4,
      ip6: each.peer.ip6,
      lastHandshakeAt: null,
      uploadedBytes: null,
      downloadedBytes: null,
      ...facts.get(each.id),
    })),
    deviceLimit: desk.rules.devicesPerAccount,
    nodeAnswers: desk.nodeAnswers,
    subscriptionOffered:
      desk.publicUrl !== null && state.devices.some((each) => each.peer.protocol === 'vless'),
    readAt,
  };
}
