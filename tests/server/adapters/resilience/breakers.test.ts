import { describe, expect, test } from 'bun:test';
import { createBreakers } from '../../../../src/server/adapters/resilience/breakers.ts';
import { AppError } from '../../../../src/server/core/errors.ts';
import { judgeCall } from '../../../../src/server/core/outside-call.ts';
import type { Clock } from '../../../../src/server/core/ports/clock.ts';
import { createDoorKit } from '../../../support/door-kit.ts';
import { failureOf } from '../../../support/failures.ts';

/** A breaker over a clock that moves only when told to. */
function setUp() {
  const kit = createDoorKit();
  let now = 1_000;
  const clock: Clock = { ...kit.clock, monotonicMs: () => now };
  const breakers = createBreakers({ ...kit, clock, threshold: 3, halfOpenAfterMs: 1_000 });
  const breaker = breakers.for('x');
  const give = <T>(value: T) => breaker.run(async () => value, judgeCall);
  const fail = (error: unknown) => breaker.run(() => Promise.reject(error), judgeCall);
  const advance = (ms: number) => {
    now += ms;
  };
  const open = async () => {
    for (let i = 0; i < 3; i++) await failureOf(fail(timeout));
  };
  return { breakers, breaker, give, fail, advance, open, metrics: kit.metrics };
}

const timeout = new AppError('timeout', 'late');
const refusal = new AppError('invalid', 'no');

describe('F-L5 closed', () => {
  test('hands values and errors through as they are', async () => {
    const { give, fail } = setUp();
    expect(await give(7)).toBe(7);
    expect(await failureOf(fail(refusal))).toBe(refusal);
  });

  test('opens at the third failure in a row; any answer in between starts the count anew', async () => {
    const { breaker, give, fail, open } = setUp();
    await failureOf(fail(timeout));
    await failureOf(fail(timeout));
    await failureOf(fail(refusal));
    await failureOf(fail(timeout));
    await failureOf(fail(timeout));
    await give(1);
    expect(breaker.state).toBe('closed');
    await open();
    expect(breaker.state).toBe('open');
  });

  test('a call its caller called off neither counts nor starts the count anew', async () => {
    const { breaker, fail } = setUp();
    const unknown = () =>
      breaker.run(
        () => Promise.reject(refusal),
        () => 'unknown',
      );
    await failureOf(fail(timeout));
    await failureOf(fail(timeout));
    await failureOf(unknown());
    expect(breaker.state).toBe('closed');
    await failureOf(fail(timeout));
    expect(breaker.state).toBe('open');
  });
});

describe('F-L5 open', () => {
  test('is half open once its time is over, though nobody calls: an idle call makes nobody unready', async () => {
    const { breakers, breaker, advance, open, metrics } = setUp();
    await open();
    advance(999);
    expect(breaker.state).toBe('open');
    expect(await metrics.render()).toContain('adit_breaker_open{call="x"} 1');
    advance(1);
    expect(breaker.state).toBe('half_open');
    expect(await metrics.render()).toContain('adit_breaker_open{call="x"} 0');
    expect(breakers.states()).toEqual([{ name: 'x', state: 'half_open' }]);
  });

  test('does not run the work before its time, then lets one probe through', async () => {
    const { breaker, give, advance, open } = setUp();
    await open();
    advance(999);
    let ran = 0;
    const count = async () => ++ran;
    expect((await failureOf(breaker.run(count, judgeCall))).details.reason).toBe('breaker_open');
    expect(ran).toBe(0);
    advance(1);
    const held = Promise.withResolvers<number>();
    const probe = breaker.run(() => held.promise, judgeCall);
    expect(breaker.state).toBe('half_open');
    for (let i = 0; i < 10; i++) await failureOf(breaker.run(count, judgeCall));
    expect(ran).toBe(0);
    held.resolve(1);
    await probe;
    expect(breaker.state).toBe('closed');
    expect(await give(2)).toBe(2);
  });

  test('a failed probe, and one called off, open it for the whole time again', async () => {
    const { breaker, give, fail, advance, open } = setUp();
    await open();
    advance(1_000);
    await failureOf(fail(timeout));
    advance(999);
    await failureOf(give(1));
    advance(1);
    await failureOf(
      breaker.run(
        () => Promise.reject(refusal),
        () => 'unknown',
      ),
    );
    expect(breaker.state).toBe('open');
    advance(1_000);
    expect(await give(1)).toBe(1);
  });

  test('a probe that is refused in good time closes it', async () => {
    const { breaker, fail, advance, open } = setUp();
    await open();
    advance(1_000);
    await failureOf(fail(refusal));
    expect(breaker.state).toBe('closed');
  });
});

test('one breaker per name, and all of them listed', async () => {
  const { breakers, breaker, open } = setUp();
  expect(breakers.for('x')).toBe(breaker);
  breakers.for('y');
  await open();
  expect(breakers.states()).toEqual([
    { name: 'x', state: 'open' },
    { name: 'y', state: 'closed' },
  ]);
});
