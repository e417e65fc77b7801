import { expect, test } from 'bun:test';
import { createLoopFreezes } from '../../../../src/server/adapters/system/loop-freezes.ts';
import { eventually } from '../../../support/eventually.ts';

function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end) Math.sqrt(end);
}

test('K4: a block of the event loop is told afterwards, with its end and its length', async () => {
  const freezes = createLoopFreezes();
  try {
    await eventually(() => freezes.takeLongestLateMs() < 50);
    block(180);
    await eventually(() => freezes.read().length > 0);
    const freeze = freezes.read()[0]!;
    expect(freeze.ms).toBeGreaterThan(140);
    expect(Math.abs(Date.now() - freeze.at)).toBeLessThan(2_000);
    expect(freezes.takeLongestLateMs()).toBeGreaterThan(140);
    await eventually(() => freezes.takeLongestLateMs() < 50);
  } finally {
    freezes.stop();
  }
});

test('only the last ones are kept', async () => {
  const freezes = createLoopFreezes();
  try {
    for (let count = 1; count <= 22; count += 1) {
      const before = freezes.read()[0]?.at ?? 0;
      block(125);
      await eventually(() => (freezes.read()[0]?.at ?? 0) > before);
    }
    expect(freezes.read()).toHaveLength(20);
  } finally {
    freezes.stop();
  }
}, 15_000);
