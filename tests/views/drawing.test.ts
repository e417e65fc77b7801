import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { absolute, bytes, duration, relative } from '../../src/views/dashboard/format.ts';
import { clipped, partsOf, visible } from '../../src/views/dashboard/hidden-characters.ts';
import { Sparkline, thinned } from '../../src/views/dashboard/sparkline.tsx';
import { settingIn } from '../support/dashboard-words.ts';

const en = settingIn('en');
const ru = settingIn('ru');

describe('numbers as people read them', () => {
  test.each([
    [0, '0 ms'],
    [0.01, '<0.1 ms'],
    [0.42, '0.4 ms'],
    [412.4, '412 ms'],
    [3_240, '3.2 s'],
    [250_000, '4 min 10 s'],
    [1_920_000, '32 min'],
    [7_380_000, '2 h 3 min'],
    [187_200_000, '2 d 4 h'],
    [Number.NaN, '–'],
  ])('%d ms', (ms, text) => expect(duration(en, ms)).toBe(text));

  test.each([
    [0, '0 B'],
    [1023, '1,023 B'],
    [1_234_567, '1.2 MiB'],
    [9_312_345_678_901, '8.5 TiB'],
  ])('%d bytes', (size, text) => expect(bytes(en, size)).toBe(text));

  test('Russian has its own signs', () => {
    expect(bytes(ru, 1_234_567)).toBe('1,2 МиБ');
    expect(duration(ru, 3_240)).toBe('3,2 с');
    expect(relative(ru, ru.now - 180_000)).toBe('3 мин. назад');
  });

  test('times: now, ago, ahead, and none at all', () => {
    expect(relative(en, en.now - 2_000)).toBe('now');
    expect(relative(en, en.now - 3 * 3_600_000)).toContain('3');
    expect(relative(en, en.now + 40 * 86_400_000)).toBe('in 40 days');
    expect(absolute(en.now)).toBe('2026-11-21 12:00:00 UTC');
    expect(absolute(8.64e15 + 1)).toBe('–');
  });
});

describe('text somebody else wrote', () => {
  test.each([
    ['a\u202eb', 'a[U+202E]b'],
    ['a\nb\u0000', 'a[U+000A]b[U+0000]'],
    ['\ud800', '\ufffd'],
    ['👩‍👧 family', '👩‍👧 family'],
    ['می‌خواهم', 'می‌خواهم'],
    ['pay\u200dpal', 'pay[U+200D]pal'],
  ])('%j is shown as %j', (text, shown) => expect(visible(text)).toBe(shown));

  test('nothing is lost but what is replaced, and nothing hidden is left', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const parts = partsOf(text);
        expect(parts.every((part) => part.text.isWellFormed() && part.text !== '')).toBe(true);
        expect(parts.map((part) => part.text).join('')).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });

  test('a cut never halves a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(40), (text, length) => {
        expect(clipped(text, length).isWellFormed()).toBe(true);
        expect(clipped(text, length).length).toBeLessThanOrEqual(Math.max(length + 1, text.length));
      }),
    );
  });
});

describe('sparklines', () => {
  const draw = (values: (number | null)[], top?: number) =>
    String(Sparkline({ series: { values, stepMs: 1_000 }, label: 'A & B', top }));

  test('a peak survives the thinning, a gap stays a gap', () => {
    const values = Array.from({ length: 600 }, (_, index) => (index === 333 ? 99 : 1));
    expect(Math.max(...thinned(values).map((value) => value ?? 0))).toBe(99);
    expect(thinned(Array<null>(600).fill(null)).every((value) => value === null)).toBe(true);
    expect(
      [...draw([1, 2, null, 3, 4]).matchAll(/class="spark-line" d="([^"]*)"/g)][0]![1]!.match(/M/g),
    ).toHaveLength(2);
  });

  test('the highest value touches the top, zero the ground', () => {
    const line = draw([0, 10]).match(/class="spark-line" d="([^"]*)"/)![1]!;
    expect(line).toBe('M0 97 1 3 1 3');
    expect(draw([0, 10], 20)).toContain('M0 97 1 50');
  });

  test('whatever the values, only numbers are drawn', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.double())), (values) => {
        expect(draw(values)).not.toMatch(/NaN|Infinity|undefined/);
      }),
    );
  });

  test('the picture has a text', () => expect(draw([1])).toContain('aria-label="A &amp; B"'));
});
