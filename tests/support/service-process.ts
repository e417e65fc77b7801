import { createKeyMaker } from '../../src/server/adapters/wireguard/key-maker.ts';
import { tunnelSource } from '../../src/server/app/counting.ts';
import {
  accountId,
  chatId,
  type DeviceId,
  LOCAL_NODE,
  type UpdateId,
  updateId,
} from '../../src/server/core/ids.ts';
import { JOB_KINDS } from '../../src/server/core/job-kinds.ts';
import { createLane } from '../../src/server/core/lane.ts';
import type { Courier } from '../../src/server/core/ports/courier.ts';
import type { Desk, Visit } from '../../src/server/core/ports/desk.ts';
import type { HeldJob, JobHandler } from '../../src/server/core/ports/jobs.ts';
import type { ReconcileRun } from '../../src/server/core/ports/store.ts';
import type { KeyMaker, Tunnel, TunnelConfigFile, TunnelPeer } from '../../src/server/core/ports/tunnel.ts';
import { createApplyPeers } from '../../src/server/services/apply-peers.ts';
import { createCountTraffic } from '../../src/server/services/count-traffic.ts';
import { createDeliverConfig } from '../../src/server/services/deliver-config.ts';
import { createDesk } from '../../src/server/services/desk.ts';
import { createLivingMessages } from '../../src/server/services/living-messages.ts';
import { createNodeActivity } from '../../src/server/services/node-activity.ts';
import type { ReconcilePolicy } from '../../src/server/services/reconcile/plan-corrections.ts';
import { createWireguardBackend } from '../../src/server/services/reconcile/wireguard-backend.ts';
import {
  previewNode,
  type ReconcileOutcome,
  reconcileNode,
} from '../../src/server/services/reconcile-node.ts';
import { createSaveConfig } from '../../src/server/services/save-config.ts';
import { createTellEnding } from '../../src/server/services/tell-ending.ts';
import {
  type CrashPoint,
  createLife,
  guard,
  guardAccessStore,
  guardPeerStore,
  type Life,
} from './crash-plan.ts';
import { createMemoryCourier, plainQr } from './memory-courier.ts';
import { createRecordingLog } from './recording-log.ts';
import { SERVER, type ServiceWorld } from './service-world.ts';
import { createVlessWork } from './vless-process.ts';
import { sale } from './vless-sale.ts';

/** One thing a user does. What an update would carry. */
export type Deed =
  | { readonly kind: 'start' | 'add' | 'add-vless'; readonly account: number }
  | {
      readonly kind: 'revoke' | 'pause' | 'resume' | 'reissue';
      readonly account: number;
      readonly device: DeviceId;
    }
  | { readonly kind: 'rename'; readonly account: number; readonly device: DeviceId; readonly name: string };

type Job = HeldJob<'apply-peer'>;
type Applied = 'apply-peer' | 'apply-user';

/** One process over a world: all of it is lost in a crash but what the world keeps. */
export interface ServiceProcess {
  readonly life: Life;
  readonly desk: Desk;
  /** Accepts an update with this deed and handles it, as the bot does. */
  visit(deed: Deed, update?: UpdateId): Promise<string>;
  reconcile(): Promise<ReconcileRun>;
  /** The same with all it answers. */
  compare(signal?: AbortSignal): Promise<ReconcileOutcome>;
  preview(): Promise<ReconcileRun>;
  /** Answers the bytes that were new. */
  count(): Promise<number>;
  /** Works until no job is left; time goes on by itself where jobs wait for it. */
  rest(): Promise<void>;
  /** Hands everything that is ready to the handler once, without waiting for deliveries. */
  drain(): Promise<void>;
}

export interface ProcessOptions {
  readonly crash?: CrashPoint;
  readonly devicesPerAccount?: number;
  readonly trialTrafficBytes?: number;
  readonly tunnel?: (real: Tunnel) => Tunnel;
  readonly file?: TunnelConfigFile;
  readonly courier?: (real: Courier) => Courier;
  readonly keys?: KeyMaker;
  readonly policy?: Partial<ReconcilePolicy>;
  readonly batchSize?: number;
  /** What the handler is given in place of each job. */
  readonly job?: (real: Job) => Job;
}

/** What a stranger is left alone for, where its removal is the policy. */
export const GRACE_MS = 60_000;

let updates = 0;
export function nextUpdate(): UpdateId {
  updates += 1;
  return updateId(updates);
}

