import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { createKeyMaker } from '../../src/server/adapters/wireguard/key-maker.ts';
import { accountId, type DeviceId, deviceId, LOCAL_NODE } from '../../src/server/core/ids.ts';
import { expireSubscriptions } from '../../src/server/services/expire-subscriptions.ts';
import { keepHouse } from '../../src/server/services/keep-house.ts';
import type { CrashPoint } from '../support/crash-plan.ts';
import { expectAtRest } from '../support/invariants.ts';
import { createRecordingLog } from '../support/recording-log.ts';
import { type Deed, nextUpdate, type ServiceProcess, startProcess } from '../support/service-process.ts';
import { createServiceWorld, type ServiceWorld } from '../support/service-world.ts';
import { type Act, createAccessModel } from './access-model.ts';

/** Sequences tried in one run of the suite. */
const RUNS = 300;
const LONGEST = 40;
/** A /29 has 8 addresses, less network, server and broadcast: small, so that it is full often. */
const ROOM = 5;
const NOWHERE = deviceId('00000000-0000-7000-8000-000000000000');

type Step =
  | { readonly kind: 'act'; readonly act: Act }
  | { readonly kind: 'crash'; readonly point: CrashPoint }
  | { readonly kind: 'days'; readonly days: number }
  | { readonly kind: 'drain' | 'rest' | 'reconcile' | 'expire' | 'tidy' | 'wipe' | 'meddle' };

const account = fc.integer({ min: 1, max: 4 });
const nth = fc.integer({ min: 0, max: 3 });
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('start', 'add'), account }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom('revoke', 'pause', 'resume', 'reissue'), account, nth }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('rename' as const),
      account,
      nth,
      name: fc.string({ unit: 'binary', maxLength: 34 }),
    }),
  },
);
const point = fc.record({ at: fc.integer({ min: 1, max: 30 }), when: fc.constantFrom('before', 'after') });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('act' as const), act }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('crash' as const), point }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('days' as const), days: fc.integer({ min: 1, max: 2 }) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom('drain', 'rest', 'reconcile', 'expire', 'tidy', 'wipe', 'meddle'),
    }),
  },
);

type Model = ReturnType<typeof createAccessModel>;

/** The world, the process that is alive now, and what it should all look like. */
interface Scene {
  readonly world: ServiceWorld;
  readonly model: Model;
  process: ServiceProcess;
}

const devicesOf = (world: ServiceWorld, id: number): DeviceId[] =>
  [...world.database.tables.devices.values()]
    .filter((each) => each.accountId === accountId(id) && each.state !== 'revoked')
    .map((each) => each.id);

function deedOf(world: ServiceWorld, act: Act): Deed {
  if (!('nth' in act)) return act;
  return { ...act, device: devicesOf(world, act.account)[act.nth] ?? NOWHERE };
}

/** Work that a crash may end; then a new process takes over. True when it came to its own end. */
async function survive(scene: Scene, work: Promise<unknown>): Promise<boolean> {
  work.catch(() => undefined);
  await Promise.race([work, scene.process.life.crashed]);
  if (!scene.process.life.over) return true;
  scene.process = await startProcess(scene.world);
  return false;
}

async function perform(scene: Scene, act: Act): Promise<void> {
  const { world, model } = scene;
  const [deed, update] = [deedOf(world, act), nextUpdate()];
  const expected = model.act(act, world.clock.now().getTime());
  const visit = scene.process.visit(deed, update);
  if (await survive(scene, visit)) expect(await visit).toBe(expected);
  // Telegram sends an update again until it was taken.
  else if (!world.database.tables.updates.has(update)) await scene.process.visit(deed, update);
}

async function meddle({ tunnel }: ServiceWorld): Promise<void> {
  const { peers } = await tunnel.read();
  const [first, second] = peers;
  if (first) await tunnel.apply({ remove: [first.publicKey], add: [] });
  if (second) await tunnel.apply({ remove: [], add: [{ ...second, allowedIps: ['192.168.1.1/32'] }] });
}

async function take(scene: Scene, step: Step): Promise<void> {
  const { world, model } = scene;
  switch (step.kind) {
    case 'act':
      return perform(scene, step.act);
    case 'crash':
      scene.process = await startProcess(world, { crash: step.point });
      return;
    case 'days':
      return world.clock.advance(step.days * 86_400_000);
    case 'expire':
      model.expire(world.clock.now().getTime());
      await expireSubscriptions(world, new AbortController().signal);
      return;
    case 'tidy':
      return keepHouse({
        ...world,
        held: [LOCAL_NODE],
        operators: { forget: async () => 0 },
        log: createRecordingLog(world.logLines),
        restMs: 3_600_000,
      });
    case 'wipe':
      return world.tunnel.remove().then(() => void world.tunnel.ensureUp());
    case 'meddle':
      return meddle(world);
    case 'drain':
    case 'rest':
    case 'reconcile':
      await survive(scene, scene.process[step.kind]());
      return;
  }
}

/** model == store == interface == what the chats hold. */
async function expectModel({ world, model }: Scene): Promise<void> {
  await expectAtRest(world);
  for (const [id, account] of model.accounts) {
    const state = await world.store.view(accountId(id));
    const devices = (state?.devices ?? []).map(({ name, state, peer }) => ({
      name,
      state,
      wanted: peer.wanted,
    }));
    expect(devices).toEqual(account.devices);
  }
  const wanted = [...model.accounts.values()].flatMap((each) =>
    each.devices.filter((device) => device.wanted),
  );
  expect((await world.tunnel.read()).peers).toHaveLength(wanted.length);
}

async function play(steps: readonly Step[]): Promise<void> {
  const world = await createServiceWorld({ cidr4: '10.66.0.0/29', cidr6: 'fd00:66::/64' });
  const scene: Scene = { world, model: createAccessModel(ROOM), process: await startProcess(world) };
  for (const step of steps) await take(scene, step);
  scene.process = await startProcess(world);
  await scene.process.rest();
  await scene.process.reconcile();
  await expectModel(scene);
}

describe('F-A8: any sequence of deeds, days, crashes and meddling', () => {
  test('model == store == interface, and every user holds one config for each device', async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: LONGEST, size: 'max' }), play), {
      numRuns: RUNS,
    });
  }, 60_000);

  test('the keys of a stranger stay where they are', async () => {
    const { publicKey } = createKeyMaker().keyPair();
    const world = await createServiceWorld();
    await world.tunnel.apply({ remove: [], add: [{ publicKey, allowedIps: ['192.168.9.9/32'] }] });
    const process = await startProcess(world);
    await process.visit({ kind: 'start', account: 1 });
    await process.rest();
    await process.reconcile();
    expect((await world.tunnel.read()).peers.map((each) => each.publicKey)).toContain(publicKey);
  });
});
