import type { GrpcInbound } from '../adapters/xray/grpc-inbound.ts';
import type { Endpoint } from '../config/kinds.ts';
import type { Config } from '../config.ts';
import { AppError } from '../core/errors.ts';
import type { Secret } from '../core/secret.ts';
import { createSupervisedLoop, type SupervisedLoop } from '../core/supervised-loop.ts';
import type { ExitCode } from '../entry/cli/exit-code.ts';
import { isLoopback } from '../entry/http/metrics-guard.ts';
import { createUserApi } from '../entry/http/user-api/server.ts';
import { metricsGuard } from './metrics-guard.ts';
import { observeLoops } from './observe.ts';
import { type Outside, runUntilStopped, standard } from './serve.ts';
import { holdStateDir } from './state-dir.ts';
import { createStops } from './stops.ts';
import { createSupervisorPart } from './supervisor.ts';
import { startWatchdog } from './watchdog.ts';
import { createWorld, type World } from './world.ts';
import { localXray } from './xray-inbound.ts';

/** An Xray that was started anew has its users back within this time and the few milliseconds it takes to put them. */
const LOOK_EVERY_MS = 1000;
/** Xray not heard of for this long: not ready. */
const SILENT_AFTER_MS = 5000;
/** A look that takes this long beside its calls hangs. */
const TURN_MS = 30_000;

/** `adit xray-api`: the user API of docs/xray-api.md beside an Xray. No database, no bot, no interface. */
export async function xrayApi(config: Config, outside: Outside): Promise<ExitCode> {
  const { grpcAddress: address, apiKey: key } = config.xray;
  // The rules of the configuration have seen to both.
  if (address === null || key === null) throw new AppError('invalid', 'There is no Xray to serve.');
  return runUntilStopped(buildXrayApi(config, { address, key }, outside), outside, async () => undefined);
}

function buildXrayApi(
  config: Config,
  given: { readonly address: Endpoint; readonly key: Secret },
  outside: Outside,
) {
  const world = createWorld(config, standard(config, outside));
  const supervisor = createSupervisorPart(world, outside.supervisor);
  const stops = createStops(world.log, world.clock);

  async function start(): Promise<void> {
    const lock = await holdStateDir(config.stateDir);
    stops.add('state folder', () => lock.release());
    const watchdog = startWatchdog(world, config, outside.watchdogProgram);
    stops.add('watchdog', watchdog.stop);
    const inbound = localXray(world, config, given.address, { restores: true });
    stops.add('xray', async () => inbound.close());
    const loop = watchXray(world, inbound);
    observe(world, loop);
    const loops = () => [watchdog.record(), ...supervisor.records(), loop.record()];
    observeLoops(world, loops);
    loop.start();
    stops.add('watch', () => loop.stop());
    const server = createServer(world, config, given.key, inbound, loop);
    server.start();
    stops.add('http', () => server.stop());
    warnOfOpenAir(world, config);
    const limits = { [loop.record().name]: TURN_MS + 3 * config.xray.apiTimeoutMs };
    supervisor.begin({ loops, reasons: () => reasonsOf(loop), limits });
    stops.add('supervisor', supervisor.stop);
  }

  return {
    world,
    async start() {
      try {
        await start();
      } catch (error) {
        await stops.run(0);
        throw error;
      }
    },
    async stop(graceMs: number) {
      supervisor.stopping();
      await stops.run(graceMs);
    },
  };
}

/** Looks every second, whoever else asks: users come back though nobody calls. */
function watchXray({ clock, log, activity }: World, inbound: GrpcInbound): SupervisedLoop {
  const work = async (signal: AbortSignal) => {
    await inbound.look(signal);
  };
  return createSupervisedLoop({ name: 'xray', pause: LOOK_EVERY_MS, clock, log, activity, work });
}

function createServer(world: World, config: Config, key: Secret, inbound: GrpcInbound, loop: SupervisedLoop) {
  const { metricsToken, host, port } = config.http;
  return createUserApi({
    host,
    port,
    key,
    inbound,
    timeoutMs: config.xray.apiTimeoutMs * 2,
    metricsGuard: metricsGuard(metricsToken),
    readiness: () => ({ ready: hearsXray(loop), reasons: reasonsOf(loop) }),
    renderMetrics: () => world.metrics.render(),
    clock: world.clock,
    log: world.log,
  });
}

const reasonsOf = (loop: SupervisedLoop): readonly string[] =>
  hearsXray(loop) ? [] : ['the Xray does not answer at XRAY_GRPC_ADDRESS'];

const hearsXray = (loop: SupervisedLoop): boolean => {
  const { lastSuccessAgeMs } = loop.record();
  return lastSuccessAgeMs !== null && lastSuccessAgeMs < SILENT_AFTER_MS;
};

function observe({ metrics }: World, loop: SupervisedLoop): void {
  metrics.observe('xray_up', 'Whether the Xray answers: 1 or 0.', [], () => [
    { labels: {}, value: hearsXray(loop) ? 1 : 0 },
  ]);
}

function warnOfOpenAir({ log }: World, { http }: Config): void {
  if (http.host === 'localhost' || isLoopback(http.host)) return;
  const advice = 'the user API speaks plain HTTP: put a proxy with TLS, or a tunnel, in front of it';
  log.warn({ host: http.host }, advice);
}
