import { describe, expect, test } from 'bun:test';
import { readFile } from 'node:fs/promises';
import { createProcessRunner } from '../../../../src/server/adapters/process/process-runner.ts';
import { anyCall, createDoorKit, type DoorKitOptions } from '../../../support/door-kit.ts';
import { eventually } from '../../../support/eventually.ts';
import { failureOf, timeOf } from '../../../support/failures.ts';
import { children, isAlive, openFds, tempFolder } from '../../../support/machine.ts';

function setUp(options?: DoorKitOptions) {
  const kit = createDoorKit(options);
  return { ...kit, runner: createProcessRunner({ ...kit, book: anyCall(5_000) }) };
}

const sh = (script: string, ...args: string[]): [string, ...string[]] => ['sh', '-c', script, 'sh', ...args];

async function pidsIn(path: string, count: number): Promise<number[]> {
  return await eventually(async () => {
    const pids = (await readFile(path, 'utf8')).trim().split('\n').map(Number);
    expect(pids).toHaveLength(count);
    return pids;
  });
}

const allDead = (pids: readonly number[]) => eventually(() => !pids.some(isAlive), { withinMs: 1_000 });

describe('run', () => {
  test('gives output, error output and exit code', async () => {
    const { runner } = setUp();
    const result = await runner.run({ argv: sh('echo out; echo err >&2') });
    expect(result).toMatchObject({ stdout: 'out\n', stderr: 'err\n', exitCode: 0 });
    expect(result.durationMs).toBeGreaterThan(0);
  });

  test('feeds one megabyte of input, by its descriptor and by /dev/stdin, through no file that has a name', async () => {
    const { runner } = setUp();
    const input = 'é0123456789abcde'.repeat(65_536);
    expect((await runner.run({ argv: ['cat'], input })).stdout).toBe(input);
    // `wg` and `nft -f -` open it a second time, which a socket refuses (ENXIO).
    expect((await runner.run({ argv: ['cat', '/dev/stdin'], input })).stdout).toBe(input);
    expect((await runner.run({ argv: ['readlink', '/proc/self/fd/0'], input })).stdout).toMatch(
      /^\/dev\/shm\/#\d+ \(deleted\)$/m,
    );
  });

  test('input leaves no descriptor behind, whether the child reads it or cannot even start', async () => {
    const { runner } = setUp();
    await runner.run({ argv: ['cat'], input: 'x' });
    const before = openFds();
    for (let round = 0; round < 50; round++) {
      await runner.run({ argv: ['cat'], input: 'x' });
      await runner.run({ argv: ['true'], input: 'x' });
      await failureOf(runner.run({ argv: ['no-such-program'], input: 'x' }));
    }
    await eventually(() => openFds() <= before);
  });

  test('a child that does not read its input still ends by its own exit code', async () => {
    const { runner } = setUp();
    const result = await runner.run({ argv: ['true'], input: 'x'.repeat(1_000_000) });
    expect(result.exitCode).toBe(0);
  });

  test('the environment of a child is PATH and LANG only', async () => {
    const { runner } = setUp();
    const { stdout } = await runner.run({ argv: ['/usr/bin/env'] });
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.split('=')[0])
        .toSorted(),
    ).toEqual(['LANG', 'PATH']);
    const own = await runner.run({ argv: ['/usr/bin/env'], env: { ONLY: 'this' } });
    expect(own.stdout).toBe('ONLY=this\n');
  });

  test('a wrong exit code is internal and carries the end of standard error', async () => {
    const { runner } = setUp();
    const error = await failureOf(runner.run({ argv: sh('echo why >&2; exit 3'), name: 'wg.show' }));
    expect(error.code).toBe('internal');
    expect(error.details).toMatchObject({ exitCode: 3, stderr: 'why\n' });
    const fine = await runner.run({ argv: sh('exit 3'), okCodes: [0, 3] });
    expect(fine.exitCode).toBe(3);
  });

  test('a missing program, folder or right to execute is unavailable', async () => {
    const { runner } = setUp();
    expect((await failureOf(runner.run({ argv: ['no-such-program'] }))).code).toBe('unavailable');
    expect((await failureOf(runner.run({ argv: ['/etc/passwd'] }))).code).toBe('unavailable');
    expect((await failureOf(runner.run({ argv: ['ls'], cwd: '/no-such-folder' }))).code).toBe('unavailable');
  });

  test('F-S2 arguments reach the program as they are; impossible ones are refused', async () => {
    const { runner } = setUp();
    const odd = ['-rf', '--', 'a b', '$(reboot)', '"; exit', "'", '*'];
    const { stdout } = await runner.run({ argv: ['printf', '%s\\n', ...odd] });
    expect(stdout).toBe(`${odd.join('\n')}\n`);
    expect((await failureOf(runner.run({ argv: ['echo', 'x'.repeat(1_000_000)] }))).code).toBe('invalid');
    expect((await failureOf(runner.run({ argv: ['echo', 'a\0b'] }))).code).toBe('invalid');
  });

  test('F-S2 a secret given as input shows in no argv and no environment of the child', async () => {
    const { runner } = setUp();
    const secret = 'c2VjcmV0LXByaXZhdGUta2V5LW9mLXRoaXMtdGVzdCE=';
    const look =
      'cat /proc/$$/cmdline /proc/$$/environ | tr "\\0" "\\n"; read -r line; [ -n "$line" ] && echo got-it';
    const { stdout } = await runner.run({ argv: sh(look), input: `${secret}\n` });
    expect(stdout).toContain('got-it');
    expect(stdout).not.toContain(secret);
  });
});