export const visitOf = (account: number, update: UpdateId, name = `User ${account}`): Visit => ({
  updateId: update,
  profile: { id: accountId(account), chatId: chatId(account), languageHint: 'en', name, username: null },
});

/** Starts as the real one does: takes the node over, gives back what a dead process held, answers what was left. */
export async function startProcess(
  world: ServiceWorld,
  options: ProcessOptions = {},
): Promise<ServiceProcess> {
  world.jobs.crash();
  const epoch = await world.nodes.nextEpoch(LOCAL_NODE);
  const life = createLife(options.crash);
  const parts = assemble(world, life, epoch, options);
  const held = trackJobs(world, life, parts, options);
  for (const kind of JOB_KINDS) await world.jobs.rescue(kind);
  const process: ServiceProcess = {
    life,
    desk: parts.desk,
    async visit(deed, update = nextUpdate()) {
      await life.effect('inbox.accept', () => world.inbox.accept([{ id: update, payload: deed }]));
      return handle(world, life, parts.desk, deed, update);
    },
    count: () => parts.counting.run(new AbortController().signal),
    reconcile: async () => (await process.compare()).run,
    compare: (signal = new AbortController().signal) => reconcileNode(parts.reconcile, signal),
    preview: async () => (await previewNode(parts.reconcile, new AbortController().signal)).run,
    rest: () => rest(world, held),
    drain: () => world.jobs.drain(),
  };
  for (const { id, payload } of await world.inbox.unsettled(1000)) {
    await Promise.race([life.crashed, handle(world, life, parts.desk, payload as Deed, id)]);
  }
  return process;
}

function assemble(world: ServiceWorld, life: Life, epoch: number, options: ProcessOptions) {
  const { clock, random } = world;
  const store = guardAccessStore(life, world.store);
  const peers = guardPeerStore(life, world.peers);
  const nodes = guard(life, 'nodes', world.nodes);
  const tunnel = guard(life, 'tunnel', options.tunnel?.(world.tunnel) ?? world.tunnel);
  const log = createRecordingLog(world.logLines);
  const lane = createLane();
  const node = LOCAL_NODE;
  const saving = createSaveConfig({
    node,
    peers,
    file: guard(life, 'file', options.file ?? fileOf(world)),
  });
  const rules = {
    trialDays: 3,
    devicesPerAccount: options.devicesPerAccount ?? 3,
    trialTrafficBytes: options.trialTrafficBytes ?? null,
  };
  const memoryCourier = createMemoryCourier(world.courier, life);
  const courierOf = options.courier?.(memoryCourier) ?? memoryCourier;
  const deliver = createDeliverConfig({
    courier: courierOf,
    draw: plainQr,
    peers,
    store,
    settings: CLIENT_SETTINGS,
    livingMessage: async (issue) => issue.livingMessageId,
    clock,
  });
  const activity = createNodeActivity({ tunnel, clock, log });
  const keys = options.keys ?? recordingKeys(world);
  return {
    desk: createDesk({
      store,
      peers,
      living: createLivingMessages(clock),
      deviceWord: () => 'Device',
      clock,
      random,
      rules,
      vless: sale,
      activity,
    }),
    apply: createApplyPeers({
      node,
      epoch: () => epoch,
      peers,
      tunnel,
      lane,
      keys,
      saveConfig: saving.save,
      deliver,
      courier: memoryCourier,
      clock,
      log,
    }),
    applyUsers: createVlessWork(world, life, { store, peers, courier: courierOf, lane: createLane(), log }),
    tellEnding: createTellEnding({ store, courier: memoryCourier, clock }),
    counting: createCountTraffic({
      clock,
      sources: [tunnelSource(tunnel)],
      counters: guard(life, 'counters', world.counters),
      access: store,
      holder: node,
      epoch: () => epoch,
    }),
    reconcile: {
      backend: createWireguardBackend({ node, peers, tunnel, saving }),
      store: guard(life, 'quarantine', world.quarantine),
      policy: { strangers: 'report', graceMs: GRACE_MS, mostRemovals: 100, ...options.policy } as const,
      nodes,
      lane,
      clock,
      log,
    },
  };
}

const CLIENT_SETTINGS = {
  dns: ['1.1.1.1'],
  mtu: 1420,
  serverPublicKey: SERVER.publicKey,
  allowedIps: ['0.0.0.0/0'],
  endpoint: '192.0.2.1:51820',
  keepalive: 25,
};

