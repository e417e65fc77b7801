/**
 * How soon a frozen event loop is told, and what watching costs. See bench/README.md. Needs root.
 *
 *   ./build.sh bench watchdog            50 blocks
 *   ./build.sh bench watchdog --quick    10 blocks
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { AditProcess } from '../tests/support/adit-process.ts';
import { createAditRig } from '../tests/support/adit-rig.ts';
import { eventually } from '../tests/support/eventually.ts';
import { holdMainThread } from '../tests/support/held-thread.ts';
import { milliseconds, percentile } from './support/figures.ts';
import { freshBinary } from './support/fresh-binary.ts';
import { cpuSecondsOf } from './support/process-figures.ts';
import { createScoreboard } from './support/scoreboard.ts';

const QUICK = process.argv.includes('--quick');
const BLOCKS = QUICK ? 10 : 50;
const BLOCK_MS = 300;
const WATCHED_SECONDS = QUICK ? 5 : 15;
const MOST_LATE_MS = 150;
const MOST_CPU = 0.01;

const alarms = (adit: AditProcess) =>
  adit.lines().filter(({ part, msg }) => part === 'watchdog' && msg === 'the event loop stands still');

/** From when the main thread stops to the line on standard error; that line must come before it goes on. */
async function latencyOf(adit: AditProcess): Promise<number> {
  const before = alarms(adit).length;
  await using held = await holdMainThread(adit.pid, BLOCK_MS);
  await eventually(() => alarms(adit).length > before);
  const lateMs = Date.parse(String(alarms(adit)[before]!.time)) - held.beganAt;
  await held.over();
  if (lateMs >= BLOCK_MS) throw new Error(`the alarm came after the block: ${lateMs} ms`);
  return lateMs;
}

/** The thread that says `Worker`; its time on a processor in seconds, see sched-stats of the kernel. */
function watchdogSeconds(pid: number): number {
  const tasks = readdirSync(`/proc/${pid}/task`).map((task) => `/proc/${pid}/task/${task}`);
  const own = tasks.filter((task) => readFileSync(`${task}/comm`, 'utf8').trim() === 'Worker');
  if (own.length !== 1) throw new Error(`${own.length} threads are called Worker`);
  return Number(readFileSync(`${own[0]}/schedstat`, 'utf8').split(' ')[0]) / 1e9;
}

async function costOf(adit: AditProcess): Promise<{ readonly thread: number; readonly whole: number }> {
  const [thread, whole, startedAt] = [watchdogSeconds(adit.pid), cpuSecondsOf(adit.pid), performance.now()];
  await Bun.sleep(WATCHED_SECONDS * 1_000);
  const seconds = (performance.now() - startedAt) / 1_000;
  return {
    thread: (watchdogSeconds(adit.pid) - thread) / seconds,
    whole: (cpuSecondsOf(adit.pid) - whole) / seconds,
  };
}

const percent = (share: number) => `${(share * 100).toFixed(2)} %`;

await freshBinary();
await using rig = await createAditRig({ tunnel: 'memory' });
const adit = await rig.start();
await Bun.sleep(5_000);
const cost = await costOf(adit);
const latencies: number[] = [];
for (let block = 0; block < BLOCKS; block += 1) latencies.push(await latencyOf(adit));
if ((await adit.get('/readyz')).status !== 200) throw new Error('the program is not ready after the blocks');

const board = createScoreboard((text) => process.stdout.write(text));
board.section(`The main thread held up ${BLOCKS} times for ${BLOCK_MS} ms, the compiled binary at rest`);
board.table([
  ['', 'p50', 'p95', 'max'],
  [
    'alarm after the block began',
    ...[0.5, 0.95, 1].map((share) => milliseconds(percentile(latencies, share))),
  ],
]);
board.table([
  ['share of one processor, at rest', ''],
  ['the watchdog', percent(cost.thread)],
  ['the whole program', percent(cost.whole)],
]);
board.atMost('alarm while it stands, the slowest', percentile(latencies, 1), MOST_LATE_MS, milliseconds);
board.atMost('processor time of the watchdog', cost.thread, MOST_CPU, percent);
await adit.kill('SIGTERM');
process.exitCode = board.finish();
