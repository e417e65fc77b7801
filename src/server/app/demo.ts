import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildApp, type Started } from '../app.ts';
import { type Config, type Environment, parseConfig } from '../config.ts';
import { AppError } from '../core/errors.ts';
import type { ExitCode } from '../entry/cli/exit-code.ts';
import { createSimulator } from '../simulator/simulator.ts';
import { type Outside, runUntilStopped, standard } from './serve.ts';
import { createWorld } from './world.ts';

export interface DemoOptions {
  readonly port: number | undefined;
  readonly environment: Environment;
  readonly cwd: string;
  readonly out: (text: string) => void;
}

const CHAT_PORT = 8081;
/** A token of the right shape; the simulator knows no other. */
const DEMO_TOKEN = '1000000001:adit-demo-token-for-the-simulator-0';
const INTERFACE = 'adit-demo';
const LISTEN_PORT = '51899';
const POOL = '10.213.0.0/20';
const NOWHERE = 'http://127.0.0.1:9';

/**
 * `adit demo`: everything for real on this machine, with a built-in Telegram. Its state lies in a folder of its own
 * and its interface is its own; both are gone when it ends.
 */
export async function demo(options: DemoOptions, outside: Outside): Promise<ExitCode> {
  const problems = problemsOf(options);
  for (const problem of problems) outside.err(`adit: ${problem}\n`);
  if (problems.length > 0) return 2;
  const stateDir = await mkdtemp(join(tmpdir(), 'adit-demo-'));
  try {
    return await play(options, outside, stateDir);
  } finally {
    await rm(stateDir, { recursive: true, force: true });
  }
}

async function play(options: DemoOptions, outside: Outside, stateDir: string): Promise<ExitCode> {
  const world = createWorld(configOf(options, stateDir, NOWHERE), { ...outside });
  const port = options.port ?? CHAT_PORT;
  const simulator = createSimulator({
    ...world,
    botToken: DEMO_TOKEN,
    host: '127.0.0.1',
    port,
    limits: 'documented',
  });
  const { apiRoot, chatUrl } = await simulator.start();
  simulator.control.createUser({ firstName: 'Maria', languageCode: 'en' });
  try {
    const config = configOf(options, stateDir, apiRoot);
    const extra = { nat: false, fallback: 'memory', removeTunnelAtStop: true } as const;
    const app = buildApp({ ...standard(config, outside), ...extra });
    return await runUntilStopped(app, outside, async (started) => options.out(welcome(chatUrl, started)));
  } finally {
    await simulator.stop();
  }
}

/**
 * What the demo decides itself stands last: with the environment of a real Adit in the shell it must not touch that
 * one's database, config file or network. Everything else may be set as for `adit serve`.
 */
function parsedFor(options: Pick<DemoOptions, 'environment' | 'cwd'>, stateDir: string, apiRoot: string) {
  const defaults = { HTTP_PORT: '0', LOG_LEVEL: 'error' };
  const decided = {
    STATE_DIR: stateDir,
    DATABASE_URL: undefined,
    BOT_TOKEN: DEMO_TOKEN,
    TELEGRAM_API_ROOT: apiRoot,
    TELEGRAM_MODE: 'polling',
    WG_INTERFACE: INTERFACE,
    WG_ENDPOINT: `127.0.0.1:${LISTEN_PORT}`,
    WG_LISTEN_PORT: LISTEN_PORT,
    WG_POOL: POOL,
    WG_POOL_V6: undefined,
    WG_CONFIG_PATH: undefined,
    WG_CONFIG_LOCK_PATH: undefined,
  };
  const environment = { ...defaults, ...options.environment, ...decided };
  return parseConfig(environment, { asService: false, cwd: options.cwd });
}

/** Of what was given from outside; the rest is the demo's own. */
const problemsOf = (options: DemoOptions): readonly string[] =>
  parsedFor(options, options.cwd, NOWHERE).problems ?? [];

export function configOf(
  options: Pick<DemoOptions, 'environment' | 'cwd'>,
  stateDir: string,
  apiRoot: string,
): Config {
  const { ok, problems } = parsedFor(options, stateDir, apiRoot);
  if (ok) return ok;
  throw new AppError('invalid', problems.join('\nadit: '));
}

function welcome(chatUrl: string, { tunnel, setupLink }: Started): string {
  const real = {
    kernel: `real WireGuard in the kernel, interface ${INTERFACE}`,
    userspace: `real WireGuard by wireguard-go, interface ${INTERFACE}`,
    memory: 'NO REAL TUNNEL: this machine can carry no WireGuard, configs will not connect',
  }[tunnel];
  return [
    '',
    '  Adit is running, with a Telegram of its own.',
    '',
    `    Chat       ${chatUrl}    type /start and get a config`,
    `    Dashboard  ${setupLink}    works once: choose a name and a password`,
    `    Tunnel     ${real}`,
    '',
    '  Ctrl-C ends it and takes everything away again.',
    '',
    '',
  ].join('\n');
}
