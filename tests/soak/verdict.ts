/** The invariants of a house at rest, each by name, so that a run can say which of them broke. */
import { expect } from 'bun:test';
import { eventually } from '../support/eventually.ts';
import type { Footprint } from '../support/footprint.ts';
import { findInFiles, findLeaks, secretsOf } from '../support/secret-search.ts';
import {
  atRest,
  expectConfigFile,
  expectFootprint,
  expectOneOwner,
  expectSessionsClean,
  sorted,
  wantedPeers,
} from '../support/whole-invariants.ts';
import { expectDeliveries, readHeld } from './deliveries.ts';
import { removeStrangers } from './faults.ts';
import type { House } from './house.ts';
import { judgePulse } from './judge-pulse.ts';
import { seconds, type Timeline } from './timeline.ts';

export interface Before {
  readonly footprint: Footprint;
  readonly rssBytes: number;
}

/** Later retries of a job that failed all the time are up to five minutes (ten, with jitter) apart. */
const REST_MS = 400_000;
const MOST_MORE_MEMORY = 200 * 1024 * 1024;

/** Runs every check, whatever the others say; answers what broke. */
export async function judge(
  house: House,
  users: readonly number[],
  before: Before,
  timeline: Timeline,
  restMs = REST_MS,
): Promise<readonly string[]> {
  const broken: string[] = [];
  const check = async (name: string, look: () => Promise<unknown>) => {
    const startedAt = timeline.now();
    try {
      const said = await look();
      timeline.say(
        `holds: ${name}${typeof said === 'string' ? ` (${said})` : ''}, ${seconds(timeline.now() - startedAt)}`,
      );
    } catch (error) {
      broken.push(`${name}: ${String((error as Error).message ?? error)}`);
      timeline.say(`BROKEN: ${name}`);
    }
  };
  const { rig, supervisor } = house;
  await check('every update, job, peer and config at rest', () => atRest(rig, restMs));
  await check('no two wanted peers share an address or a key', async () => {
    return `${(await wantedPeers(rig.sql)).size} wanted`;
  });
  await check('one issue a cause, one owner an address', () => expectOneOwner(rig.sql));
  await check('the interface equals the database', () => expectInterface(house));
  await check('wg0.conf parses, is 0600, equals the database, no temp file', async () => {
    await eventually(async () => expectConfigFile(rig, await wantedPeers(rig.sql)), { withinMs: 15_000 });
  });
  await check('one config that works for each device, every other one dead', () =>
    expectDeliveries(rig, users),
  );
  await check('no advisory lock but the node, no idle transaction', () => expectSessionsClean(rig));
  await check('files, children and connections are back', () =>
    expectFootprint(supervisor.current(), before.footprint),
  );
  await check('memory is back', async () => {
    const rss = rssOf(supervisor.current().pid);
    expect(rss - before.rssBytes).toBeLessThan(MOST_MORE_MEMORY);
    return `${mb(before.rssBytes)} before, ${mb(rss)} now`;
  });
  await check('health answers under 250 ms while it was meant to', async () => judgePulse(house));
  await check('it never ended by itself while it served', async () => {
    expect(supervisor.ownEnds.filter((each) => each.served)).toEqual([]);
    return `${supervisor.starts()} starts, ${supervisor.ownEnds.length} given up while starting`;
  });
  await check('no secret in tables, logs, messages, argv, files', () => expectNoLeak(house, users));
  return broken;
}

async function expectInterface(house: House): Promise<string> {
  const left = await removeStrangers(house);
  await eventually(
    async () => expect(sorted(await house.rig.wgPeers())).toEqual(sorted(await wantedPeers(house.rig.sql))),
    { withinMs: 15_000 },
  );
  return `${left} peers added by hand were still there`;
}

async function expectNoLeak(house: House, users: readonly number[]): Promise<string> {
  const configs = (await readHeld(house.rig, users)).flat().map((each) => each.text);
  const secrets = await secretsOf(house.rig, configs);
  expect(await findLeaks(house.rig, secrets, house.wg)).toEqual([]);
  const inFiles = await findInFiles(house.rig.stateDir, secrets);
  expect(inFiles).toEqual(['wg-private.key: server key', 'wg0.conf: server key']);
  return `${configs.length} private keys looked for`;
}

export function rssOf(pid: number): number {
  const text = new TextDecoder().decode(Bun.spawnSync(['cat', `/proc/${pid}/status`]).stdout);
  return Number(/^VmRSS:\s+(\d+)/m.exec(text)?.[1] ?? 0) * 1024;
}

const mb = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MB`;
