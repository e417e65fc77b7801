import { expect, test } from 'bun:test';
import { createLoopLag } from '../../../../src/server/adapters/system/loop-lag.ts';
import { eventually } from '../../../support/eventually.ts';

function block(ms: number): void {
  const endsAt = performance.now() + ms;
  while (performance.now() < endsAt);
}

test('a block of 200 ms shows in max, in its window and the next, and is then forgotten', async () => {
  const lag = createLoopLag({ windowMs: 150 });
  try {
    await eventually(() => lag.read().p50 > 0);
    block(200);
    await eventually(() => lag.read().max >= 0.15, { withinMs: 1_000, everyMs: 5 });
    expect(lag.read().max).toBeLessThan(0.5);
    expect(lag.read().p50).toBeLessThan(0.1);
    await eventually(() => lag.read().max < 0.1, { withinMs: 3_000 });
  } finally {
    lag.stop();
  }
});
