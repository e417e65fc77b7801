import { describe, expect, test } from 'bun:test';
import { readFile, stat, symlink } from 'node:fs/promises';
import { tryHoldLock, withFileLock } from '../../../../src/server/adapters/system/flock.ts';
import { eventually } from '../../../support/eventually.ts';
import { failureOf, timeOf } from '../../../support/failures.ts';
import { openFds, tempFolder } from '../../../support/machine.ts';

const WAIT = { timeoutMs: 5_000 };

/** Another process (flock of util-linux) that holds the lock until told to let go. */
async function holdElsewhere(path: string) {
  const script = 'echo held; read -r _';
  const child = Bun.spawn(['flock', path, 'sh', '-c', script], { stdin: 'pipe', stdout: 'pipe' });
  await child.stdout.getReader().read();
  return {
    async letGo() {
      child.stdin.write('\n');
      await child.stdin.end();
      await child.exited;
    },
  };
}

/** Whether flock of util-linux finds the lock free. */
const isFree = (path: string) => Bun.spawnSync(['flock', '-n', path, 'true']).exitCode === 0;

describe('withFileLock', () => {
  test('excludes another process while work runs, and lets go after it', async () => {
    await using folder = await tempFolder();
    const path = folder.file('lock');
    const result = await withFileLock(path, WAIT, async () => isFree(path));
    expect(result).toBe(false);
    expect(isFree(path)).toBe(true);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test('waits for another process without blocking the event loop', async () => {
    await using folder = await tempFolder();
    const other = await holdElsewhere(folder.file('lock'));
    let done = false;
    const work = withFileLock(folder.file('lock'), WAIT, async () => {
      done = true;
    });
    let turns = 0;
    await eventually(() => ++turns > 5);
    expect(done).toBe(false);
    await other.letGo();
    await work;
    expect(done).toBe(true);
  });

  test('gives up in time while another process holds it, and at once when called off', async () => {
    await using folder = await tempFolder();
    const other = await holdElsewhere(folder.file('lock'));
    const never = async () => {
      throw new Error('work ran without the lock');
    };
    const late = withFileLock(folder.file('lock'), { timeoutMs: 100 }, never);
    expect((await failureOf(late)).code).toBe('timeout');
    const stop = new AbortController();
    const stopped = withFileLock(folder.file('lock'), { timeoutMs: 60_000, signal: stop.signal }, never);
    stop.abort();
    expect((await failureOf(stopped)).details.reason).toBe('called_off');
    await other.letGo();
    expect(isFree(folder.file('lock'))).toBe(true);
  });

  test('lets go when work throws', async () => {
    await using folder = await tempFolder();
    const work = async () => {
      throw new Error('mine');
    };
    await expect(withFileLock(folder.file('lock'), WAIT, work)).rejects.toThrow('mine');
    expect(isFree(folder.file('lock'))).toBe(true);
  });

  test('a child started while the lock is held does not inherit it', async () => {
    await using folder = await tempFolder();
    const path = folder.file('lock');
    const child = await withFileLock(path, WAIT, async () => Bun.spawn(['sleep', '60']));
    expect(isFree(path)).toBe(true);
    child.kill('SIGKILL');
    await child.exited;
  });

  test('64 callers in this process take turns and leave no descriptor', async () => {
    await using folder = await tempFolder();
    const before = openFds();
    let inside = 0;
    let most = 0;
    const turn = () =>
      withFileLock(folder.file('lock'), WAIT, async () => {
        most = Math.max(most, ++inside);
        await readFile('/proc/self/stat');
        inside--;
      });
    await Promise.all(Array.from({ length: 64 }, turn));
    expect(most).toBe(1);
    expect(openFds()).toBeLessThanOrEqual(before);
  });

  test('F-S17 refuses a symbolic link, and says when the folder is missing', async () => {
    await using folder = await tempFolder();
    await symlink(folder.file('target'), folder.file('link'));
    expect((await failureOf(withFileLock(folder.file('link'), WAIT, async () => 1))).code).toBe('forbidden');
    expect((await failureOf(withFileLock(folder.file('no/lock'), WAIT, async () => 1))).code).toBe(
      'unavailable',
    );
  });
});

describe('tryHoldLock', () => {
  test('a second holder gets a conflict that names the first, without waiting', async () => {
    await using folder = await tempFolder();
    const held = await tryHoldLock(folder.file('pid'));
    expect(await readFile(folder.file('pid'), 'utf8')).toBe(`${process.pid}\n`);
    expect(isFree(folder.file('pid'))).toBe(false);
    const second = tryHoldLock(folder.file('pid'));
    expect(await failureOf(second)).toMatchObject({
      code: 'conflict',
      details: { pid: String(process.pid) },
    });
    expect(await timeOf(second)).toBeLessThan(1_000);
    await held.release();
    await held.release();
    await (await tryHoldLock(folder.file('pid'))).release();
  });

  test('survives a garbage collection, and ends with a process that is killed', async () => {
    await using folder = await tempFolder();
    await tryHoldLock(folder.file('mine'));
    Bun.gc(true);
    expect(isFree(folder.file('mine'))).toBe(false);

    const flock = new URL('../../../../src/server/adapters/system/flock.ts', import.meta.url).pathname;
    const program = `const { tryHoldLock } = await import(${JSON.stringify(flock)});
      await tryHoldLock(process.argv[1]); console.log('held'); setInterval(() => {}, 1000);`;
    const child = Bun.spawn([process.execPath, '-e', program, folder.file('theirs')], { stdout: 'pipe' });
    await child.stdout.getReader().read();
    expect(isFree(folder.file('theirs'))).toBe(false);
    child.kill('SIGKILL');
    await child.exited;
    expect(isFree(folder.file('theirs'))).toBe(true);
  });
});
