import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { DatabaseAddress } from '../../../../../src/server/adapters/postgres/address.ts';
import type { BundledPostgres } from '../../../../../src/server/adapters/postgres/bundled/bundled-postgres.ts';
import { prepareFolders } from '../../../../../src/server/adapters/postgres/bundled/folders.ts';
import { bundledIn } from '../../../../support/bundled.ts';
import { databaseOn } from '../../../../support/database.ts';
import { silentLog } from '../../../../support/door-kit.ts';
import { eventually } from '../../../../support/eventually.ts';
import { failureOf } from '../../../../support/failures.ts';
import { isAlive, tempFolder } from '../../../../support/machine.ts';

// The first test of a process pays for the server, on a machine that may be busy.
setDefaultTimeout(20_000);

type Folder = Awaited<ReturnType<typeof tempFolder>>;

const isRoot = process.getuid?.() === 0;
const dataOf = (stateDir: string) => join(stateDir, 'postgres/server/data');
const postmasterOf = (stateDir: string) =>
  Number(readFileSync(join(dataOf(stateDir), 'postmaster.pid'), 'utf8').split('\n')[0]);

/** One question over a pool of its own. */
async function ask(address: DatabaseAddress, text: string): Promise<readonly Record<string, unknown>[]> {
  const database = databaseOn(address);
  return database.raw.execute(text).finally(() => database.close(1_000));
}

