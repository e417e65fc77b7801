import { TEXTS } from '../views/words/texts.ts';
import { createLoopLag } from './adapters/system/loop-lag.ts';
import { createWords } from './adapters/words/words.ts';
import { type BotPart, createBotPart } from './app/bot.ts';
import { createDashboardPart } from './app/dashboard.ts';
import { openDatabase } from './app/database.ts';
import { assignDuties } from './app/duties.ts';
import { createLivePart, type LivePartDeps } from './app/live.ts';
import { metricsGuard } from './app/metrics-guard.ts';
import { migrateAll } from './app/migrate-all.ts';
import { createNodeWork, type NodeWork } from './app/node.ts';
import { observe, observeLoops } from './app/observe.ts';
import { createPages, type PagesParts } from './app/pages.ts';
import { type ReadinessParts, readinessOf } from './app/readiness.ts';
import { createSchedule, type Schedule } from './app/schedule.ts';
import { holdStateDir } from './app/state-dir.ts';
import { createStops } from './app/stops.ts';
import { createStores, type Stores } from './app/stores.ts';
import { createSupervisorPart, type SupervisorEnvironment, turnLimits } from './app/supervisor.ts';
import { createLocalNode, refuseForeign } from './app/tunnel.ts';
import { startWatchdog } from './app/watchdog.ts';
import { createWayIn } from './app/way-in.ts';
import { createWorld, type World } from './app/world.ts';
import { createXray, registerXray } from './app/xray.ts';
import { createSubscriptions, createXrayPart } from './app/xray-work.ts';
import type { Config } from './config.ts';
import { LOCAL_NODE } from './core/ids.ts';
import type { LoopRecord } from './core/loop-record.ts';
import type { Language } from './core/ports/words.ts';
import { createHttpServer } from './entry/http/server.ts';
import { createDesk } from './services/desk.ts';
import { createLivingMessages } from './services/living-messages.ts';
import { createNodeActivity } from './services/node-activity.ts';
import { type RememberedSessions, rememberSessions } from './services/remember-sessions.ts';
import { createSessions } from './services/way-in/sessions.ts';
import type { WayInDeps } from './services/way-in/way-in.ts';

const LAG_WINDOW_MS = 10_000;

export interface AppOptions {
  readonly config: Config;
  /** Logs are made readable on a terminal. */
  readonly onTerminal: boolean;
  /** PATH for children; the environment is read in main. */
  readonly path: string | undefined;
  readonly supervisor: SupervisorEnvironment;
  /** File of the watchdog's thread. */
  readonly watchdogProgram: URL;
  /** Peers reach the internet through this machine. False for the demo. */
  readonly nat: boolean;
  /** What serves when the machine can carry no WireGuard. Null: that is an error. */
  readonly fallback: 'memory' | null;
  /** Takes the interface away at the end. Only the demo does. */
  readonly removeTunnelAtStop: boolean;
}

export interface Started {
  readonly port: number;
  readonly tunnel: 'kernel' | 'userspace' | 'memory';
  /** Where the first operator comes in; null when there is one already. */
  readonly setupLink: string | null;
}

export interface App {
  readonly world: World;
  /** Resolves when users are served. Throws one clear AppError, after undoing what had begun. */
  start(signal: AbortSignal): Promise<Started>;
  /** Lets what is in hand end within `graceMs`, then lets go of everything. Repeating is safe; never throws. */
  stop(graceMs: number): Promise<void>;
}

