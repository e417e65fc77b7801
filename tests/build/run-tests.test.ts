import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../support/eventually.ts';

const RUNNER = new URL('../../src/build/run-tests.ts', import.meta.url).pathname;
const EVENTUALLY = new URL('../support/eventually.ts', import.meta.url).pathname;

let project: string;
beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'adit-runner-'));
});
afterAll(() => rm(project, { recursive: true, force: true }));

interface Run {
  readonly exitCode: number;
  readonly output: string;
  /** What build.sh adds to its own counts. */
  readonly counts: string;
}

/** Runs the runner over a project of these test files. */
async function runOver(files: Readonly<Record<string, string>>, ...options: readonly string[]): Promise<Run> {
  await rm(join(project, 'tests'), { recursive: true, force: true });
  for (const [path, body] of Object.entries(files)) {
    await Bun.write(join(project, path), body);
  }
  const results = join(project, 'results');
  const child = Bun.spawn([process.execPath, RUNNER, '--results', results, ...options], {
    cwd: project,
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const [out, err, exitCode] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { exitCode, output: out + err, counts: (await readFile(results, 'utf8')).trim() };
}

const GOOD = "import { test } from 'bun:test';\ntest('fine', () => {});";

describe('the test runner', () => {
  test('counts over all groups and names what failed', async () => {
    const bad = "import { expect, test } from 'bun:test';\ntest('wrong', () => expect(1).toBe(2));";
    const run = await runOver({
      'tests/a.test.ts': GOOD,
      'tests/e2e/b.test.ts': GOOD,
      'tests/c.test.ts': bad,
    });
    expect(run.counts).toBe('2 1');
    expect(run.exitCode).toBe(1);
    expect(run.output).toContain('tests/c.test.ts > wrong');
  });

  test('files of the whole binary have a process of their own, two at once', async () => {
    const meet = (own: string, other: string) => `
      import { test } from 'bun:test';
      import { eventually } from '${EVENTUALLY}';
      import { existsSync } from 'node:fs';
      globalThis.met = (globalThis.met ?? 0) + 1;
      test('meets the other', async () => {
        if (globalThis.met !== 1) throw new Error('shares a process');
        await Bun.write('${own}', '');
        await eventually(() => existsSync('${other}'), { withinMs: 10_000 });
      });`;
    const [a, b] = [join(project, 'a-was-here'), join(project, 'b-was-here')];
    const run = await runOver({ 'tests/e2e/a.test.ts': meet(a, b), 'tests/e2e/b.test.ts': meet(b, a) });
    expect(run).toMatchObject({ counts: '2 0', exitCode: 0 });
  });

  test('is content when all is well', async () => {
    const run = await runOver({ 'tests/a.test.ts': GOOD });
    expect(run).toMatchObject({ counts: '1 0', exitCode: 0 });
  });

  test('a file that cannot be loaded and a file without a test are failures', async () => {
    const run = await runOver({
      'tests/a.test.ts': GOOD,
      'tests/broken.test.ts': "throw new Error('load');",
      'tests/empty.test.ts': 'export {};',
    });
    expect(run.counts).toBe('1 2');
    expect(run.output).toMatch(/broken\.test\.ts\n +ran no test/);
    expect(run.output).toMatch(/empty\.test\.ts\n +ran no test/);
  });

  test('a filter that fits no file is a failure', async () => {
    const run = await runOver({ 'tests/a.test.ts': GOOD }, 'nothing-like-it');
    expect(run).toMatchObject({ counts: '0 1', exitCode: 1 });
  });

  test('a filter takes only its files', async () => {
    const run = await runOver({ 'tests/a.test.ts': GOOD, 'tests/b.test.ts': GOOD }, 'tests/b');
    expect(run.counts).toBe('1 0');
  });

  test('a hang is a failure that names the file at work', async () => {
    const hang = "import { test } from 'bun:test';\ntest('hangs', () => { for (;;); });";
    const run = await runOver({ 'tests/hang.test.ts': hang }, '--limit-minutes', '0.02');
    expect(run.counts).toBe('0 1');
    expect(run.output).toContain('at work: tests/hang.test.ts');
  });

  test('a test file that ends the process is a failure', async () => {
    const leaving = "import { test } from 'bun:test';\ntest('leaves', () => process.exit(0));";
    const run = await runOver({ 'tests/leaving.test.ts': leaving });
    expect(run.counts).toBe('0 1');
  });

  test('a process left running is a failure, whatever it did to get away, and it is ended', async () => {
    const leak = `import { test } from 'bun:test';
      test('leaks', async () => {
        const argv = ['setsid', 'sh', '-c', 'sleep 987 >/dev/null & echo $!'];
        const child = Bun.spawn(argv, { env: { PATH: process.env.PATH } });
        await Bun.write('pid', new Response(child.stdout));
      });`;
    const run = await runOver({ 'tests/leak.test.ts': leak });
    expect(run.counts).toBe('1 1');
    expect(run.output).toContain('a process was left running: sleep 987');
    const pid = (await readFile(join(project, 'pid'), 'utf8')).trim();
    expect(pid).toMatch(/^\d+$/);
    expect(existsSync(`/proc/${pid}`)).toBe(false);
    // Longer than the farewell it gets.
  }, 30_000);

  test('a test that asks whether its grandchild is dead sees no zombie', async () => {
    const asks = `import { test } from 'bun:test';
      import { existsSync } from 'node:fs';
      import { eventually } from '${EVENTUALLY}';
      test('asks', async () => {
        const child = Bun.spawn(['sh', '-c', 'sleep 0.2 >/dev/null & echo $!']);
        const pid = (await child.stdout.text()).trim();
        await child.exited;
        await eventually(() => !existsSync('/proc/' + pid));
      });`;
    const run = await runOver({ 'tests/asks.test.ts': asks });
    expect(run.counts).toBe('1 0');
  });

  test('ended from outside, it takes its test process along', async () => {
    const hang = `import { test } from 'bun:test';
      test('hangs', async () => {
        await Bun.write('hanging', String(process.pid));
        for (;;);
      });`;
    await Bun.write(join(project, 'hanging'), '');
    await rm(join(project, 'tests'), { recursive: true, force: true });
    await Bun.write(join(project, 'tests/hang.test.ts'), hang);
    const runner = Bun.spawn([process.execPath, RUNNER], {
      cwd: project,
      stdout: 'ignore',
      stderr: 'ignore',
    });
    const pid = await eventually(async () => {
      const text = await readFile(join(project, 'hanging'), 'utf8');
      return text === '' ? false : text;
    });
    runner.kill('SIGTERM');
    expect(await runner.exited).toBe(1);
    expect(existsSync(`/proc/${pid}`)).toBe(false);
  });
});
