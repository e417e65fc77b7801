import { describe, expect, test } from 'bun:test';
import { createSdNotify } from '../../src/server/adapters/system/sd-notify.ts';
import type { LoopRecord } from '../../src/server/core/loop-record.ts';
import { createTellSupervisor } from '../../src/server/services/tell-supervisor.ts';
import { eventually } from '../support/eventually.ts';
import { tempFolder } from '../support/machine.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { listenForNotify } from '../support/notify-listener.ts';
import { createRecordingLog } from '../support/recording-log.ts';
import { loopRecord } from '../support/vitals.ts';

async function setUp(patienceMs: number | null) {
  const folder = await tempFolder();
  const listener = await listenForNotify(folder.file('notify'));
  const clock = createManualClock();
  const world = {
    probe: loopRecord({ name: 'probe' }) as LoopRecord,
    jobs: loopRecord({ name: 'jobs' }) as LoopRecord,
    reasons: [] as string[],
  };
  const telling = createTellSupervisor({
    clock,
    log: createRecordingLog([]),
    supervisor: createSdNotify(folder.file('notify')),
    patienceMs,
    limits: { probe: 30_000, jobs: 60_000 },
    loops: () => [world.probe, world.jobs],
    reasons: () => world.reasons,
  });
  telling.start();
  return {
    world,
    clock,
    listener,
    alive: () => listener.count('WATCHDOG=1'),
    /** Moves on by one pause and waits for what is said then. */
    async turn(ms: number) {
      const before = listener.messages().filter((each) => each.startsWith('STATUS=')).length;
      await eventually(() => {
        clock.advance(ms);
        expect(listener.messages().filter((each) => each.startsWith('STATUS=')).length).toBeGreaterThan(
          before,
        );
      });
    },
    status: () => listener.messages().findLast((each) => each.startsWith('STATUS=')),
    async [Symbol.asyncDispose]() {
      await telling.stop();
      await listener[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

describe('the supervisor is told, over a real socket', () => {
  test('at half of its patience, and a line of how it goes', async () => {
    await using rig = await setUp(4_000);
    await eventually(() => rig.alive() === 1);
    expect(rig.status()).toBe('STATUS=serving');
    await rig.turn(2_000);
    await eventually(() => rig.alive() >= 2);
  });

  test('F-L8: a database that is away is said, and is no reason to be killed', async () => {
    await using rig = await setUp(4_000);
    await eventually(() => rig.alive() === 1);
    rig.world.probe = loopRecord({ name: 'probe', lastTurnAgeMs: 2_000 });
    rig.world.jobs = loopRecord({ name: 'jobs', lastSuccessAgeMs: 900_000, failuresInRow: 90 });
    rig.world.reasons = ['the database has not answered for 900 s'];
    await rig.turn(2_000);
    await eventually(() => rig.alive() >= 2);
    expect(rig.status()).toBe('STATUS=the database has not answered for 900 s');
  });

  test('a probe or a job runner that hangs ends the word, and its progress brings it back', async () => {
    await using rig = await setUp(4_000);
    await eventually(() => rig.alive() === 1);
    rig.world.probe = loopRecord({ name: 'probe', lastTurnAgeMs: 30_001 });
    await rig.turn(2_000);
    const alive = rig.alive();
    expect(rig.status()).toBe('STATUS=hanging: probe');
    await rig.turn(2_000);
    expect(rig.alive()).toBe(alive);
    rig.world.probe = loopRecord({ name: 'probe', lastTurnAgeMs: 0 });
    await rig.turn(2_000);
    await eventually(() => rig.alive() > alive);
    rig.world.jobs = loopRecord({ name: 'jobs', lastTurnAgeMs: 60_001 });
    await rig.turn(2_000);
    await eventually(() => rig.status() === 'STATUS=hanging: jobs');
  });

  test('a supervisor without patience hears how it goes, and nothing else', async () => {
    await using rig = await setUp(null);
    await eventually(() => rig.status() === 'STATUS=serving');
    await rig.turn(5_000);
    expect(rig.alive()).toBe(0);
  });
});
