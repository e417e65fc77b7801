/**
 * The compiled binary with everything around it real and everything within reach of a fault: PostgreSQL behind a proxy, a
 * wall clock that can be moved, a small disk for its state, a `wg` with moods, a supervisor that starts it again.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import postgres from 'postgres';
import { type AditRig, createAditRig, RIG_DATABASE_PASSWORD } from '../support/adit-rig.ts';
import { createMoodyWg, type MoodyWg } from '../support/moody-wg.ts';
import { firstLine } from '../support/place.ts';
import { startTestServer, type TestServer } from '../support/postgres-server.ts';
import { mountTmpfs, type SmallDisk } from '../support/tmpfs.ts';
import { createWallClock, type WallClock } from '../support/wall-clock.ts';
import { createPulse, type Pulse } from './pulse.ts';
import { createSupervisor, type Supervisor } from './supervisor.ts';
import type { Timeline } from './timeline.ts';

export const HTTP_PORT = 8_080;
const PROXY_PORT = 15_432;
const DISK_KIB = 2_048;
export const RECONCILE_SECONDS = 3;

export type ProxyOrder = 'stall' | 'half-open' | 'deaf' | 'reset' | 'drop' | 'refuse' | 'heal';

export interface House {
  /** Its `sql`, `stateDir` and `wgConf` are those of this house. */
  readonly rig: AditRig;
  readonly supervisor: Supervisor;
  readonly postgres: TestServer;
  readonly disk: SmallDisk;
  readonly wg: MoodyWg;
  readonly clock: WallClock;
  readonly pulse: Pulse;
  proxy(order: ProxyOrder): void;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function createHouse(
  timeline: Timeline,
  env: Readonly<Record<string, string>> = {},
): Promise<House> {
  await using undo = new AsyncDisposableStack();
  const clock = undo.use(await createWallClock());
  // Before the namespace, which sees the mounts there were when it was made.
  const disk = undo.use(mountTmpfs(DISK_KIB));
  const wg = undo.use(await createMoodyWg());
  // Without synchronous_commit a killed server forgets its last commits, which no client could make good.
  const server = await startTestServer({ synchronous_commit: 'on', autovacuum: 'on' }, clock.env);
  undo.defer(server.dispose);
  const rig = await createRig(disk, wg, clock, env);
  undo.defer(() => rig[Symbol.asyncDispose]());
  const sql = postgres({ ...socketOf(server), max: 4, onnotice: () => undefined });
  undo.defer(() => sql.end({ timeout: 1 }));
  const proxy = await startProxy(rig, server);
  undo.defer(() => proxy.end());
  const whole = { ...rig, sql, stateDir: join(disk.path, 'state'), wgConf: () => readConf(disk) };
  const pulse = undo.use(createPulse(rig.place, HTTP_PORT));
  const supervisor = createSupervisor(whole, HTTP_PORT, timeline, pulse.follow);
  undo.defer(supervisor.end);
  const parts = undo.move();
  return {
    ...{ rig: whole, supervisor, postgres: server, disk, wg, clock, pulse, proxy: proxy.order },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

const readConf = (disk: SmallDisk) => readFile(join(disk.path, 'state', 'wg0.conf'), 'utf8');

const socketOf = (server: TestServer) => ({
  host: server.socketFolder,
  port: server.port,
  database: 'postgres',
  user: 'adit',
});

function createRig(disk: SmallDisk, wg: MoodyWg, clock: WallClock, env: Readonly<Record<string, string>>) {
  return createAditRig({
    tunnel: 'userspace',
    env: {
      ...clock.env,
      PATH: wg.path,
      STATE_DIR: join(disk.path, 'state'),
      DATABASE_URL: `postgres://adit:${RIG_DATABASE_PASSWORD}@127.0.0.1:${PROXY_PORT}/postgres`,
      HTTP_PORT: String(HTTP_PORT),
      LOG_LEVEL: 'info',
      RECONCILE_INTERVAL_SECONDS: String(RECONCILE_SECONDS),
      WG_COMMAND_TIMEOUT_MS: '2000',
      ...env,
    },
  });
}

/** Inside the namespace; PostgreSQL's unix socket is the same file everywhere. */
async function startProxy(rig: AditRig, server: TestServer) {
  const program = new URL('programs/database-proxy.ts', import.meta.url).pathname;
  const socket = join(server.socketFolder, `.s.PGSQL.${server.port}`);
  const argv = [...rig.place.prefix, process.execPath, program, String(PROXY_PORT), socket];
  const child = Bun.spawn(argv, { stdin: 'pipe', stdout: 'pipe', stderr: 'inherit' });
  await firstLine(child.stdout);
  return {
    order(order: ProxyOrder) {
      child.stdin.write(`${order}\n`);
      child.stdin.flush();
    },
    async end() {
      child.kill('SIGKILL');
      await child.exited;
    },
  };
}
