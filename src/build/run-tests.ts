/**
 * Runs the test files in a few groups and writes "PASSED FAILED" to the file named by --results.
 *
 * A failure is: a failing test, a skipped one, a file without any test or that cannot be loaded, a group over its
 * time (--limit-minutes sets another one for all), a process left running after its group. build.sh adds its own
 * checks and prints the last line.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseJunit, type TestFailure } from './junit.ts';
import { adoptOrphans, buryDead, livingChildren, type Orphan } from './orphans.ts';
import { groupTests, type Need, runnable, type TestGroup } from './test-groups.ts';

interface GroupResult {
  readonly passed: number;
  readonly failures: readonly TestFailure[];
}

const TEST_TIMEOUT_MS = 20_000;
const FAREWELL_MS = 8_000;
/** Test processes of ours that run now. */
const ours = new Set<number>();

const { values, positionals } = parseArgs({
  options: { results: { type: 'string' }, 'limit-minutes': { type: 'string' } },
  allowPositionals: true,
});
const folder = mkdtempSync(join(tmpdir(), 'adit-tests-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
adoptOrphans();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void leave(signal));
const total = await runAll(positionals[0] ?? '');
if (values.results) writeFileSync(values.results, `${total.passed} ${total.failures.length}\n`);
process.exitCode = total.failures.length > 0 ? 1 : 0;

async function runAll(filter: string): Promise<GroupResult> {
  const files = [...new Bun.Glob('tests/**/*.test.{ts,tsx}').scanSync('.')].filter((file) =>
    file.includes(filter),
  );
  if (files.length === 0)
    return { passed: 0, failures: [failure(filter, 'no test file has this in its path')] };
  const { run, leftOut } = runnable(files, lackingHere());
  const results: GroupResult[] = [];
  for (const group of groupTests(run)) results.push(await runGroup(withLimit(group)));
  for (const each of leftOut) print(`NOT RUN here, needs ${each.needs}: ${each.file}`);
  const failures = results.flatMap((each) => each.failures);
  printFailures(failures);
  return { passed: results.reduce((sum, each) => sum + each.passed, 0), failures };
}

function withLimit(group: TestGroup): TestGroup {
  const minutes = values['limit-minutes'];
  return minutes === undefined ? group : { ...group, limitMinutes: Number(minutes) };
}

function lackingHere(): ReadonlySet<Need> {
  const lacking = new Set<Need>();
  if (process.getuid?.() !== 0) lacking.add('root');
  if (!Bun.which('chromium')) lacking.add('chromium');
  if (!Bun.which('v2ray')) lacking.add('v2ray');
  return lacking;
}

async function runGroup(group: TestGroup): Promise<GroupResult> {
  const started = performance.now();
  print(`\n── ${group.name}: ${group.files.length} files ──`);
  const result = group.atOnce > 1 ? await runFiles(group) : await runTogether(group, write);
  const leftovers = (await leftBehind()).map((each) =>
    failure(group.name, `a process was left running: ${each.command} (pid ${each.pid})`),
  );
  const failures = [...result.failures, ...leftovers];
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  print(`── ${group.name}: ${result.passed} passed, ${failures.length} failed in ${seconds} s ──`);
  return { passed: result.passed, failures };
}

/** Every file in a process of its own, the next one as soon as a place is free; each is heard as a whole. */
async function runFiles(group: TestGroup): Promise<GroupResult> {
  const waiting = [...group.files];
  const results: GroupResult[] = [];
  async function lane(): Promise<void> {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const said: string[] = [];
      results.push(await runTogether({ ...group, name: file, files: [file] }, (text) => said.push(text)));
      print(said.join('').trimEnd());
    }
  }
  await Promise.all(Array.from({ length: group.atOnce }, lane));
  return {
    passed: results.reduce((sum, each) => sum + each.passed, 0),
    failures: results.flatMap((each) => each.failures),
  };
}

/** All of them in one process. */
async function runTogether(group: TestGroup, say: (text: string) => void): Promise<GroupResult> {
  const report = join(folder, `${group.name.replaceAll(/[^\w.]/g, '-')}.xml`);
  const { exitCode, lastFile } = await runProcess(group, report, say);
  return judge(group, report, exitCode, lastFile);
}