export function recordingKeys(world: ServiceWorld): KeyMaker {
  const real = createKeyMaker();
  return {
    keyPair() {
      const pair = real.keyPair();
      world.keysMade.set(pair.privateKey, pair.publicKey);
      return pair;
    },
  };
}

export function fileOf(world: ServiceWorld): TunnelConfigFile {
  const text = (peers: readonly TunnelPeer[]) => JSON.stringify(peers);
  return {
    async write(peers) {
      world.file.peers = peers;
      world.file.writes += 1;
      return text(peers);
    },
    holds: async (peers) => text(peers) === text(world.file.peers),
    stamp: async () => text(world.file.peers),
  };
}

/** What the bot does with an update: one call of the desk, then one message. */
async function handle(
  world: ServiceWorld,
  life: Life,
  desk: Desk,
  deed: Deed,
  update: UpdateId,
): Promise<string> {
  const outcome = await ask(desk, deed, visitOf(deed.account, update));
  if (outcome.kind === 'issued' && 'issue' in outcome) {
    const { issueId } = outcome.issue;
    const preparing = { chatId: chatId(deed.account), deviceId: null, fileName: null, content: 'preparing' };
    const message = await life.effect('bot.send', () => world.courier.send({ ...preparing, kind: 'text' }));
    await desk.saveLivingMessage(issueId, message);
  }
  return outcome.kind;
}

function ask(desk: Desk, deed: Deed, visit: Visit) {
  switch (deed.kind) {
    case 'start':
      return desk.startTrial(visit);
    case 'add':
      return desk.addDevice(visit, 'wireguard');
    case 'add-vless':
      return desk.addDevice(visit, 'vless');
    case 'revoke':
      return desk.revokeDevice(visit, deed.device);
    case 'pause':
      return desk.pauseDevice(visit, deed.device);
    case 'resume':
      return desk.resumeDevice(visit, deed.device);
    case 'reissue':
      return desk.reissueKey(visit, deed.device);
    case 'rename':
      return desk.renameDevice(visit, deed.device, deed.name);
  }
}

/** Counts settling as an effect, and knows which jobs are held. */
function trackJobs(
  world: ServiceWorld,
  life: Life,
  { apply, applyUsers, tellEnding }: ReturnType<typeof assemble>,
  options: ProcessOptions,
) {
  const held = new Set<Promise<void>>();

  function track<K extends Applied>(job: HeldJob<K>): HeldJob<K> {
    const settled = Promise.withResolvers<void>();
    held.add(settled.promise);
    const settle = async (name: string, act: () => Promise<void>) => {
      await life.effect(name, act);
      held.delete(settled.promise);
      settled.resolve();
    };
    return {
      ...job,
      complete: () => settle('job.complete', () => job.complete()),
      fail: (error, retryAfterMs) => settle('job.fail', () => job.fail(error, retryAfterMs)),
      postpone: (afterMs) => settle('job.postpone', () => job.postpone(afterMs)),
    };
  }

  world.jobs.work('tell-ending', { batchSize: 10, maxHeld: 10 }, tellEnding);
  const tracked =
    <K extends Applied>(handler: JobHandler<K>, given: (job: HeldJob<K>) => HeldJob<K>): JobHandler<K> =>
    async (jobs, signal) => {
      const all = jobs.map((job) => track(given(job)));
      try {
        await handler(all, signal);
      } catch (error) {
        await Promise.all(all.map((job) => job.fail(error)));
      }
    };
  const many = { batchSize: options.batchSize ?? 1000, maxHeld: 5000 };
  const given = (job: Job) => options.job?.(job) ?? job;
  world.jobs.work('apply-peer', many, tracked(apply, given));
  world.jobs.work(
    'apply-user',
    many,
    tracked(applyUsers, (job) => job),
  );
  return held;
}

async function rest(world: ServiceWorld, held: ReadonlySet<Promise<void>>): Promise<void> {
  for (;;) {
    await world.jobs.drain();
    if (held.size > 0) {
      await Promise.race(held);
      continue;
    }
    const waiting = world.jobs.jobs.filter((job) => job.state === 'created' || job.state === 'retry');
    if (waiting.length === 0) return;
    const next = Math.min(...waiting.map((job) => job.readyAtMs));
    world.clock.advance(Math.max(0, next - world.clock.now().getTime()));
  }
}
