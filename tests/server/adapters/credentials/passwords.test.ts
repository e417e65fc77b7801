import { describe, expect, test } from 'bun:test';
import { createPasswords } from '../../../../src/server/adapters/credentials/passwords.ts';
import { failureOf } from '../../../support/failures.ts';

const RIGHT = 'correct horse battery';

describe('passwords', () => {
  test('are argon2id with a salt each', async () => {
    const passwords = createPasswords();
    const [a, b] = [await passwords.hash(RIGHT), await passwords.hash(RIGHT)];
    expect(a).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(a).not.toBe(b);
    expect(await passwords.verify(RIGHT, a, false)).toBe(true);
    expect(await passwords.verify('correct horse batterY', a, false)).toBe(false);
  });

  test('of nobody is never right, not even the one that is verified in its place', async () => {
    const passwords = createPasswords();
    expect(await passwords.verify(RIGHT, null, false)).toBe(false);
    expect(await passwords.verify('the password of nobody at all', null, false)).toBe(false);
  });

  test('two at a time; the urgent go before those who wait; beyond the line one is told to come again', async () => {
    const passwords = createPasswords();
    const hash = await passwords.hash(RIGHT);
    const order: string[] = [];
    const attempts = Array.from({ length: 60 }, async (_, index) => {
      const done = passwords.verify('wrong', hash, false);
      return done.then(
        () => void order.push(`stranger ${index}`),
        () => 'refused',
      );
    });
    const urgent = passwords.verify(RIGHT, hash, true).then((right) => {
      order.push('known');
      return right;
    });
    const failure = await failureOf(passwords.verify('wrong', hash, false));
    expect(failure).toMatchObject({ code: 'exhausted' });
    expect(await urgent).toBe(true);
    // Only those already in hand were before, and one that may have ended meanwhile.
    expect(order.indexOf('known')).toBeLessThanOrEqual(3);
    const outcomes = await Promise.all(attempts);
    expect(outcomes.filter((each) => each === 'refused')).toHaveLength(10);
  }, 30_000);
});
