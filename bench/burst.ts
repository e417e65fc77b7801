/**
 * A thousand users ask for a trial within one second: the compiled binary, PostgreSQL with real commits, the simulator as
 * Telegram, a real WireGuard interface. See bench/README.md. Needs root.
 *
 *   ./build.sh bench burst            three bursts of 1,000, in turn with the one-by-one way
 *   ./build.sh bench burst --quick    one burst of 200
 */
import type { BurstReport } from '../src/server/simulator/control/burst.ts';
import type { AditProcess } from '../tests/support/adit-process.ts';
import { eventually } from '../tests/support/eventually.ts';
import { checkBurst } from './support/burst-check.ts';
import { type BurstRig, createBurstRig, POOL_MAX } from './support/burst-rig.ts';
import { median, megabytes, milliseconds } from './support/figures.ts';
import { freshBinary } from './support/fresh-binary.ts';
import { createNaiveBurst, type NaiveResult } from './support/naive-burst.ts';
import { cpuSecondsOf, cpuSecondsOfTree, memoryOf } from './support/process-figures.ts';
import { sampleHighest } from './support/sampler.ts';
import { check, createScoreboard } from './support/scoreboard.ts';

interface Plan {
  readonly users: number;
  readonly withinMs: number;
  readonly rounds: number;
  readonly starts: number;
}

const PLANS: Readonly<Record<string, Plan>> = {
  default: { users: 1_000, withinMs: 1_000, rounds: 3, starts: 10 },
  quick: { users: 200, withinMs: 1_000, rounds: 1, starts: 3 },
};

interface Burst {
  readonly report: BurstReport;
  /** Milliseconds. */
  readonly loopLag: number;
  readonly connections: number;
  readonly processes: number;
  readonly peakBytes: number;
  /** Seconds of processor time, from the first update until all is settled. */
  readonly cpu: { readonly adit: number; readonly postgres: number };
}

const FIRST_USER = 1_000_000;
const CONNECTIONS_EVERY_MS = 20;
/** A reading costs the program some queries; a window of it is longer than this, so none is missed. */
const METRICS_EVERY_MS = 500;
/**
 * Until memory is what it is at rest, and until the figures of the event loop, which cover the last window of 10 s and
 * the running one, tell nothing any more of what was before.
 */
const REST_MS = 21_000;
const MB = 1024 * 1024;

const wish = process.argv[2]?.replace(/^--/, '') ?? 'default';
const plan = PLANS[wish] as Plan;
if (plan === undefined) throw new Error(`no such size: ${wish}; there is ${Object.keys(PLANS).join(', ')}`);
await freshBinary();
const board = createScoreboard((text) => void process.stdout.write(text));
const bench = await createBurstRig();
try {
  await run(bench);
} finally {
  await bench.dispose();
}
process.exit(board.finish());

async function run(rig: BurstRig): Promise<void> {
  const adit = await rig.rig.start();
  await Bun.sleep(REST_MS);
  const rested = memoryOf(adit.pid);
  const naive = await createNaiveBurst(rig);
  const bursts: Burst[] = [];
  const others: NaiveResult[] = [];
  for (let round = 0; round < plan.rounds; round += 1) {
    bursts.push(await burst(rig, adit, FIRST_USER + round * plan.users));
    others.push(await naive.run(plan.users, plan.withinMs, FIRST_USER + round * plan.users));
    process.stderr.write('.');
    await Bun.sleep(REST_MS);
  }
  process.stderr.write('\n');
  await naive.close();
  const settled = memoryOf(adit.pid);
  await adit.kill('SIGTERM');
  const starts = await timedStarts(rig);
  show(bursts, others);
  showProcess({ rested: rested.resident, settled: settled.resident, starts });
}

async function burst(rig: BurstRig, adit: AditProcess, firstUserId: number): Promise<Burst> {
  const startedBefore = await processesStarted(adit);
  const cpu = () => ({ adit: cpuSecondsOf(adit.pid), postgres: cpuSecondsOfTree(rig.server.pid()) });
  const before = cpu();
  const connections = sampleHighest(CONNECTIONS_EVERY_MS, rig.connections);
  const lag = sampleHighest(METRICS_EVERY_MS, () => loopLag(adit));
  const order = {
    users: plan.users,
    withinMs: plan.withinMs,
    text: '/trial',
    firstUserId,
    deadlineMs: 60_000,
  };
  const report = (await rig.rig.control.burst(order)) as unknown as BurstReport;
  await Bun.sleep(METRICS_EVERY_MS);
  const after = cpu();
  const [most, longest] = [await connections.stop(), await lag.stop()];
  check(report.withoutDocument === 0 && report.withoutPhoto === 0, `not served: ${report.withoutDocument}`);
  await checkBurst(
    rig.rig,
    rig.sql,
    Array.from({ length: plan.users }, (_, index) => firstUserId + index),
  );
  return {
    report,
    loopLag: longest * 1000,
    connections: most,
    processes: (await processesStarted(adit)) - startedBefore,
    peakBytes: memoryOf(adit.pid).peak,
    cpu: { adit: after.adit - before.adit, postgres: after.postgres - before.postgres },
  };
}

