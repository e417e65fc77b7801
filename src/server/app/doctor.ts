import { statfs } from 'node:fs/promises';
import { describeAddress, parseDatabaseUrl } from '../adapters/postgres/address.ts';
import { createDatabase } from '../adapters/postgres/client.ts';
import { detectBackend } from '../adapters/wireguard/detect-backend.ts';
import type { Config } from '../config.ts';
import { AppError, toAppError } from '../core/errors.ts';
import { type HealthCheck, worstState } from '../core/health-report.ts';
import type { ExitCode } from '../entry/cli/exit-code.ts';
import { doctorJson, renderDoctor } from '../entry/cli/render-report.ts';
import { askXray } from './ask-xray.ts';
import { createBotProbe } from './bot-probe.ts';
import { type Outside, standard } from './serve.ts';
import { inspectStateDir } from './state-dir.ts';
import { createWorld, type World } from './world.ts';

export interface ReportOptions {
  readonly json: boolean;
  readonly colours: boolean;
  readonly out: (text: string) => void;
}

/** What a check answers: what was found, or a throw whose message says what is wrong. */
interface Probe {
  readonly name: string;
  readonly advice: string;
  look(): Promise<string | { readonly warn: string }>;
}

const LEAST_FREE_BYTES = 500 * 1024 * 1024;

/** `adit doctor`: looks at everything that serving needs, at once; changes nothing that lasts. */
export async function doctor(config: Config, outside: Outside, options: ReportOptions): Promise<ExitCode> {
  const quiet: Config = { ...config, log: { ...config.log, level: 'error' } };
  const world = createWorld(quiet, standard(quiet, outside));
  const checks = await Promise.all(probes(world, config).map(examine));
  const report = { takenAt: world.clock.now(), checks };
  options.out(options.json ? doctorJson(report) : renderDoctor(report, options));
  return worstState(checks.map((each) => each.state)) === 'fail' ? 1 : 0;
}

async function examine({ name, advice, look }: Probe): Promise<HealthCheck> {
  try {
    const found = await look();
    return typeof found === 'string'
      ? { name, state: 'ok', found, advice: null }
      : { name, state: 'warn', found: found.warn, advice };
  } catch (error) {
    return { name, state: 'fail', found: toAppError(error).message, advice };
  }
}

function probes(world: World, config: Config): readonly Probe[] {
  const dir = config.stateDir;
  return [
    {
      name: 'State folder',
      advice: `make it yours alone: mkdir -p ${dir} && chmod 700 ${dir}`,
      look: () => inspectStateDir(dir),
    },
    {
      name: 'Disk',
      advice: 'free some space, or move STATE_DIR to a larger disk',
      look: () => freeSpace(dir),
    },
    {
      name: 'PostgreSQL',
      advice: 'check DATABASE_URL, or unset it to use the bundled PostgreSQL',
      look: () => askDatabase(world, config),
    },
    {
      name: 'WireGuard',
      advice: 'apt-get install wireguard-tools wireguard-go, and run as root or with CAP_NET_ADMIN',
      look: () => askWireguard(world, config),
    },
    program(world, 'ip', ['ip', '-V'], 'iproute2'),
    program(world, 'nft', ['nft', '--version'], 'nftables'),
    ...xrayProbe(world, config),
    {
      name: 'Telegram',
      advice: 'check BOT_TOKEN (@BotFather has it) and that this machine reaches TELEGRAM_API_ROOT',
      look: () => askTelegram(world, config),
    },
  ];
}

/** Nothing is said of an Xray where nobody configured one. */
function xrayProbe(world: World, config: Config): readonly Probe[] {
  const { grpcAddress, apiUrl, vlessLink } = config.xray;
  if (grpcAddress === null && apiUrl === null && vlessLink === null) return [];
  const advice =
    grpcAddress === null
      ? 'check XRAY_API_URL and XRAY_API_KEY, and that adit xray-api runs there'
      : 'start Xray with an api inbound and StatsService; check XRAY_GRPC_ADDRESS (v2ray: XRAY_GRPC_PACKAGE=v2ray.core)';
  return [{ name: 'Xray', advice, look: () => askXray(world, config) }];
}

async function freeSpace(dir: string): Promise<string | { readonly warn: string }> {
  const { bavail, bsize } = await statfs(dir).catch(() => statfs('/'));
  const free = bavail * bsize;
  const found = `${Math.round(free / 1024 / 1024)} MiB free`;
  return free < LEAST_FREE_BYTES ? { warn: found } : found;
}

async function askDatabase(world: World, config: Config): Promise<string> {
  if (config.database.url === null) return 'the bundled one, started by adit serve';
  const address = parseDatabaseUrl(config.database.url.reveal());
  const {
    acquireTimeoutMs,
    statementTimeoutMs,
    idleInTransactionTimeoutMs: idleInTxTimeoutMs,
  } = config.database;
  const limits = { acquireTimeoutMs, statementTimeoutMs, idleInTxTimeoutMs };
  const database = createDatabase({ ...world, ...limits, address, poolMin: 1, poolMax: 4 });
  try {
    await database.start();
    const rows = await database.raw.execute(`select current_setting('server_version') as version`);
    return `version ${rows[0]?.version} at ${describeAddress(address)}`;
  } finally {
    await database.close(0);
  }
}

async function askWireguard(world: World, config: Config): Promise<string | { readonly warn: string }> {
  if (config.wireguard.backend === 'memory')
    return { warn: 'WG_BACKEND=memory: no config will ever connect' };
  const { kind, reasons } = await detectBackend({ runner: world.runner });
  if (kind === null) throw new AppError('unavailable', reasons.join('; '));
  return kind === 'kernel' ? 'in the kernel' : `by wireguard-go (${reasons.join('; ')})`;
}

function program(world: World, name: string, argv: [string, ...string[]], debianPackage: string): Probe {
  return {
    name,
    advice: `apt-get install ${debianPackage}`,
    look: async () => (await world.runner.run({ argv, name: 'doctor.look' })).stdout.trim(),
  };
}

async function askTelegram(world: World, config: Config): Promise<string | { readonly warn: string }> {
  if (config.telegram === null) return { warn: 'BOT_TOKEN is not set: there will be no bot' };
  return `the bot is @${await createBotProbe(world, config.telegram)()}`;
}
