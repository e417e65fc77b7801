import { expect, test } from 'bun:test';
import { createBoard } from '../../../../../src/server/adapters/system/watchdog/board.ts';

test('what began last is told newest first, a few of it, and read from the other side of the memory', () => {
  const board = createBoard();
  const other = createBoard(board.memory);
  expect(other.latest()).toEqual([]);
  for (let count = 0; count < 40; count += 1) board.began('job', `kind-${count % 20}`);
  expect(other.latest().map(({ what }) => what)).toEqual(
    [19, 18, 17, 16, 15, 14, 13, 12].map((kind) => `job kind-${kind}`),
  );
  for (const { agoMs } of other.latest()) expect(agoMs).toBeLessThan(1_000);
});

test('names without end do not eat the memory, and what has a name keeps it', () => {
  const board = createBoard();
  board.began('call', 'the first');
  for (let count = 0; count < 1_000; count += 1) board.began('call', `name ${count}`);
  expect(board.latest()[0]?.what).toBe('other');
  board.began('call', 'the first');
  expect(board.latest()[0]?.what).toBe('call the first');
});

test('a long name is cut, also between two bytes of a letter', () => {
  const board = createBoard();
  board.began('http', 'ё'.repeat(200));
  expect(board.latest()[0]?.what).toStartWith('http ёёё');
  board.began('http', 'short');
  expect(board.latest()[0]?.what).toBe('http short');
});

test('beats and looks are seen from the other side', () => {
  const board = createBoard();
  const other = createBoard(board.memory);
  board.beat();
  board.beat();
  expect(other.beats()).toBe(2);
  expect(other.beatAgeMs()).toBeLessThan(1_000);
  expect(board.lookAgeMs()).toBeNull();
  expect(board.notCountedMs()).toBe(0);
  other.looked(1_234);
  expect(board.notCountedMs()).toBe(1_234);
  expect(board.lookAgeMs()).toBeLessThan(1_000);
});

test('a closed board ends the waiting', () => {
  const board = createBoard();
  expect(board.wait(1)).toBe(true);
  board.close();
  expect(board.wait(60_000)).toBe(false);
});

test('noting what begins costs next to nothing', () => {
  const board = createBoard();
  const rounds = 200_000;
  for (let count = 0; count < rounds; count += 1) board.began('call', 'telegram.sendMessage');
  const startedAt = performance.now();
  for (let count = 0; count < rounds; count += 1) board.began('call', 'telegram.sendMessage');
  // A thousand of them a second are two milliseconds of it at the very most.
  expect((performance.now() - startedAt) / rounds).toBeLessThan(0.002);
});