describe('F-L9 a child that does not end by itself', () => {
  test('hangs: timeout within its deadline, and the child is dead', async () => {
    await using folder = await tempFolder();
    const { runner } = setUp();
    const run = runner.run({ argv: sh('echo $$ > "$1"; exec sleep 60', folder.file('pid')), timeoutMs: 300 });
    const [error, took] = await Promise.all([failureOf(run), timeOf(run)]);
    expect(error.code).toBe('timeout');
    expect(took).toBeLessThan(600);
    await allDead(await pidsIn(folder.file('pid'), 1));
  });

  test('ignores TERM: it dies all the same', async () => {
    await using folder = await tempFolder();
    const { runner } = setUp();
    const script = 'trap "" TERM; echo $$ > "$1"; while :; do sleep 0.05; done';
    const run = runner.run({ argv: sh(script, folder.file('pid')), timeoutMs: 300 });
    expect((await failureOf(run)).code).toBe('timeout');
    await allDead(await pidsIn(folder.file('pid'), 1));
  });

  test('hangs together with a grandchild that holds stdout: both dead', async () => {
    await using folder = await tempFolder();
    const { runner } = setUp();
    const script = 'sleep 60 & echo $! > "$1"; echo $$ >> "$1"; wait';
    const run = runner.run({ argv: sh(script, folder.file('pids')), timeoutMs: 300 });
    const [error, took] = await Promise.all([failureOf(run), timeOf(run)]);
    expect(error.code).toBe('timeout');
    expect(took).toBeLessThan(600);
    await allDead(await pidsIn(folder.file('pids'), 2));
  });

  test('exits and leaves a grandchild with stdout behind: the output is whole, the grandchild dead', async () => {
    const { runner } = setUp();
    const run = runner.run({ argv: sh('sleep 60 & echo $!'), timeoutMs: 3_000 });
    expect(await timeOf(run)).toBeLessThan(1_000);
    await allDead([Number((await run).stdout)]);
  });

  test('a grandchild that left the group and holds stdout keeps us no longer than the deadline', async () => {
    await using folder = await tempFolder();
    const { runner } = setUp();
    const fds = openFds();
    const runaway = `setsid sh -c 'echo $$ > "$1"; exec sleep 60' sh "$1"`;
    const script = `${runaway} & while [ ! -s "$1" ]; do sleep 0.01; done`;
    const run = runner.run({ argv: sh(script, folder.file('pid')), timeoutMs: 300 });
    const [error, took] = await Promise.all([failureOf(run), timeOf(run)]);
    expect(error.code).toBe('timeout');
    expect(took).toBeLessThan(600);
    await eventually(() => openFds() <= fds);
    for (const pid of await pidsIn(folder.file('pid'), 1)) process.kill(pid, 'SIGKILL');
  });

  test('prints 100 MB: exhausted, dead, and never held in memory', async () => {
    await using folder = await tempFolder();
    const { runner } = setUp();
    const before = process.memoryUsage().rss;
    const script = 'echo $$ > "$1"; exec head -c 100000000 /dev/zero';
    const run = runner.run({ argv: sh(script, folder.file('pid')), maxOutputBytes: 1_000_000 });
    expect((await failureOf(run)).code).toBe('exhausted');
    expect(process.memoryUsage().rss - before).toBeLessThan(50_000_000);
    await allDead(await pidsIn(folder.file('pid'), 1));
  });

  test('prints too much on standard error: exhausted as well', async () => {
    const { runner } = setUp();
    const run = runner.run({ argv: sh('exec head -c 2000000 /dev/zero >&2'), maxOutputBytes: 1_000_000 });
    expect((await failureOf(run)).code).toBe('exhausted');
  });

  test('exits 0 with garbage: handed back for the caller to judge', async () => {
    const { runner } = setUp();
    const { stdout, exitCode } = await runner.run({ argv: ['head', '-c', '1000', '/dev/urandom'] });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('\uFFFD');
  });

  test('is called off: unavailable at once, dead, before and after its start', async () => {
    await using folder = await tempFolder();
    const { runner, metrics } = setUp();
    const stop = new AbortController();
    const argv = sh('echo $$ > "$1"; exec sleep 60', folder.file('pid'));
    const run = runner.run({ argv, signal: stop.signal });
    const pids = await pidsIn(folder.file('pid'), 1);
    stop.abort();
    expect((await failureOf(run)).details.reason).toBe('called_off');
    await allDead(pids);
    expect((await failureOf(runner.run({ argv, signal: stop.signal }))).code).toBe('unavailable');
    expect(await metrics.render()).toContain('adit_processes_started_total{program="sh"} 1');
  });
});