describe('a bundled server', () => {
  let folder: Folder;
  let server: BundledPostgres;
  let address: DatabaseAddress;

  beforeAll(async () => {
    folder = await tempFolder();
    server = await bundledIn(folder.path);
    address = await server.start();
  }, 30_000);
  afterAll(async () => {
    await server.stop();
    await folder[Symbol.asyncDispose]();
  });

  test('is durable, small, without TCP, and has room for the pool', async () => {
    const [row] = await ask(
      address,
      `SELECT current_setting('fsync') AS fsync, current_database() AS name,
      current_setting('synchronous_commit') AS commit, current_setting('listen_addresses') AS tcp,
      current_setting('max_connections') AS connections, current_setting('server_version_num')::int / 10000 AS major`,
    );
    expect(row).toEqual({
      fsync: 'on',
      name: 'postgres',
      commit: 'on',
      tcp: '',
      connections: '13',
      major: 18,
    });
  });

  test('never runs as root, and only its own group may pass through STATE_DIR', () => {
    const uid = statSync(`/proc/${postmasterOf(folder.path)}`).uid;
    expect(uid).not.toBe(0);
    expect((statSync(folder.path).mode & 0o777).toString(8)).toBe(isRoot ? '710' : '700');
    expect((statSync(address.host).mode & 0o777).toString(8)).toBe('700');
    expect((statSync(dataOf(folder.path)).mode & 0o777).toString(8)).toBe('700');
  });

  test('start repeated gives the same server', async () => {
    expect(await server.start()).toEqual(address);
    expect(server.restarts()).toBe(0);
  });

  test('a second Adit on the same STATE_DIR is refused with the pid of the first', async () => {
    const second = await bundledIn(folder.path);
    const failure = await failureOf(second.start());
    expect(failure.code).toBe('conflict');
    expect(failure.message).toContain(String(process.pid));
    await second.stop();
    expect(await ask(address, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });

  test('killed, it is started again by itself; users meanwhile see unavailable', async () => {
    const database = databaseOn(address);
    await database.raw.execute('CREATE TABLE kept AS SELECT 1 AS n');
    const before = server.restarts();
    process.kill(postmasterOf(folder.path), 'SIGKILL');
    const failure = await eventually(() => failureOf(database.raw.execute('SELECT 1')), { everyMs: 1 });
    expect(failure.code).toBe('unavailable');
    await eventually(
      async () => expect(await database.raw.execute('SELECT n FROM kept')).toEqual([{ n: 1 }]),
      { withinMs: 10_000 },
    );
    expect(server.restarts()).toBe(before + 1);
    await database.close(1_000);
  }, 20_000);

  test('stopped, it is gone; started again, its data are there, in well under a second', async () => {
    const pid = postmasterOf(folder.path);
    await server.stop();
    await server.stop();
    expect(isAlive(pid)).toBe(false);
    server = await bundledIn(folder.path);
    const startedAt = performance.now();
    await server.start();
    expect(performance.now() - startedAt).toBeLessThan(1_500);
    expect(await ask(address, 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
  }, 20_000);
});

describe('a STATE_DIR that was used before', () => {
  let folder: Folder;
  beforeAll(async () => {
    folder = await tempFolder();
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  const own = async (stateDir: string) => {
    const program = join(import.meta.dir, '../../../../support/bundled-owner.ts');
    const child = Bun.spawn([process.execPath, program, stateDir], { stdout: 'pipe', stderr: 'inherit' });
    const reader = child.stdout.getReader();
    const { value } = await reader.read();
    return {
      child,
      said: JSON.parse(new TextDecoder().decode(value)) as DatabaseAddress & { failed?: string },
    };
  };

  test('a server whose Adit is killed stops by itself and starts again cleanly; a second process is refused meanwhile', async () => {
    const first = await own(folder.path);
    const pid = postmasterOf(folder.path);
    await ask(first.said, 'CREATE TABLE kept AS SELECT 7 AS n');
    const second = await own(folder.path);
    expect(second.said.failed).toContain(`already running here (pid ${first.child.pid})`);
    expect(await second.child.exited).toBe(0);

    first.child.kill('SIGKILL');
    await eventually(() => expect(isAlive(pid)).toBe(false), { withinMs: 10_000 });
    const again = await bundledIn(folder.path);
    expect(await ask(await again.start(), 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
    await again.stop();
  }, 30_000);

  test('a server still there is stopped before the next one starts', async () => {
    const first = await own(folder.path);
    const pid = postmasterOf(folder.path);
    // A client that will not leave, and a server that has no time to stop before we come.
    const guest = databaseOn(first.said);
    await guest.raw.execute('SELECT 1');
    process.kill(pid, 'SIGSTOP');
    first.child.kill('SIGKILL');
    await first.child.exited;
    const noticed = Promise.withResolvers<void>();
    const log = { ...silentLog(), warn: () => noticed.resolve() };
    const again = await bundledIn(folder.path, { log });
    const starting = again.start();
    await noticed.promise;
    process.kill(pid, 'SIGCONT');
    expect(await ask(await starting, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    expect(isAlive(pid)).toBe(false);
    await guest.close(0);
    await again.stop();
  }, 40_000);

  test('a pid file that names somebody else by now is no reason not to start', async () => {
    const innocent = Bun.spawn(['sleep', '60']);
    writeFileSync(
      join(dataOf(folder.path), 'postmaster.pid'),
      `${innocent.pid}\n${dataOf(folder.path)}\n1\n`,
    );
    const two = await bundledIn(folder.path);
    await two.start();
    expect(innocent.exitCode).toBeNull();
    innocent.kill();
    await two.stop();
  }, 30_000);

  test('what a torn start left behind does not matter', async () => {
    const server = await bundledIn(folder.path);
    const address = await server.start();
    await server.stop();
    const programs = join(folder.path, 'postgres');
    mkdirSync(join(programs, 'programs-0.0.1.part/bin'), { recursive: true });
    mkdirSync(join(programs, 'server/data.new/half'), { recursive: true });
    const again = await bundledIn(folder.path);
    expect(await again.start()).toEqual(address);
    expect(existsSync(join(programs, 'programs-0.0.1.part'))).toBe(false);
    await again.stop();
  }, 30_000);

  test('data of another major version are left alone', async () => {
    writeFileSync(join(dataOf(folder.path), 'PG_VERSION'), '17\n');
    const failure = await failureOf((await bundledIn(folder.path)).start());
    expect(failure).toMatchObject({ code: 'conflict', details: { found: '17', ours: '18' } });
  }, 30_000);
});

describe('folders of a bundled server', () => {
  test('a STATE_DIR behind a closed folder is refused with the way out', async () => {
    await using folder = await tempFolder();
    const closed = join(folder.path, 'root');
    mkdirSync(closed, { mode: 0o700 });
    chmodSync(folder.path, 0o755);
    const server = await bundledIn(join(closed, 'adit'), { uid: 0 });
    const failure = await failureOf(server.start());
    expect(failure).toMatchObject({ code: 'invalid', details: { closed } });
    expect(failure.message).toContain('set STATE_DIR=/var/lib/adit');
    await server.stop();
  });

  test('what one user made goes along to the next, and no further than its folder', async () => {
    await using folder = await tempFolder();
    chmodSync(folder.path, 0o755);
    const outside = folder.file('outside');
    writeFileSync(outside, '');
    const first = await prepareFolders(folder.file('state'), { name: 'nobody', uid: 65_534, gid: 65_534 });
    mkdirSync(join(first.data, 'base'), { recursive: true });
    symlinkSync(folder.path, join(first.data, 'link'));
    const second = await prepareFolders(folder.file('state'), { name: 'daemon', uid: 1, gid: 1 });
    expect(second).toEqual(first);
    expect(statSync(join(first.data, 'base')).uid).toBe(1);
    expect(statSync(outside).uid).toBe(0);
  });

  test('a STATE_DIR too long for a socket gets a short folder of its own', async () => {
    await using folder = await tempFolder();
    chmodSync(folder.path, 0o755);
    const server = await bundledIn(join(folder.path, 'x'.repeat(100)));
    const address = await server.start();
    expect(address.host).toMatch(/^\/tmp\/adit-socket-[0-9a-f]{16}$/);
    expect(await ask(address, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    await server.stop();
    rmSync(address.host, { recursive: true });
  }, 30_000);
});
