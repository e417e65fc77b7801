import { expect, test } from 'bun:test';
import { hangingLoops } from '../../src/server/core/progress.ts';
import { loopRecord } from '../support/vitals.ts';

const LIMITS = { probe: 30_000, jobs: 60_000 };

test('F-L8: a loop that fails gets on; only one that does not end its turn hangs', () => {
  const failing = loopRecord({
    name: 'probe',
    failuresInRow: 400,
    lastSuccessAgeMs: 900_000,
    lastTurnAgeMs: 10,
  });
  const slow = loopRecord({ name: 'jobs', lastTurnAgeMs: 60_000 });
  expect(hangingLoops([failing, slow], LIMITS, 900_000)).toEqual([]);
  expect(hangingLoops([failing, { ...slow, lastTurnAgeMs: 60_001 }], LIMITS, 900_000)).toEqual(['jobs']);
});

test('a loop without any turn yet, or that is not there at all, has its limit from the start', () => {
  const fresh = loopRecord({ name: 'probe', lastTurnAgeMs: null });
  expect(hangingLoops([fresh], LIMITS, 30_000)).toEqual([]);
  expect(hangingLoops([fresh], LIMITS, 30_001)).toEqual(['probe']);
  expect(hangingLoops([], LIMITS, 60_001)).toEqual(['probe', 'jobs']);
});
