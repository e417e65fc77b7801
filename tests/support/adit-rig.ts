/**
 * The compiled binary with everything around it for real: PostgreSQL, Telegram's simulator, and a WireGuard interface in
 * a network namespace of its own (or, without one, the memory backend). Everything a test asks, it asks from outside.
 */
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres, { type Sql } from 'postgres';
import { type AditProcess, startAdit } from './adit-process.ts';
import { createNamespace, type Namespace } from './netns.ts';
import { firstLine, here, type Place, placeIn } from './place.ts';
import { type TestDatabase, testDatabase } from './postgres.ts';
import { type SimulatorControl, simulatorControl } from './simulator-control.ts';

export const BINARY = new URL('../../dist/adit', import.meta.url).pathname;
export const RIG_TOKEN = '4242:RIG-TOKEN_of-the-whole-binary-000000000';
/** The test's server trusts everybody; that a password is given at all is for those who look where it turns up. */
export const RIG_DATABASE_PASSWORD = 'rig-password-of-the-database';

export interface RigOptions {
  /** `userspace`: a real interface in a namespace; needs root. `memory`: no interface, on this machine. */
  readonly tunnel: 'userspace' | 'memory';
  /** On top of what the rig sets. */
  readonly env?: Readonly<Record<string, string>>;
  /** False: the binary runs its own bundled PostgreSQL. Default true: a fresh database of the suite's server. */
  readonly ownDatabase?: boolean;
}

export interface AditRig {
  readonly place: Place;
  /** Null with the memory backend. */
  readonly namespace: Namespace | null;
  readonly control: SimulatorControl;
  /** The database of the test's server; with the bundled one, an unused one. */
  readonly database: TestDatabase;
  /** Looks into the database the binary uses, its bundled one too. */
  readonly sql: Sql;
  /** DB_POOL_MAX of the binary. */
  readonly poolMax: number;
  readonly stateDir: string;
  /** Where the binary starts: an empty folder, not the project's. */
  readonly cwd: string;
  readonly token: string;
  /** The environment that `start` hands over. */
  readonly env: Readonly<Record<string, string>>;
  /** Every run of the binary so far. */
  readonly runs: readonly AditProcess[];
  /** Starts the binary; resolves when it is ready, unless told not to wait. */
  start(options?: {
    readonly env?: Readonly<Record<string, string>>;
    readonly wait?: boolean;
  }): Promise<AditProcess>;
  /** Public key to allowed-ips, as `wg` itself tells. */
  wgPeers(): Promise<ReadonlyMap<string, readonly string[]>>;
  wgConf(): Promise<string>;
  [Symbol.asyncDispose](): Promise<void>;
}

const ENDPOINT_PORT = '51820';

export async function createAditRig(options: RigOptions): Promise<AditRig> {
  if (!existsSync(BINARY)) throw new Error('dist/adit is missing: run ./build.sh first');
  const namespace = options.tunnel === 'userspace' ? await createNamespace() : null;
  const place = namespace ? await placeIn(namespace) : here;
  const database = await testDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'adit-rig-'));
  // The bundled server's own user passes through here.
  await chmod(folder, 0o711);
  const stateDir = join(folder, 'state');
  const cwd = await mkdtemp(join(tmpdir(), 'adit-cwd-'));
  const simulator = await startSimulatorProcess(place, cwd);
  const { host, port, database: name, user } = database.socket;
  const env: Readonly<Record<string, string>> = {
    PATH: process.env.PATH ?? '',
    STATE_DIR: stateDir,
    // A unix socket is the same file in every network namespace.
    ...(options.ownDatabase === false
      ? {}
      : {
          DATABASE_URL: `postgres://${user}:${RIG_DATABASE_PASSWORD}@localhost:${port}/${name}?host=${host}`,
        }),
    BOT_TOKEN: RIG_TOKEN,
    TELEGRAM_API_ROOT: `http://127.0.0.1:${simulator.port}`,
    HTTP_PORT: '0',
    LOG_FORMAT: 'json',
    LOG_LEVEL: 'debug',
    WG_BACKEND: options.tunnel,
    WG_ENDPOINT: `127.0.0.1:${ENDPOINT_PORT}`,
    ...options.env,
  };
  const runs: AditProcess[] = [];
  const bundled = { host: join(stateDir, 'postgres/run'), port: 5432, database: 'postgres', user: 'adit' };
  const sql =
    options.ownDatabase === false ? postgres({ ...bundled, max: 2, onnotice: () => {} }) : database.admin;

  return {
    place,
    namespace,
    control: simulatorControl(place, simulator.port, RIG_TOKEN),
    database,
    sql,
    poolMax: Number(env.DB_POOL_MAX ?? 15),
    stateDir,
    cwd,
    token: RIG_TOKEN,
    env,
    runs,
    async start({ env: extra = {}, wait = true } = {}) {
      const adit = startAdit(place, [BINARY, 'serve'], { cwd, env: { ...env, ...extra } });
      runs.push(adit);
      if (wait) await adit.ready();
      return adit;
    },
    async wgPeers() {
      const { stdout } = await namespace!.exec(['wg', 'show', env.WG_INTERFACE ?? 'wg0', 'allowed-ips']);
      const rows = stdout.split('\n').filter((line) => line !== '');
      return new Map(rows.map((row) => [row.split('\t')[0]!, row.split('\t')[1]!.split(' ')]));
    },
    wgConf: () => readFile(join(stateDir, 'wg0.conf'), 'utf8'),
    async [Symbol.asyncDispose]() {
      for (const adit of runs) await adit.kill('SIGKILL');
      await sql.end({ timeout: 1 });
      await simulator.stop();
      await place.dispose();
      await namespace?.dispose();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
      await rm(cwd, { recursive: true, force: true });
    },
  };
}

async function startSimulatorProcess(place: Place, cwd: string) {
  const child = Bun.spawn([...place.prefix, BINARY, 'simulator', '--port', '0'], {
    cwd,
    env: { PATH: process.env.PATH ?? '', BOT_TOKEN: RIG_TOKEN, SIMULATOR_LIMITS: 'off' },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'inherit',
  });
  const port = Number(/:(\d+)$/.exec(await firstLine(child.stdout))?.[1]);
  return {
    port,
    async stop() {
      child.kill('SIGKILL');
      await child.exited;
    },
  };
}
