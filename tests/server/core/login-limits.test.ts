import { describe, expect, test } from 'bun:test';
import { admitTry, isBurst, type Tries, takeBack, waitAfter } from '../../../src/server/core/login-limits.ts';
import { nameProblem, passwordProblem, plainName } from '../../../src/server/core/operator-rules.ts';
import { mayActAs, ROLES } from '../../../src/server/core/operators.ts';

const START = new Date('2026-03-01T12:00:00Z');
const after = (ms: number) => new Date(START.getTime() + ms);

/** Failures as fast as they are admitted, for so long. */
function failuresWithin(ms: number): number {
  let tries: Tries | null = null;
  let now = START;
  let failures = 0;
  while (now.getTime() - START.getTime() < ms) {
    const admission = admitTry(tries, now);
    if (admission.kind === 'wait') now = admission.until;
    else {
      tries = admission.tries;
      failures += 1;
    }
  }
  return failures;
}

describe('limits of tries', () => {
  test('five are free, then the wait doubles up to fifteen minutes', () => {
    expect([1, 4, 5, 6, 7, 14, 15, 100, 2000].map(waitAfter)).toEqual([
      0, 0, 1000, 2000, 4000, 512_000, 900_000, 900_000, 900_000,
    ]);
  });

  test('whoever never rests gets about a hundred tries a day', () => {
    expect(failuresWithin(24 * 60 * 60_000)).toBeLessThan(120);
  });

  test('a right try in between gives nothing back but itself', () => {
    let tries = { failures: 9, lastFailedAt: START, blockedUntil: after(16_000) };
    const admission = admitTry(tries, after(20_000));
    if (admission.kind === 'wait') throw new Error('it should be admitted');
    expect(takeBack(admission.tries).failures).toBe(9);
    tries = { ...tries, failures: 0 };
    expect(takeBack(tries).failures).toBe(0);
  });

  test('blocked until the moment it was said, and after an hour of quiet all is forgotten', () => {
    const tries = { failures: 30, lastFailedAt: START, blockedUntil: after(900_000) };
    expect(admitTry(tries, after(899_999))).toEqual({ kind: 'wait', until: after(900_000) });
    expect(admitTry(tries, after(900_000))).toMatchObject({ tries: { failures: 31 } });
    expect(admitTry(tries, after(3_600_000))).toMatchObject({ tries: { failures: 1, blockedUntil: null } });
  });

  test('a burst is noted when it begins and at every tenth failure', () => {
    expect([1, 4, 5, 6, 10, 20, 25].map(isBurst)).toEqual([false, false, true, false, true, true, false]);
  });
});

describe('names and passwords', () => {
  test.each(['anna', 'a', 'anna.b-c_d', '0', 'a'.repeat(32)])('a name: %s', (name) => {
    expect(nameProblem(name)).toBeNull();
  });
  test.each(['', '-anna', 'anna.', 'Anna', 'an na', 'анна', 'a'.repeat(33), 'a\nb', '<b>'])(
    'no name: %p',
    (name) => {
      expect(nameProblem(name)).toBe('name-shape');
    },
  );
  test('a name is compared without case and space round it', () => {
    expect(plainName('  Anna\n')).toBe('anna');
  });
  test.each([
    ['eleven char', 'password-short'],
    ['ANNAannaAnna', 'password-is-name'],
    ['aaaaaaaaaaaab', 'password-plain'],
    ['x1y2'.repeat(300), 'password-long'],
    ['twelve chars', null],
    ['пароль из слов', null],
    // Fifteen UTF-16 units, nine code points: the latter are counted.
    ['👩‍🚀'.repeat(3), 'password-short'],
  ] as const)('%p: %p', (password, problem) => {
    expect(passwordProblem(password, 'anna')).toBe(problem);
  });
});

test('each role may do what the ones before it may', () => {
  const table = ROLES.map((role) => ROLES.map((needed) => mayActAs(role, needed)));
  expect(table).toEqual([
    [true, false, false],
    [true, true, false],
    [true, true, true],
  ]);
});
