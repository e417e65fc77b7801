import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { createSeriesBook } from '../../src/server/core/series.ts';

const book = (length = 4) =>
  createSeriesBook({ names: ['a', 'top'], stepMs: 10, length, greatest: new Set(['top']) });

describe('rings of past values', () => {
  test('nothing was measured yet', () => {
    expect(book().read('a')).toEqual([null, null, null, null]);
  });

  test('a step keeps the mean, or the greatest', () => {
    const one = book();
    for (const value of [2, 4]) one.add(100, { a: value, top: value });
    expect(one.read('a').at(-1)).toBe(3);
    expect(one.read('top').at(-1)).toBe(4);
  });

  test('steps nobody measured are gaps, and null leaves one', () => {
    const one = book();
    one.add(100, { a: 1, top: 1 });
    one.add(125, { a: 2, top: null });
    expect(one.read('a')).toEqual([null, 1, null, 2]);
    expect(one.read('top')).toEqual([null, 1, null, null]);
  });

  test('after a sleep longer than the ring nothing old is left', () => {
    const one = book();
    one.add(100, { a: 1 });
    one.add(900_000, { a: 2 });
    expect(one.read('a')).toEqual([null, null, null, 2]);
  });

  test('against a list: the last values, whatever the steps between them', () => {
    const steps = fc.array(fc.record({ skip: fc.integer({ min: 1, max: 6 }), value: fc.integer() }));
    fc.assert(
      fc.property(steps, (given) => {
        const ring = createSeriesBook({ names: ['a'], stepMs: 10, length: 5, greatest: new Set<'a'>() });
        const model: (number | null)[] = [null, null, null, null, null];
        let at = 1_000;
        for (const { skip, value } of given) {
          at += skip * 10;
          ring.add(at, { a: value });
          model.push(...Array.from({ length: skip - 1 }, () => null), Math.fround(value));
        }
        expect(ring.read('a')).toEqual(model.slice(-5));
      }),
    );
  });

  test('memory is what was taken at the start', () => {
    expect(book().bytes).toBe(2 * 4 * 4);
  });
});
