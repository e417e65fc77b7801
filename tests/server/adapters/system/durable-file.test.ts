import { describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sweepTemps, writeFileDurably } from '../../../../src/server/adapters/system/durable-file.ts';
import { failureOf } from '../../../support/failures.ts';
import { openFds, tempFolder } from '../../../support/machine.ts';
import { mountTmpfs } from '../../../support/tmpfs.ts';

const PRIVATE = { mode: 0o600 };

describe('writeFileDurably', () => {
  test('writes and replaces, with exactly the mode, and leaves no temp file', async () => {
    await using folder = await tempFolder();
    const path = folder.file('wg0.conf');
    await writeFileDurably(path, 'one', PRIVATE);
    await writeFileDurably(path, 'два', { mode: 0o666 });
    expect(await readFile(path, 'utf8')).toBe('два');
    expect((await stat(path)).mode & 0o777).toBe(0o666);
    expect(await readdir(folder.path)).toEqual(['wg0.conf']);
  });

  test('replaces a symbolic link and leaves its target alone', async () => {
    await using folder = await tempFolder();
    await writeFile(folder.file('target'), 'theirs');
    await symlink(folder.file('target'), folder.file('link'));
    await writeFileDurably(folder.file('link'), 'ours', PRIVATE);
    expect(await readFile(folder.file('target'), 'utf8')).toBe('theirs');
    expect(await readFile(folder.file('link'), 'utf8')).toBe('ours');
  });

  test('F-W2 on a full disk the old file stays, no temp file remains, and it heals when there is room', async () => {
    using disk = mountTmpfs(64);
    const path = join(disk.path, 'wg0.conf');
    const old = 'old '.repeat(8_000);
    await writeFileDurably(path, old, PRIVATE);
    const before = openFds();
    for (let i = 0; i < 20; i++) {
      const error = await failureOf(writeFileDurably(path, 'new '.repeat(9_000), PRIVATE));
      expect(error).toMatchObject({ code: 'unavailable', details: { errno: 'ENOSPC' } });
    }
    expect(await readFile(path, 'utf8')).toBe(old);
    expect(await readdir(disk.path)).toEqual(['wg0.conf']);
    expect(openFds()).toBeLessThanOrEqual(before);
    await writeFileDurably(path, 'short', PRIVATE);
    expect(await readFile(path, 'utf8')).toBe('short');
  });

  test('F-W2 on a disk turned read-only the old file stays, and it heals', async () => {
    using disk = mountTmpfs(64);
    const path = join(disk.path, 'wg0.conf');
    await writeFileDurably(path, 'old', PRIVATE);
    disk.remount('ro');
    const error = await failureOf(writeFileDurably(path, 'new', PRIVATE));
    expect(error).toMatchObject({ code: 'unavailable', details: { errno: 'EROFS' } });
    expect(await readFile(path, 'utf8')).toBe('old');
    disk.remount('rw');
    await writeFileDurably(path, 'new', PRIVATE);
    expect(await readFile(path, 'utf8')).toBe('new');
  });

  test('a missing folder is internal: nobody can heal that by waiting', async () => {
    expect((await failureOf(writeFileDurably('/no-such-folder/f', 'x', PRIVATE))).code).toBe('internal');
  });

  test('F-W1 a reader at 1 kHz never sees a torn or missing file under 8 writers', async () => {
    await using folder = await tempFolder();
    const path = folder.file('wg0.conf');
    const text = (n: number) => `${n}\n`.repeat(10_000);
    await writeFileDurably(path, text(0), PRIVATE);
    const reader = new Worker(new URL('./torn-file-reader.ts', import.meta.url), { env: { WATCHED: path } });
    await message(reader, 'reading');
    let enough = false;
    const done = message(reader, 'done').finally(() => {
      enough = true;
    });
    const write = async (n: number) => {
      while (!enough) await writeFileDurably(path, text(n), PRIVATE);
    };
    await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(write));
    const { versions, torn } = await done;
    expect(torn).toBe(0);
    expect(versions).toBeGreaterThan(100);
    expect(new Set(readFileSync(path, 'utf8').trimEnd().split('\n')).size).toBe(1);
    expect(await readdir(folder.path)).toEqual(['wg0.conf']);
  }, 20_000);
});

interface ReaderMessage {
  readonly kind: string;
  readonly versions: number;
  readonly torn: number;
}

function message(worker: Worker, kind: string): Promise<ReaderMessage> {
  return new Promise((resolve, reject) => {
    worker.addEventListener('error', reject);
    worker.addEventListener('message', ({ data }) => {
      if (data.kind === kind) resolve(data);
    });
  });
}

test('sweepTemps removes what a crash left beside this file, and nothing else', async () => {
  await using folder = await tempFolder();
  const kept = ['wg0.conf', '.wg0.conf.lock', '.other.018f.tmp', 'wg0.conf.tmp'];
  for (const name of [...kept, '.wg0.conf.018f.tmp', '.wg0.conf.0190.tmp'])
    await writeFile(folder.file(name), '');
  expect(await sweepTemps(folder.file('wg0.conf'))).toBe(2);
  expect((await readdir(folder.path)).toSorted()).toEqual(kept.toSorted());
  expect(await sweepTemps(folder.file('wg0.conf'))).toBe(0);
});

test('F-W2 a disk that stands still: told within the limit, and what was given up never comes out on top', async () => {
  await using folder = await tempFolder();
  const path = folder.file('wg0.conf');
  const program = new URL('../../../support/programs/slow-disk-writer.ts', import.meta.url).pathname;
  const slow = [
    'strace',
    '-f',
    '-qq',
    '-o',
    '/dev/null',
    '-e',
    'trace=fsync',
    '-e',
    'inject=fsync:delay_enter=2000000:when=1',
  ];
  const child = Bun.spawn([...slow, process.execPath, program, path, '300'], { stdout: 'pipe' });
  const { ending, tookMs } = await new Response(child.stdout).json();
  expect(await child.exited).toBe(0);
  expect(ending).toBe('timeout');
  expect(tookMs).toBeLessThan(1500);
  expect(readFileSync(path, 'utf8')).toBe('later\n');
  expect(await readdir(folder.path)).toEqual(['wg0.conf']);
}, 20_000);
