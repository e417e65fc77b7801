import { describe, expect, test } from 'bun:test';
import type { DeviceId } from '../../src/server/core/ids.ts';
import type { CrashPoint } from '../support/crash-plan.ts';
import { expectAtRest } from '../support/invariants.ts';
import { type Deed, nextUpdate, startProcess } from '../support/service-process.ts';
import { createServiceWorld, type ServiceWorld } from '../support/service-world.ts';

const ACCOUNT = 7;

/** What the user does, and what had been done before by a process that did not crash. */
interface Story {
  readonly name: string;
  readonly before: readonly Deed['kind'][];
  readonly deeds: readonly Deed['kind'][];
  /** Devices that work in the end. */
  readonly working: number;
}

const STORIES: readonly Story[] = [
  { name: '/start', before: [], deeds: ['start'], working: 1 },
  { name: 'a second device', before: ['start'], deeds: ['add'], working: 2 },
  { name: 're-issue', before: ['start'], deeds: ['reissue'], working: 1 },
  { name: 'revoke', before: ['start'], deeds: ['revoke'], working: 0 },
  { name: 'pause', before: ['start'], deeds: ['pause'], working: 0 },
  { name: 'resume', before: ['start', 'pause'], deeds: ['resume'], working: 1 },
  { name: 'pause and resume', before: ['start'], deeds: ['pause', 'resume'], working: 1 },
  { name: '/start and re-issue before it is delivered', before: [], deeds: ['start', 'reissue'], working: 1 },
  { name: 'revoke and a new device', before: ['start'], deeds: ['revoke', 'add'], working: 1 },
  { name: 'a VLESS device', before: ['start'], deeds: ['add-vless'], working: 2 },
  { name: 're-issue of VLESS', before: ['start', 'add-vless'], deeds: ['reissue'], working: 2 },
  { name: 'revoke of VLESS', before: ['start', 'add-vless'], deeds: ['revoke'], working: 1 },
  { name: 'pause of VLESS', before: ['start', 'add-vless'], deeds: ['pause'], working: 1 },
  {
    name: 'pause and resume of VLESS',
    before: ['start', 'add-vless'],
    deeds: ['pause', 'resume'],
    working: 2,
  },
  {
    name: 'a VLESS device and its re-issue before it is delivered',
    before: ['start'],
    deeds: ['add-vless', 'reissue'],
    working: 2,
  },
];

function deedOf(world: ServiceWorld, kind: Deed['kind']): Deed {
  if (kind === 'start' || kind === 'add' || kind === 'add-vless') return { kind, account: ACCOUNT };
  const device = theOne(world);
  return { kind, account: ACCOUNT, device } as Deed;
}

/** The VLESS device where there is one. */
function theOne({ database }: ServiceWorld): DeviceId {
  const peers = [...database.tables.peers.values()];
  return (peers.find((each) => each.protocol === 'vless') ?? peers[0])!.deviceId;
}

async function prepare(story: Story): Promise<ServiceWorld> {
  const world = await createServiceWorld({ cidr6: 'fd00:66::/64' });
  const first = await startProcess(world);
  for (const kind of story.before) await first.visit(deedOf(world, kind));
  await first.rest();
  return world;
}

/** Telegram sends an update again until it was accepted. */
async function perform(world: ServiceWorld, story: Story, crash?: CrashPoint): Promise<readonly string[]> {
  let process = await startProcess(world, { crash });
  for (const kind of story.deeds) {
    const update = nextUpdate();
    const deed = deedOf(world, kind);
    await Promise.race([process.visit(deed, update), process.life.crashed]);
    if (process.life.over && !world.database.tables.updates.has(update)) {
      process = await startProcess(world);
      await process.visit(deed, update);
    } else if (process.life.over) process = await startProcess(world);
  }
  await Promise.race([process.rest(), process.life.crashed]);
  const { effects } = process.life;
  if (process.life.over) await (await startProcess(world)).rest();
  return effects;
}

describe('A7, E1, E7: a crash between any two effects leaves exactly one working device', () => {
  for (const story of STORIES) {
    for (const when of ['before', 'after'] as const) {
      test(`${story.name}, ${when} each effect`, async () => {
        const smooth = await prepare(story);
        const effects = await perform(smooth, story);
        await expectEnd(smooth, story);
        expect(effects.length).toBeGreaterThan(8);
        for (let at = 1; at <= effects.length; at += 1) {
          const world = await prepare(story);
          await perform(world, story, { at, when });
          await explain(() => expectEnd(world, story), `crashed ${when} effect ${at}, ${effects[at - 1]}`);
        }
      });
    }
  }
});

async function expectEnd(world: ServiceWorld, story: Story): Promise<void> {
  await expectAtRest(world);
  const peers = (await world.tunnel.read()).peers.length + (await world.inbound.read()).users.length;
  expect(peers).toBe(story.working);
}

async function explain(check: () => Promise<void>, where: string): Promise<void> {
  try {
    await check();
  } catch (error) {
    throw new Error(where, { cause: error });
  }
}