test('F-L9 200 runs of every ending leave no descriptor and no child', async () => {
  const { runner } = setUp({ threshold: 1_000 });
  const endings = [
    () => runner.run({ argv: ['echo', 'x'] }),
    () => runner.run({ argv: ['sleep', '60'], timeoutMs: 5 }),
    () => runner.run({ argv: ['head', '-c', '100000', '/dev/zero'], maxOutputBytes: 1_000 }),
    () => runner.run({ argv: ['cat'], input: 'x'.repeat(100_000) }),
    () => runner.run({ argv: ['true'], input: 'x'.repeat(100_000) }),
    () => runner.run({ argv: ['no-such-program'] }),
    () => runner.run({ argv: sh('sleep 60 & exit 1') }),
    () => runner.run({ argv: ['sleep', '60'], signal: AbortSignal.timeout(5) }),
  ];
  // The suite's PostgreSQL may be a child of this process as well.
  const others = new Set(children());
  const left = () => children().filter((pid) => !others.has(pid));
  await Promise.allSettled(endings.map((ending) => ending()));
  await eventually(() => left().length === 0);
  const before = openFds();
  for (let round = 0; round < 25; round++) await Promise.allSettled(endings.map((ending) => ending()));
  await eventually(() => {
    expect(left()).toEqual([]);
    expect(openFds()).toBeLessThanOrEqual(before);
  });
}, 30_000);

describe('F-L5 the breaker of a call', () => {
  test('opens on timeouts and refuses without starting a process; other calls go on', async () => {
    const { runner, metrics } = setUp({ threshold: 3 });
    const hang = () => runner.run({ argv: ['sleep', '60'], timeoutMs: 20, name: 'wg.show' });
    for (let i = 0; i < 3; i++) expect((await failureOf(hang())).code).toBe('timeout');
    const refused = await failureOf(hang());
    expect(refused).toMatchObject({ code: 'unavailable', details: { reason: 'breaker_open' } });
    await runner.run({ argv: ['sleep', '0'], name: 'other' });
    const text = await metrics.render();
    expect(text).toContain('adit_breaker_open{call="wg.show"} 1');
    expect(text).toContain('adit_processes_started_total{program="sleep"} 4');
    expect(text).toContain('adit_call_failures_total{call="wg.show",reason="timeout"} 3');
    expect(text).toContain('adit_call_failures_total{call="wg.show",reason="breaker_open"} 1');
  });

  test('opens when the program cannot be started, and heals when it is there', async () => {
    const { runner, breakers } = setUp({ threshold: 2, halfOpenAfterMs: 50 });
    const missing = () => runner.run({ argv: ['no-such-program'], name: 'x' });
    await failureOf(missing());
    await failureOf(missing());
    expect(breakers.for('x').state).toBe('open');
    await eventually(() => runner.run({ argv: ['true'], name: 'x' }));
    expect(breakers.for('x').state).toBe('closed');
  });

  test('stays closed for exit codes, impossible arguments and calls called off', async () => {
    const { runner, breakers } = setUp({ threshold: 2 });
    for (let i = 0; i < 5; i++) {
      await failureOf(runner.run({ argv: ['false'], name: 'x' }));
      await failureOf(runner.run({ argv: ['echo', 'a\0'], name: 'x' }));
      await failureOf(runner.run({ argv: ['true'], name: 'x', signal: AbortSignal.abort() }));
    }
    expect(breakers.for('x').state).toBe('closed');
  });
});
