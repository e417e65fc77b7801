import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import {
  type BootSample,
  firstSeen,
  type KnownBoot,
  seenAgain,
} from '../../../../src/server/adapters/xray/boot.ts';

const WALL = Date.UTC(2026, 0, 1);

/** What a server that began at `beganMs` of the machine's clock says at `atMs`. */
function sample(beganMs: number, atMs: number, more: Partial<BootSample> = {}): BootSample {
  const uptimeSeconds = Math.floor((atMs - beganMs) / 1000);
  return {
    uptimeSeconds,
    totalAlloc: atMs - beganMs,
    mallocs: atMs - beganMs,
    machineBoot: 'machine-1',
    sentAtMs: atMs - 1,
    receivedAtMs: atMs + 1,
    wallMs: WALL + atMs,
    ...more,
  };
}

/** Through a file and back, as a later process has it. */
const remembered = (boot: KnownBoot): KnownBoot => JSON.parse(JSON.stringify(boot));

describe('the same start', () => {
  test('is known again in every answer, whenever and however late they come', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 200_000_000 }), { maxLength: 30 });
    const lateness = fc.integer({ min: 0, max: 3_000 });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10_000 }),
        gaps,
        lateness,
        lateness,
        (began, pauses, sent, received) => {
          let at = began + 5;
          let known = firstSeen('a', sample(began, at));
          for (const pause of pauses) {
            at += pause;
            const late = sample(began, at, { sentAtMs: at - sent, receivedAtMs: at + received });
            const again = seenAgain(remembered(known), late);
            expect(again?.id).toBe('a');
            known = again!;
          }
        },
      ),
    );
  });

  test('is known again whatever the wall clock says', () => {
    const known = firstSeen('a', sample(0, 5_000));
    expect(seenAgain(known, sample(0, 9_000, { wallMs: WALL - 1e9 }))?.id).toBe('a');
  });

  test('is known again though its clock drifts from ours', () => {
    let known = firstSeen('a', sample(0, 1_000));
    for (let at = 60_000; at < 30 * 86_400_000; at += 3_600_000) {
      const theirs = at * 1.0002;
      const uptimeSeconds = Math.floor(theirs / 1000);
      const again = seenAgain(known, sample(0, at, { uptimeSeconds }));
      expect(again?.id).toBe('a');
      known = again!;
    }
  });

  test('is known again after a start of our own machine, by wall time', () => {
    const known = firstSeen('a', sample(0, 50_000));
    const later = sample(0, 90_000, { machineBoot: 'machine-2', sentAtMs: 10, receivedAtMs: 12 });
    expect(seenAgain(known, later)?.id).toBe('a');
  });
});

describe('another start', () => {
  test('is noticed whatever time has passed, as soon as it began a second and a half later', () => {
    const times = fc.tuple(
      fc.integer({ min: 0, max: 500_000 }),
      fc.integer({ min: 1_500, max: 1_000_000 }),
      fc.integer({ min: 0, max: 1_000_000 }),
    );
    fc.assert(
      fc.property(times, ([seenAfter, begunLater, askedAfter]) => {
        // The memory counters say nothing here: the new one has done more than the old one had.
        const busy = { totalAlloc: 1e12, mallocs: 1e12 };
        const slack = 1_003 + (begunLater + askedAfter) * 0.0005;
        fc.pre(begunLater > slack);
        const known = firstSeen('a', sample(0, seenAfter));
        const began = Math.max(begunLater, seenAfter);
        expect(seenAgain(known, sample(began, began + askedAfter, busy))).toBeNull();
      }),
    );
  });

  test('within the same second is told by the memory it has used', () => {
    const known = firstSeen('a', sample(0, 400));
    expect(seenAgain(known, sample(450, 600))).toBeNull();
  });

  test('that took place while our own machine was started anew too is noticed', () => {
    const known = firstSeen('a', sample(0, 50_000));
    const later = sample(60_000, 200_000, { machineBoot: 'machine-2', totalAlloc: 1e9, mallocs: 1e9 });
    expect(seenAgain(known, later)).toBeNull();
  });
});
