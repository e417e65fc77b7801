/** Random faults for a while, then rest, then every invariant. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AditProcess } from '../support/adit-process.ts';
import { footprintOf } from '../support/footprint.ts';
import { pause } from '../support/pause.ts';
import { type Canaries, createCanaries } from './canaries.ts';
import { FAULT_NAMES, type FaultName, healAll, strike } from './faults.ts';
import { createHouse, type House } from './house.ts';
import { createPeople, isServed, type People } from './people.ts';
import { drawPlan, type PlannedFault } from './plan.ts';
import { createTimeline, seconds, type Timeline } from './timeline.ts';
import { judge, rssOf } from './verdict.ts';

export interface SoakOptions {
  readonly seed: number;
  /** How long faults come. */
  readonly forMs: number;
  readonly users: number;
  /** Where the logs of a run that broke something are left. */
  readonly logFolder?: string;
  /** Only these faults; default all. */
  readonly names?: readonly FaultName[];
  readonly pauseMs?: readonly [number, number];
  readonly holdMs?: readonly [number, number];
  readonly thinkMs?: number;
  /** How long the work may go on after the last fault. Default: as long as a job that failed all the time may wait. */
  readonly restMs?: number;
  readonly print: (line: string) => void;
}

/** The invariants that broke, in words; empty is well. */
export async function soak(options: SoakOptions): Promise<readonly string[]> {
  const timeline = createTimeline(options.print);
  await using house = await createHouse(timeline);
  await house.supervisor.begin();
  const { seed, users, thinkMs = 15_000 } = options;
  const canaries = await createCanaries(house.rig, timeline);
  const adit = house.supervisor.current();
  const before = { footprint: footprintOf(adit.pid), rssBytes: rssOf(adit.pid) };
  const people = await createPeople(house.rig, { count: users, seed, thinkMs });
  timeline.say(`${users} users, faults from here`);
  const recoveries = await suffer(house, planOf(options), canaries, timeline);
  timeline.say('no more faults');
  await healAll(house);
  await people.rest();
  await canaries.rest();
  const everybody = [...people.ids, ...canaries.ids];
  const unserved = await serveTheRest(house, people.ids);
  const broken = await judge(house, everybody, before, timeline, options.restMs);
  summarise(timeline, { recoveries, people, house });
  if (unserved.length + broken.length > 0) await keepLogs(house, options.logFolder);
  return [...unserved, ...broken];
}

async function keepLogs({ rig }: House, folder: string | undefined): Promise<void> {
  if (folder === undefined) return;
  await mkdir(folder, { recursive: true });
  const write = (adit: AditProcess, at: number) =>
    writeFile(join(folder, `adit-${at + 1}.log`), adit.output());
  await Promise.all(rig.runs.map(write));
}

function planOf(options: SoakOptions): readonly PlannedFault<FaultName>[] {
  return drawPlan({
    seed: options.seed,
    forMs: options.forMs,
    names: options.names ?? FAULT_NAMES,
    pauseMs: options.pauseMs ?? [3_000, 9_000],
    holdMs: options.holdMs ?? [500, 8_000],
  });
}

interface Recovery {
  readonly name: FaultName;
  readonly ms: number | null;
}

async function suffer(
  house: House,
  plan: readonly PlannedFault<FaultName>[],
  canaries: Canaries,
  timeline: Timeline,
): Promise<readonly Recovery[]> {
  const beganAt = timeline.now();
  const ends: { name: FaultName; endMs: number }[] = [];
  const lasting: Promise<void>[] = [];
  for (const fault of plan) {
    await pause(beganAt + fault.atMs - timeline.now());
    lasting.push(
      endure(house, fault, timeline).then((endMs) => {
        ends.push({ name: fault.name, endMs });
      }),
    );
  }
  await Promise.all(lasting);
  // The last ones get their time too.
  const last = Math.max(...ends.map((each) => each.endMs));
  await pause(20_000, () => canaries.servedAfter(last) !== null);
  return ends.map(({ name, endMs }) => {
    const served = canaries.servedAfter(endMs);
    return { name, ms: served === null ? null : served - endMs };
  });
}

/** When it was over, in milliseconds of the timeline. */
async function endure(house: House, fault: PlannedFault<FaultName>, timeline: Timeline): Promise<number> {
  const startedAt = timeline.now();
  try {
    const { detail, undo } = await strike(house, fault);
    timeline.say(`${fault.name}${detail ? `: ${detail}` : ''}`, startedAt);
    if (undo) {
      await pause(startedAt + fault.holdMs - timeline.now());
      await undo();
      timeline.say(`    over after ${seconds(timeline.now() - startedAt)}: ${fault.name}`);
    }
  } catch (error) {
    timeline.say(`    could not be done: ${fault.name}: ${String(error).split('\n')[0]}`);
  }
  return timeline.now();
}

/** Whoever never got through asks once more, now that all is well. */
async function serveTheRest(house: House, users: readonly number[]): Promise<readonly string[]> {
  const rows = await house.rig.sql`select distinct account::int as account from report.issues`;
  const known = new Set(rows.map((each) => each.account));
  const rest = users.filter((user) => !known.has(user));
  const results = await Promise.allSettled(rest.map((user) => isServed(house.rig, user)));
  return results.flatMap((each, at) =>
    each.status === 'rejected' ? [`user ${rest[at]} is not served: ${each.reason.message}`] : [],
  );
}

function summarise(
  timeline: Timeline,
  { recoveries, people, house }: { recoveries: readonly Recovery[]; people: People; house: House },
): void {
  timeline.say(
    'after the end of each fault, until a user who came then held a new key (other faults included):',
  );
  for (const [name, group] of Map.groupBy(recoveries, (each) => each.name)) {
    const times = group.map((each) => (each.ms === null ? 'not in time' : seconds(each.ms)));
    timeline.say(`    ${name.padEnd(44)} ${times.join(', ')}`);
  }
  const { answered, givenUp } = people.wishes();
  timeline.say(
    `${answered} wishes answered, ${givenUp} given up; ${house.supervisor.starts()} starts of adit`,
  );
}
