import {
  chownSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { eventually } from './eventually.ts';
import { postgresTree } from './postgres-tree.ts';

const PREFIX = 'adit-test-pg-';
const NOBODY = { uid: 65_534, gid: 65_534 };

/** Speed over durability: nobody needs a test's data after a power cut. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  max_connections: '100',
  shared_buffers: '32MB',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  io_method: 'sync',
  log_min_messages: 'fatal',
};

export interface TestServer {
  readonly folder: string;
  readonly host: '127.0.0.1';
  readonly port: number;
  /** Folder of the unix socket; a client gives it as `host`, with the same port. */
  readonly socketFolder: string;
  readonly pid: () => number;
  /** False once the server has gone, by whatever end. */
  readonly running: () => boolean;
  url(database: string): string;
  /** `SIGINT` fast, `SIGQUIT` immediate, `SIGKILL`. Resolves when the server has gone. */
  kill(signal: 'SIGINT' | 'SIGQUIT' | 'SIGKILL'): Promise<void>;
  /** Starts again on the same data; resolves when it answers. */
  start(): Promise<void>;
  /** Stops and removes everything. */
  dispose(): Promise<void>;
}

/** A PostgreSQL of this process's own. Most tests want `testDatabase` instead, which shares one. */
export async function startTestServer(
  settings: Readonly<Record<string, string>> = {},
  /** On top of this process's: a wall clock of its own. */
  env: Readonly<Record<string, string>> = {},
): Promise<TestServer> {
  sweepLeftovers();
  const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  if (isRoot()) chownSync(folder, NOBODY.uid, NOBODY.gid);
  const data = join(folder, 'data');
  await initialise(data);
  const port = await freePort();
  const server = createServerHandle(folder, port, { ...SETTINGS, ...settings }, env);
  await server.start();
  return server;
}

function createServerHandle(
  folder: string,
  port: number,
  settings: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
): TestServer {
  let child: Bun.Subprocess | undefined;
  const flags = Object.entries({ ...settings, port: String(port), unix_socket_directories: folder });
  const argv = [join(postgresTree(), 'bin/postgres'), '-D', join(folder, 'data')];
  for (const [name, value] of flags) argv.push('-c', `${name}=${value}`);
  const url = (database: string) => `postgres://adit@127.0.0.1:${port}/${database}`;
  const janitor = startJanitor(folder);

  const kill: TestServer['kill'] = async (signal) => {
    child?.kill(signal);
    await child?.exited;
    child = undefined;
  };
  return {
    folder,
    host: '127.0.0.1',
    port,
    socketFolder: folder,
    pid: () => child?.pid ?? 0,
    running: () => child !== undefined && child.exitCode === null && child.signalCode === null,
    url,
    kill,
    async start() {
      // After a SIGKILL its children may still hold the memory: the first tries may end at once.
      await answers(url('postgres'), () => {
        if (child === undefined || child.exitCode !== null) child = spawn(argv, join(folder, 'log'), env);
      });
    },
    async dispose() {
      await kill('SIGQUIT');
      janitor.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * The parent-death signal stops the server when this test process ends, however it ends. Its environment is its own only
 * after it has stepped down: what is preloaded keeps things by pid that another user may not touch.
 */
function spawn(
  argv: readonly string[],
  logFile: string,
  env: Readonly<Record<string, string>>,
): Bun.Subprocess {
  const own = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const full = ['setpriv', '--pdeathsig', 'QUIT', ...stepDown(), '--', 'env', ...own, ...argv];
  const log = openSync(logFile, 'a');
  return Bun.spawn(full, { stdin: 'ignore', stdout: log, stderr: log });
}

/**
 * Removes the folder after this process has gone: bun's test runner fires no exit event. It reads a pipe that
 * ends with us, gives the server five seconds to stop, and is a session of its own so that Ctrl-C spares it.
 */
function startJanitor(folder: string): Bun.Subprocess {
  const wait = 'for i in $(seq 50); do [ -e "$1/data/postmaster.pid" ] || break; sleep 0.1; done';
  const script = `cat >/dev/null; ${wait}; rm -rf -- "$1"`;
  const argv = ['sh', '-c', script, 'janitor', folder];
  return Bun.spawn(argv, { stdin: 'pipe', stdout: 'ignore', stderr: 'ignore', detached: true });
}

/** A copy of a cluster made once a machine: initdb alone takes seconds when the machine is busy. */
async function initialise(data: string): Promise<void> {
  const cluster = `${postgresTree()}-data`;
  if (!existsSync(cluster)) await makeCluster(cluster);
  await succeed(['cp', '-a', cluster, data]);
}

async function makeCluster(cluster: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  if (isRoot()) chownSync(folder, NOBODY.uid, NOBODY.gid);
  const made = join(folder, 'data');
  const how = ['-U', 'adit', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--wal-segsize=1'];
  const initdb = [join(postgresTree(), 'bin/initdb'), '-D', made, ...how, '--no-sync', '--no-instructions'];
  await succeed(['setpriv', ...stepDown(), '--', ...initdb]);
  try {
    renameSync(made, cluster);
  } catch (error) {
    // Another test process was quicker; its cluster is as good as ours.
    if (!existsSync(cluster)) throw error;
  }
  rmSync(folder, { recursive: true });
}

async function succeed(argv: readonly string[]): Promise<void> {
  const child = Bun.spawn([...argv], { stdin: 'ignore', stdout: 'ignore', stderr: 'pipe', cwd: '/' });
  const said = await new Response(child.stderr).text();
  if ((await child.exited) !== 0) throw new Error(`${argv.join(' ')}: ${said}`);
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function stepDown(): string[] {
  if (!isRoot()) return [];
  return [`--reuid=${NOBODY.uid}`, `--regid=${NOBODY.gid}`, '--clear-groups'];
}

/** The kernel's pick of a free TCP port. Somebody else may take it before the server does; rare enough. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function answers(url: string, ensureRunning: () => void): Promise<void> {
  await eventually(
    async () => {
      ensureRunning();
      const sql = postgres(url, { max: 1, connect_timeout: 2, onnotice: () => {} });
      await sql`SELECT 1`.finally(() => sql.end({ timeout: 0 }));
    },
    { withinMs: 15_000, everyMs: 25 },
  );
}

/** A test process that was killed could not clean up: its server and folder go now. */
function sweepLeftovers(): void {
  for (const name of readdirSync(tmpdir())) {
    const owner = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    const folder = join(tmpdir(), name);
    killServerIn(folder);
    rmSync(folder, { recursive: true, force: true });
  }
}

function killServerIn(folder: string): void {
  try {
    const pid = Number(readFileSync(join(folder, 'data/postmaster.pid'), 'utf8').split('\n')[0]);
    const ours = readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder);
    if (ours) process.kill(pid, 'SIGQUIT');
  } catch {
    // No server there any more.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
