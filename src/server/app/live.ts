import { DASHBOARD_TEXTS } from '../../views/words/dashboard-texts.ts';
import type { LoopFreezes } from '../adapters/system/loop-freezes.ts';
import type { LoopLag } from '../adapters/system/loop-lag.ts';
import { limitUnread } from '../adapters/system/unread-limit.ts';
import { createWords } from '../adapters/words/words.ts';
import type { Config } from '../config.ts';
import { attentionOf } from '../core/attention.ts';
import type { LoopRecord } from '../core/loop-record.ts';
import type { DatabaseVitals, NodeVitals } from '../core/ports/vitals.ts';
import { createSupervisedLoop } from '../core/supervised-loop.ts';
import { createLiveHub, type LiveHub } from '../entry/http/live/live-hub.ts';
import { liveRoutes } from '../entry/http/live/routes.ts';
import { createLivePanels } from '../entry/http/overview/live-panels.ts';
import { overviewRoutes } from '../entry/http/overview/routes.ts';
import type { Route } from '../entry/http/routes.ts';
import type { RememberedSessions } from '../services/remember-sessions.ts';
import { createSampleVitals, type SampleVitals, type VitalsSources } from '../services/sample-vitals.ts';
import type { WayInDeps } from '../services/way-in/way-in.ts';
import type { BotPart } from './bot.ts';
import type { NodeWork } from './node.ts';
import type { Stores } from './stores.ts';
import type { World } from './world.ts';
import type { XrayWork } from './xray-work.ts';

/** The overview: what is sampled, the pages that show it, and the streams that keep them up to date. */
export interface LivePart {
  readonly routes: readonly Route[];
  /** Every loop of the program, those of this part among them. */
  loops(): readonly LoopRecord[];
  /** Length of the "needs attention" list. */
  attention(): number;
  /** `port` is the server's, which exists by now. */
  start(port: number): void;
  /** Ends the streams, for a server waits for its answers; then the loops. Repeating is safe. */
  stop(): Promise<void>;
}

export interface LivePartDeps {
  readonly live: Config['live'];
  readonly reconcileEveryMs: number;
  readonly database: { health(): Health; stats(): PoolFigures };
  readonly stores: Pick<Stores, 'vitals'>;
  readonly node: NodeWork;
  /** Null: VLESS is not on sale. */
  readonly xray: Pick<XrayWork, 'driven' | 'reconciling' | 'everyMs'> | null;
  readonly bot: Pick<BotPart, 'vitals'>;
  readonly lag: LoopLag;
  readonly freezes: LoopFreezes;
  readonly logins: RememberedSessions;
  readonly ends: WayInDeps['ends'];
  /** Every loop beside those of this part. */
  loops(): readonly LoopRecord[];
}

interface Health {
  readonly reachable: boolean;
  readonly lastSuccessAgeMs: number;
  readonly problem?: string;
}

interface PoolFigures {
  readonly in_use: number;
  readonly idle: number;
  readonly waiting: number;
  readonly max: number;
}

const MOST_WAITING_BYTES = 1024 * 1024;
/** A page that takes nothing for so long is cut off, by the kernel or by us. */
const STALLED_MS = 8_000;
const SESSIONS_EVERY_MS = 10_000;
const SESSIONS_LIMIT_MS = 30_000;

export function createLivePart(world: World, deps: LivePartDeps): LivePart {
  const sources = sourcesOf(
    world,
    deps,
    () => hub.viewers(),
    () => loops(),
  );
  const vitals: SampleVitals = createSampleVitals({ ...world, reader: deps.stores.vitals, sources });
  const panels = createLivePanels(vitals, createWords(DASHBOARD_TEXTS));
  const hub: LiveHub = createLiveHub({
    ...world,
    source: panels,
    limits: { frames: deps.live.maxOutbox, bytes: MOST_WAITING_BYTES, stalledMs: STALLED_MS },
    maxViewers: deps.live.maxViewers,
    holding: deps.logins.holding,
  });
  const checking = createSupervisedLoop({
    ...world,
    name: 'live:sessions',
    pause: SESSIONS_EVERY_MS,
    turnLimitMs: SESSIONS_LIMIT_MS,
    work: () => hub.checkSessions(),
  });
  const loops = () => [...deps.loops(), ...vitals.records(), checking.record()];
  const forgetEnds = deps.ends.onEnded(hub.endSessions);
  const forgetSamples = vitals.onSample(
    () => void hub.tick().catch((error: unknown) => failed(world, error)),
  );
  observeHub(world, hub);
  return {
    routes: [...overviewRoutes({ ...world, vitals, panels }), ...liveRoutes(hub)],
    loops,
    attention: () => attentionOf(vitals.latest()).length,
    start(port) {
      if (!limitUnread(port, STALLED_MS))
        world.log.warn({ port }, 'connections nobody reads are cut off late');
      vitals.start();
      checking.start();
    },
    async stop() {
      forgetSamples();
      forgetEnds();
      hub.close();
      await Promise.all([vitals.stop(), checking.stop()]);
    },
  };
}

function failed({ log }: World, error: unknown): void {
  log.error({ error }, 'the open pages could not be brought up to date');
}

function observeHub({ metrics }: World, hub: LiveHub): void {
  metrics.observe('adit_live_viewers', 'Open pages of the dashboard.', [], () => [
    { labels: {}, value: hub.viewers() },
  ]);
  metrics.observe('adit_live_queue', 'Frames that wait for slow pages.', [], () => [
    { labels: {}, value: hub.queued() },
  ]);
}

function sourcesOf(
  { clock }: World,
  deps: LivePartDeps,
  liveViewers: () => number,
  loops: () => readonly LoopRecord[],
): VitalsSources {
  const { node, xray, freezes } = deps;
  const held = () => node.holder.epoch() !== null;
  return {
    database: () => databaseVitals(deps.database),
    loop() {
      const { p50, p99, max } = deps.lag.read();
      return { p50Ms: p50 * 1_000, p99Ms: p99 * 1_000, maxMs: max * 1_000, freezes: freezes.read() };
    },
    takeLongestLateMs: freezes.takeLongestLateMs,
    bot: deps.bot.vitals,
    nodes() {
      const now = clock.now();
      const local = nodeVitals(node, held(), deps.reconcileEveryMs, now);
      if (xray === null) return [local];
      return [local, nodeVitals({ ...xray, id: xray.driven.id }, held(), xray.everyMs, now)];
    },
    loops,
    liveViewers,
  };
}

function nodeVitals(
  { id, reconciling }: Pick<NodeWork, 'reconciling'> & { readonly id: string },
  held: boolean,
  everyMs: number,
  now: Date,
): NodeVitals {
  const last = reconciling.lastSuccess();
  return {
    id,
    held,
    lastRun: reconciling.lastRun(),
    question: reconciling.question(),
    lastSuccessAgeMs: last === null ? null : now.getTime() - last.getTime(),
    everyMs,
  };
}

function databaseVitals(database: LivePartDeps['database']): Omit<DatabaseVitals, 'waitingMs'> {
  const { reachable, lastSuccessAgeMs, problem } = database.health();
  const { in_use, idle, waiting, max } = database.stats();
  return {
    reachable,
    lastAnswerAgeMs: Number.isFinite(lastSuccessAgeMs) ? lastSuccessAgeMs : null,
    problem: problem ?? null,
    inUse: in_use,
    idle,
    waiting,
    max,
  };
}
