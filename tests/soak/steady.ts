/** F-W12: thousands of peers and a steady trickle of changes; what the calls of `wg` and the event loop make of it. */
import { type AditRig, createAditRig } from '../support/adit-rig.ts';
import { eventually } from '../support/eventually.ts';
import { pause } from '../support/pause.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import { expectWhole } from '../support/whole-invariants.ts';
import { callTimes, gauge, scrape } from './metrics-reader.ts';
import { fulfil } from './people.ts';
import { createTimeline, type Timeline } from './timeline.ts';

export interface SteadyOptions {
  readonly seed: number;
  readonly forMs: number;
  readonly users: number;
  readonly opsPerSecond: number;
  readonly print: (line: string) => void;
}

const FIRST_ID = 20_000;
/** The window of adit_event_loop_lag_seconds. */
const WINDOW_MS = 10_000;
const WISHES = ['reissue', 'on or off'] as const;

/** What broke, in words; empty is well. */
export async function steady(options: SteadyOptions): Promise<readonly string[]> {
  const timeline = createTimeline(options.print);
  await using rig = await createAditRig({ tunnel: 'userspace', env: { LOG_LEVEL: 'info' } });
  const adit = await rig.start();
  await enrolAll(rig, options.users);
  timeline.say(`${options.users} peers`);
  const before = await scrape(adit);
  const [tally, lag] = await Promise.all([
    trickle(rig, options),
    watchLag(options.forMs, async () => scrape(adit), timeline),
  ]);
  const after = await scrape(adit);
  report(timeline, { before, after, lag, tally, options });
  try {
    const paused = await rig.sql`select distinct account::int as id from report.peers where not wanted`;
    const off = new Set(paused.map((each) => each.id));
    const users = usersOf(options).filter((id) => !off.has(id));
    await expectWhole(rig, { adit, users, restsWithinMs: 120_000 });
    return [];
  } catch (error) {
    return [String((error as Error).message)];
  }
}

const usersOf = ({ users }: Pick<SteadyOptions, 'users'>) =>
  Array.from({ length: users }, (_, index) => FIRST_ID + index);

async function enrolAll(rig: AditRig, users: number): Promise<void> {
  const order = { users, withinMs: users * 10, text: '/trial', firstUserId: FIRST_ID };
  await rig.control.burst({ ...order, deadlineMs: 120_000 });
  await eventually(async () => (await rig.wgPeers()).size === users, { withinMs: 60_000, everyMs: 500 });
}

interface Tally {
  done: number;
  failed: number;
}

/** Each wish is one change of a peer. They do not wait for each other. */
async function trickle(rig: AditRig, options: SteadyOptions): Promise<Tally> {
  const random = createSeededRandom(options.seed);
  const ids = usersOf(options);
  const tally = { done: 0, failed: 0 };
  const busy = new Set<number>();
  const all: Promise<void>[] = [];
  const startedAt = performance.now();
  for (let op = 0; performance.now() - startedAt < options.forMs; op += 1) {
    const id = ids[random.integer(ids.length)]!;
    const wish = WISHES[random.integer(WISHES.length)]!;
    if (!busy.has(id)) {
      busy.add(id);
      const ended = fulfil(rig, id, wish, 0)
        .then(
          () => 'done' as const,
          () => 'failed' as const,
        )
        .then((end) => {
          tally[end] += 1;
        })
        .finally(() => busy.delete(id));
      all.push(ended);
    }
    await pause(startedAt + ((op + 1) * 1_000) / options.opsPerSecond - performance.now());
  }
  await Promise.all(all);
  return tally;
}

interface Lag {
  readonly p99: readonly number[];
  readonly max: readonly number[];
}

/** One look a window; the metric tells of the last whole one. */
async function watchLag(forMs: number, look: () => Promise<string>, timeline: Timeline): Promise<Lag> {
  const lag = { p99: [] as number[], max: [] as number[] };
  for (const end = timeline.now() + forMs; timeline.now() < end; ) {
    await pause(WINDOW_MS);
    const text = await look();
    lag.p99.push(gauge(text, 'adit_event_loop_lag_seconds{stat="p99"}') * 1_000);
    lag.max.push(gauge(text, 'adit_event_loop_lag_seconds{stat="max"}') * 1_000);
  }
  return lag;
}

interface Findings {
  readonly before: string;
  readonly after: string;
  readonly lag: Lag;
  readonly tally: Tally;
  readonly options: SteadyOptions;
}

function report(timeline: Timeline, { before, after, lag, tally, options }: Findings): void {
  const perSecond = tally.done / (options.forMs / 1_000);
  timeline.say(
    `${tally.done} changes, ${perSecond.toFixed(1)} a second; ${tally.failed} menus lost their way`,
  );
  timeline.say('call                             calls    p50 ms    p99 ms   (within their buckets)');
  for (const call of callTimes(before, after).filter((each) => /^(wg|ip|nft)\b/.test(each.name))) {
    const [p50, p99] = [call.quantileMs(0.5), call.quantileMs(0.99)].map((ms) => ms.toFixed(1).padStart(9));
    timeline.say(`${call.name.padEnd(30)} ${String(call.count).padStart(7)} ${p50} ${p99}`);
  }
  const sorted = lag.p99.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  timeline.say(
    `loop lag over ${lag.max.length} windows of 10 s: p99 ${middle.toFixed(1)} ms in the middle one, ` +
      `${Math.max(...lag.p99).toFixed(1)} ms in the worst; longest of all ${Math.max(...lag.max).toFixed(1)} ms`,
  );
}