/** `exitCode` is null when it had to be killed. */
async function runProcess(group: TestGroup, report: string, say: (text: string) => void) {
  const paths = group.files.map((file) => `./${file}`);
  const options = [`--timeout=${TEST_TIMEOUT_MS}`, '--reporter=junit', `--reporter-outfile=${report}`];
  const child = Bun.spawn([process.execPath, 'test', ...options, ...paths], {
    stdin: 'ignore',
    stdout: 'inherit',
    stderr: 'pipe',
    detached: true,
  });
  ours.add(child.pid);
  const burials = setInterval(() => buryDead(ours), 25);
  const progress = { lastFile: '' };
  const relayed = relay(child.stderr, progress, say);
  const expiry = Promise.withResolvers<null>();
  const timer = setTimeout(() => expiry.resolve(null), group.limitMinutes * 60_000);
  const exitCode = await Promise.race([child.exited, expiry.promise]);
  clearTimeout(timer);
  clearInterval(burials);
  if (exitCode === null) process.kill(-child.pid, 'SIGKILL');
  await child.exited;
  ours.delete(child.pid);
  // A process left behind may hold the pipe for ever.
  await orAfter(1_000, relayed);
  return { exitCode, lastFile: progress.lastFile };
}

/** Waits for `work`, but not longer; the timer alone does not keep this program alive. */
function orAfter(ms: number, work: Promise<void>): Promise<void> {
  return Promise.race([work, new Promise<void>((resolve) => setTimeout(resolve, ms).unref())]);
}

/** Passes the progress on and remembers the file at work, for the case that it never ends. */
async function relay(
  stream: ReadableStream<Uint8Array>,
  progress: { lastFile: string },
  say: (text: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    const text = decoder.decode(chunk, { stream: true });
    say(text);
    const heading = [...text.matchAll(/^(tests\/\S+\.test\.tsx?):$/gm)].at(-1);
    if (heading?.[1]) progress.lastFile = heading[1];
  }
}

function judge(group: TestGroup, reportPath: string, exitCode: number | null, lastFile: string): GroupResult {
  if (exitCode === null) {
    const message = `not done after ${group.limitMinutes} minutes; at work: ${lastFile || 'unknown'}`;
    return { passed: 0, failures: [failure(group.name, message)] };
  }
  const report = parseJunit(readOrEmpty(reportPath));
  const silent = group.files
    .filter((file) => !report.files.has(file))
    .map((file) => failure(file, 'ran no test: empty, or it could not be loaded'));
  const failures = [...report.failures, ...silent];
  if (exitCode !== 0 && failures.length === 0)
    failures.push(failure(group.name, `bun test ended with ${exitCode}`));
  return { passed: report.passed, failures };
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Servers may take a moment to go down after the process that held them; who is still here then is killed and named. */
async function leftBehind(): Promise<readonly Orphan[]> {
  const end = performance.now() + FAREWELL_MS;
  while (livingChildren(process.pid).length > 0 && performance.now() < end) {
    buryDead(ours);
    await Bun.sleep(50);
  }
  const left = livingChildren(process.pid);
  await endChildren();
  return left;
}

/** The children of a killed one become ours; so again until there are none. */
async function endChildren(): Promise<void> {
  for (let left = livingChildren(process.pid); left.length > 0; left = livingChildren(process.pid)) {
    for (const each of left) process.kill(each.pid, 'SIGKILL');
    await Bun.sleep(20);
    buryDead(ours);
  }
}

/** Somebody ends the run: everything it started goes with it, for the groups are sessions of their own. */
async function leave(signal: string): Promise<void> {
  await endChildren();
  print(`run-tests: ended by ${signal}`);
  process.exit(1);
}

function failure(file: string, message: string): TestFailure {
  return { file, name: '', message };
}

function printFailures(failures: readonly TestFailure[]): void {
  if (failures.length > 0) print('\nFailures:');
  for (const each of failures) {
    print(`  ${[each.file, each.name].filter(Boolean).join(' > ')}`);
    print(each.message.replace(/^/gm, '      ').trimEnd());
  }
}

function print(line: string): void {
  write(`${line}\n`);
}

function write(text: string): void {
  process.stdout.write(text);
}