async function loopLag(adit: AditProcess): Promise<number> {
  return (await adit.metric('adit_event_loop_lag_seconds{stat="max"}')) ?? Number.NaN;
}

async function processesStarted(adit: AditProcess): Promise<number> {
  const { body } = await adit.get('/metrics');
  const lines = body.split('\n').filter((line) => line.startsWith('adit_processes_started_total{'));
  return lines.reduce((total, line) => total + Number(line.split(' ')[1]), 0);
}

/** From the start of the process to the first "ready", with the database and the interface as an upgrade finds them. */
async function timedStarts({ rig }: BurstRig): Promise<readonly number[]> {
  const times: number[] = [];
  for (let start = 0; start < plan.starts; start += 1) {
    const startedAt = performance.now();
    const adit = await rig.start({ wait: false });
    const ready = async () => (await adit.get('/readyz')).status === 200;
    // Not more often: each question costs the program and the relay some of the two cores.
    await eventually(ready, { withinMs: 20_000, everyMs: 10 });
    times.push(performance.now() - startedAt);
    check((await adit.kill('SIGTERM')) === 0, 'it did not end well');
  }
  return times;
}

function show(bursts: readonly Burst[], others: readonly NaiveResult[]): void {
  board.section(`${plan.users} users within ${plan.withinMs} ms, from a user's update`);
  board.table([
    [
      '',
      'p50',
      'p95',
      'p99',
      'last',
      'loop lag',
      'connections',
      'processes',
      'peak memory',
      'cpu adit',
      'cpu postgres',
    ],
    ...bursts.flatMap(({ report, ...each }, round) => [
      [
        `${round + 1}: document`,
        ...latencies(report.document),
        milliseconds(each.loopLag),
        String(each.connections),
        String(each.processes),
        megabytes(each.peakBytes),
        `${each.cpu.adit.toFixed(1)} s`,
        `${each.cpu.postgres.toFixed(1)} s`,
      ],
      [`${round + 1}: photo`, ...latencies(report.photo)],
      [`${round + 1}: one by one, nothing sent`, ...naiveLatencies(others[round])],
    ]),
  ]);
  const worst = (of: (burst: Burst) => number) => Math.max(...bursts.map(of));
  const delivered = worst(({ report }) => Math.max(report.document.p95 ?? 0, report.photo.p95 ?? 0));
  board.atMost('p95 to the delivered config and its picture (worst round)', delivered, 3_000, milliseconds);
  board.atMost(
    'event loop blocked at most (worst round)',
    worst((each) => each.loopLag),
    50,
    milliseconds,
  );
  board.atMost(
    'connections at once',
    worst((each) => each.connections),
    POOL_MAX,
    String,
  );
}

function latencies({ p50, p95, p99, max }: BurstReport['document']): readonly string[] {
  return [p50, p95, p99, max].map((ms) => milliseconds(ms ?? Number.NaN));
}

function naiveLatencies(result: NaiveResult | undefined): readonly string[] {
  return result ? [result.p50, result.p95, result.p99, result.totalMs].map(milliseconds) : [];
}

function showProcess(figures: {
  readonly rested: number;
  readonly settled: number;
  readonly starts: readonly number[];
}): void {
  const { rested, settled, starts } = figures;
  board.section('adit serve');
  board.table([
    ['', ''],
    ['memory after a start', megabytes(rested)],
    ['memory after the bursts', megabytes(settled)],
    [`start to ready, median of ${starts.length}`, milliseconds(median(starts))],
    ['start to ready, slowest', milliseconds(Math.max(...starts))],
  ]);
  board.atMost('memory at rest, after a start', rested / MB, 100, (value) => `${value.toFixed(0)} MB`);
  board.atMost('memory at rest, after the bursts', settled / MB, 100, (value) => `${value.toFixed(0)} MB`);
  board.atMost('start to ready with a database present', median(starts), 300, milliseconds);
}