/** The composition root: here alone everybody is known. Parts begin from the ground up and end from the top down. */
export function buildApp(options: AppOptions): App {
  const { config } = options;
  const world = createWorld(config, options);
  const supervisor = createSupervisorPart(world, options.supervisor);
  const stops = createStops(world.log, world.clock);
  let parts: (() => ReadinessParts) | null = null;

  /** The ground: state folder, database with its schema, and the interface. */
  async function lay(signal: AbortSignal) {
    const lock = await holdStateDir(config.stateDir);
    stops.add('state folder', () => lock.release());
    const watchdog = startWatchdog(world, config, options.watchdogProgram);
    stops.add('watchdog', watchdog.stop);
    const { database, address, close, loops: databaseLoops } = await openDatabase(world, config, signal);
    stops.add('database', close);
    const stores = createStores(world, database);
    await migrateAll(world, address, stores.jobs);
    const wayIn = await createWayIn(world, stores.operators, config.stateDir);
    const local = await createLocalNode(world, { ...config, ...options });
    const name = config.wireguard.interfaceName;
    // What a killed demo left under the demo's own name is the demo's.
    if (options.removeTunnelAtStop) stops.add('interface', () => local.tunnel.remove());
    else await refuseForeign(local, name, signal);
    local.carry(await stores.nodes.addedPools(LOCAL_NODE));
    const { publicKey, endpoint, pool } = local;
    // Before the interface is touched: a pool that is refused must not cost those who are connected their server.
    await stores.nodes.register({ id: LOCAL_NODE, publicKey, endpoint, pools: [pool] });
    const { created } = await local.tunnel.ensureUp(signal);
    world.log.info({ interface: name, backend: local.tunnel.kind, created }, 'interface up');
    const xray = await createXray(world, config, stores.users);
    if (xray) {
      stops.add('xray', async () => xray.close());
      await registerXray(stores.nodes, xray);
    }
    return { watchdog, database, databaseLoops, stores, local, wayIn, xray };
  }

  type Ground = Awaited<ReturnType<typeof lay>>;

  /** What stands on it, built and not yet moving. */
  function furnish(ground: Ground) {
    const { watchdog, database, stores, local, xray } = ground;
    const { access: store, peers, inbox, jobs } = stores;
    const living = createLivingMessages(world.clock);
    const activity = createNodeActivity({ ...world, tunnel: local.tunnel });
    const rules = config.access;
    const words = createWords(TEXTS);
    const deviceWord = (language: Language) => words.say(language, 'device-word');
    const desk = createDesk({
      ...world,
      store,
      peers,
      living,
      activity,
      rules,
      deviceWord,
      vless: xray?.sale ?? null,
    });
    const bot = createBotPart(world, { telegram: config.telegram, desk, inbox, words });
    const node = createNodeWork(world, { ...config, ...bot, database, stores, local, living });
    const xrayWork = createXrayPart(world, { xray, config, stores, ...bot, living, node });
    const duties = { config, stores, local, courier: bot.courier, node, xray: xrayWork };
    const table = assignDuties(world, duties);
    const schedule = createSchedule(world, jobs, table);
    const lag = createLoopLag({ windowMs: LAG_WINDOW_MS });
    stops.add('loop lag', async () => lag.stop());
    const driven = xrayWork === null ? [] : [{ ...xrayWork, id: xrayWork.driven.id }];
    observe(world, { lag, stores, compared: [node, ...driven] });
    const loops = () => [
      ...ground.databaseLoops(),
      ...servingLoops({ jobs, schedule, node, bot }),
      ...(xrayWork?.records() ?? []),
    ];
    const allLoops = () => [watchdog.record(), ...supervisor.records(), ...loops()];
    const seen = { activity, node, xray: xrayWork, bot, lag, loops: allLoops };
    const watching = watch(ground, seen);
    observeLoops(world, watching.live.loops);
    const subscription = createSubscriptions(world, { xray, config, stores });
    return { database, jobs, bot, node, xrayWork, schedule, subscription, loops, ...watching };
  }

  /** What operators see of it: the way in, the pages, and the overview that moves. */
  function watch(
    { watchdog, database, stores, local, wayIn }: Ground,
    parts: Pick<LivePartDeps, 'node' | 'xray' | 'bot' | 'lag' | 'loops'> &
      Pick<PagesParts, 'node' | 'activity' | 'xray'>,
  ) {
    const logins = rememberLogins(world, wayIn, () => database.health().reachable);
    const live = createLivePart(world, {
      live: config.live,
      reconcileEveryMs: config.reconcile.intervalSeconds * 1000,
      freezes: watchdog.freezes,
      database,
      stores,
      ...parts,
      logins,
      ends: wayIn.ends,
    });
    const dashboard = createDashboardPart(world, {
      http: config.http,
      wayIn,
      logins,
      databaseAnsweredWithin: (ms) => database.health().lastSuccessAgeMs < ms,
      attention: live.attention,
      routes: () => [...live.routes, ...createPages(world, { ...parts, config, stores, local })],
    });
    return { dashboard, live };
  }

  async function setGoing(furnished: ReturnType<typeof furnish>, signal: AbortSignal) {
    const { database, jobs, bot, node, xrayWork, schedule, dashboard, live, loops } = furnished;
    node.holder.start();
    stops.add('node', () => node.holder.stop());
    await jobs.start();
    stops.add('jobs', (graceMs) => jobs.stop({ graceMs }));
    const { port } = startHttp(furnished);
    live.start(port);
    // Ended before the server is, which waits for the answers it is giving.
    stops.add('live pages', live.stop);
    const setupLink = await dashboard.announceSetup(port);
    schedule.start();
    stops.add('schedule', async () => schedule.stop());
    xrayWork?.start();
    stops.add('xray watch', async () => xrayWork?.stop());
    await node.holder.whenHeld(signal);
    bot.start();
    stops.add('bot', bot.stop);
    parts = () => ({
      database: database.health(),
      holdsNode: node.holder.epoch() !== null,
      bot: bot.status(),
      loops: loops(),
      breakers: world.breakers.states(),
    });
    supervisor.begin({
      loops: live.loops,
      reasons: () => readinessOf(parts?.() ?? null).reasons,
      limits: turnLimits(config),
    });
    stops.add('supervisor', supervisor.stop);
    return { port, setupLink };
  }

  function startHttp({ bot, subscription, dashboard }: ReturnType<typeof furnish>) {
    const server = createHttpServer({
      ...config.http,
      metricsGuard: metricsGuard(config.http.metricsToken),
      readiness: () => readinessOf(parts?.() ?? null),
      renderMetrics: () => world.metrics.render(),
      webhook: bot.webhook,
      subscription,
      dashboard: dashboard.dashboard,
      log: world.log,
      activity: world.activity,
    });
    const listening = server.start();
    stops.add('http', () => server.stop());
    return listening;
  }

  return {
    world,
    async start(signal) {
      try {
        const ground = await lay(signal);
        const going = await setGoing(furnish(ground), signal);
        return { ...going, tunnel: ground.local.tunnel.kind };
      } catch (error) {
        await stops.run(0);
        throw error;
      }
    },
    async stop(graceMs) {
      supervisor.stopping();
      parts = null;
      await stops.run(graceMs);
    },
  };
}

type Turning = { jobs: Stores['jobs']; schedule: Schedule; node: NodeWork; bot: BotPart };

/** What has to turn for users to be served. */
const servingLoops = ({ jobs, schedule, node, bot }: Turning): readonly LoopRecord[] => [
  ...jobs.loops(),
  ...schedule.records(),
  node.holder.record(),
  node.record(),
  ...bot.records(),
];

function rememberLogins(world: World, wayIn: WayInDeps, databaseAnswers: () => boolean): RememberedSessions {
  const { find, stillValid } = createSessions(wayIn);
  const { digest } = wayIn.tokens;
  return rememberSessions({ ...world, ends: wayIn.ends, find, stillValid, digest, databaseAnswers });
}
