import { expect, test } from 'bun:test';
import { createLoopFreezes } from '../../../../src/server/adapters/system/loop-freezes.ts';
import { type Board, createBoard } from '../../../../src/server/adapters/system/watchdog/board.ts';
import type { Freeze } from '../../../../src/server/core/ports/vitals.ts';
import { eventually } from '../../../support/eventually.ts';

function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end) Math.sqrt(end);
}

const watch = (board: Board = createBoard(), earlier: readonly Freeze[] = []) =>
  createLoopFreezes({ board, earlier, onFreeze: () => undefined });

test('K4, B7: a block of the event loop is told afterwards, with its end, its length and what began last', async () => {
  const board = createBoard();
  const freezes = watch(board);
  try {
    await eventually(() => freezes.takeLongestLateMs() < 50);
    board.began('job', 'apply-peer');
    board.began('call', 'telegram.sendMessage');
    block(180);
    await eventually(() => freezes.read().length > 0);
    const freeze = freezes.read()[0]!;
    expect(freeze.ms).toBeGreaterThan(140);
    expect(freeze.end).toBe('went-on');
    expect(freeze.running.map(({ what }) => what)).toEqual(['call telegram.sendMessage', 'job apply-peer']);
    // They began just before it, not during it.
    expect(freeze.running[0]!.agoMs).toBeLessThan(100);
    expect(Math.abs(Date.now() - freeze.at)).toBeLessThan(2_000);
    expect(freezes.takeLongestLateMs()).toBeGreaterThan(140);
    await eventually(() => freezes.takeLongestLateMs() < 50);
  } finally {
    freezes.stop();
  }
});

test('time in which the watchdog did not have its turn either is no freeze', async () => {
  const board = createBoard();
  const freezes = watch(board);
  try {
    await eventually(() => freezes.takeLongestLateMs() < 50);
    const before = board.beats();
    block(300);
    // As the watchdog tells it after the whole process was stopped for most of that time.
    board.looked(280);
    await eventually(() => board.beats() > before + 2);
    expect(freezes.read()).toEqual([]);
  } finally {
    freezes.stop();
  }
});

test('only the last ones are kept, those of earlier runs among them', async () => {
  const earlier: Freeze = { at: 1, ms: 30_000, running: [], end: 'watchdog' };
  const freezes = watch(createBoard(), [earlier]);
  try {
    expect(freezes.read()).toEqual([earlier]);
    for (let count = 1; count <= 20; count += 1) {
      const before = freezes.read()[0]?.at ?? 0;
      block(125);
      await eventually(() => (freezes.read()[0]?.at ?? 0) > before);
    }
    expect(freezes.read()).toHaveLength(20);
    expect(freezes.read()).not.toContain(earlier);
  } finally {
    freezes.stop();
  }
}, 15_000);
