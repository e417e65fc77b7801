/** F-W1, F-W2: many writers at once, writers that are killed in the middle, and a disk that breaks. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../../../src/server/adapters/system/clock.ts';
import { sweepTemps, writeFileDurably } from '../../../../src/server/adapters/system/durable-file.ts';
import { withFileLock } from '../../../../src/server/adapters/system/flock.ts';
import { createConfigFile } from '../../../../src/server/adapters/wireguard/config-file.ts';
import { createKeyMaker } from '../../../../src/server/adapters/wireguard/key-maker.ts';
import { parseServerConfig } from '../../../../src/server/core/server-config.ts';
import { tempFolder } from '../../../support/machine.ts';
import { peerAt } from '../../../support/wireguard-rig.ts';

setDefaultTimeout(60_000);

const PROGRAMS = join(import.meta.dir, '..', '..', '..', 'support', 'programs');

/** A process of its own that looks at the file all the time; `finish` returns what it saw. */
async function reader(path: string) {
  const child = Bun.spawn([process.execPath, join(PROGRAMS, 'config-reader.ts'), path], {
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'inherit',
  });
  const output = child.stdout.getReader();
  await output.read();
  return {
    async finish(): Promise<{ looks: number; sizes: number; slowestMs: number; bad: string | null }> {
      child.stdin.end();
      const { value } = await output.read();
      return JSON.parse(new TextDecoder().decode(value));
    },
  };
}

/** A process that writes the file `times` times, with strace breaking what `injections` say. */
async function writer(folder: string, seed: number, times: number, injections: readonly string[] = []) {
  const own = [process.execPath, join(PROGRAMS, 'config-writer.ts')];
  const args = [join(folder, 'wg0.conf'), join(folder, 'lock'), `${seed}`, `${times}`];
  const strace = [
    'strace',
    '-f',
    '-qqq',
    '-o',
    '/dev/null',
    ...injections.flatMap((text) => ['-e', `inject=${text}`]),
  ];
  const argv = injections.length === 0 ? [...own, ...args] : [...strace, ...own, ...args];
  const child = Bun.spawn(argv, { stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' });
  const [stdout, stderr] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  await child.exited;
  return {
    wrote: stdout.split('\n').length - 1,
    stderr,
    killed: child.signalCode === 'SIGKILL' || child.exitCode === 137,
  };
}

const peersOf = async (folder: string) =>
  parseServerConfig(await readFile(join(folder, 'wg0.conf'), 'utf8')).peers;

describe('F-W1', () => {
  test('64 writers at once, in this process and others: a reader never sees a bad file, the last list stays', async () => {
    await using folder = await tempFolder();
    const lists = Array.from({ length: 64 }, (_, list) =>
      Array.from({ length: list * 3 }, (_, index) => peerAt(index + 2)),
    );
    const file = createConfigFile({
      path: folder.file('wg0.conf'),
      lockPath: folder.file('lock'),
      lockTimeoutMs: 30_000,
      clock: systemClock,
      withFileLock,
      writeFileDurably,
      sweepTemps,
      server: {
        name: 'wg0',
        privateKey: createKeyMaker().keyPair().privateKey,
        listenPort: 51820,
        address4: '10.66.0.1/16',
        address6: 'fd00:66::1/64',
        mtu: 1420,
        nat: true,
        dnsToHost: true,
      },
    });
    await file.write([]);
    const watching = await reader(folder.file('wg0.conf'));
    const foreign = [1, 2].map((seed) => writer(folder.path, seed, 30));
    await Promise.all(lists.map((peers) => file.write(peers)));
    await Promise.all(foreign);
    await file.write(lists[63]!);
    const seen = await watching.finish();
    expect(seen.bad).toBeNull();
    expect(seen.looks).toBeGreaterThan(100);
    expect(seen.sizes).toBeGreaterThan(5);
    expect(await peersOf(folder.path)).toEqual(lists[63]!);
    expect((await readdir(folder.path)).sort()).toEqual(['lock', 'wg0.conf']);
  });

  // The calls are counted in each thread, so the number only spreads where it strikes.
  const strikes = [1, 2, 3].flatMap((seed) =>
    ['write', 'fsync', 'rename'].map((call) => [call, call === 'write' ? 25 * seed : seed] as const),
  );

  test('a writer killed at write, fsync or rename leaves a whole file, and the next one is not held up', async () => {
    await using folder = await tempFolder();
    expect((await writer(folder.path, 0, 1)).wrote).toBe(1);
    const watching = await reader(folder.file('wg0.conf'));
    const deaths: string[] = [];
    for (const [index, [call, when]] of strikes.entries()) {
      const { killed, wrote } = await writer(folder.path, index, 40, [`${call}:signal=KILL:when=${when}`]);
      if (killed) deaths.push(call);
      expect(wrote).toBeLessThan(41);
      await peersOf(folder.path);
    }
    expect(new Set(deaths)).toEqual(new Set(['write', 'fsync', 'rename']));
    expect((await writer(folder.path, 7, 2)).wrote).toBe(2);
    expect((await peersOf(folder.path)).length).toBe((2 * 37 + 7) % 200);
    expect((await readdir(folder.path)).sort()).toEqual(['lock', 'wg0.conf']);
    expect((await watching.finish()).bad).toBeNull();
  });
});

describe('F-W2', () => {
  test.each(['EIO', 'ENOSPC'])(
    '%s at fsync: said as unavailable, the old file stays, and it heals',
    async (errno) => {
      await using folder = await tempFolder();
      await writer(folder.path, 3, 1);
      const before = await peersOf(folder.path);
      const broken = await writer(folder.path, 5, 1, [`fsync:error=${errno}`]);
      expect(broken.wrote).toBe(0);
      expect(broken.stderr).toMatch(/unavailable/);
      expect(await peersOf(folder.path)).toEqual(before);
      expect((await readdir(folder.path)).sort()).toEqual(['lock', 'wg0.conf']);
      expect((await writer(folder.path, 5, 1)).wrote).toBe(1);
      expect((await peersOf(folder.path)).length).toBe(42);
    },
  );
});
