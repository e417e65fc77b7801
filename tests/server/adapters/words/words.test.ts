import { describe, expect, test } from 'bun:test';
import { createWords } from '../../../../src/server/adapters/words/words.ts';
import { TEXTS } from '../../../../src/views/words/texts.ts';

const words = createWords(TEXTS);

describe('words', () => {
  test.each([
    [1, 'минуту'],
    [2, 'минуты'],
    [5, 'минут'],
    [11, 'минут'],
    [21, 'минуту'],
    [22, 'минуты'],
    [59, 'минут'],
  ])('%i in Russian: %s', (n, word) => {
    expect(words.say('ru', 'seen', { unit: 'minutes', n })).toBe(`${n} ${word} назад`);
  });

  test.each([
    [1, '1 device'],
    [3, '3 devices'],
  ])('%i in English: %s', (limit, text) => {
    expect(words.say('en', 'device-limit', { limit })).toContain(text);
  });

  test('times are UTC whatever the machine thinks, and without isolation marks', () => {
    const values = { until: new Date('2026-11-24T22:05:00Z'), devices: 1, limit: 3 };
    expect(words.say('en', 'home-active', values)).toContain('until 24 November at 22:05 (UTC)');
    expect(words.say('ru', 'home-active', values)).toContain('до 24 ноября в 22:05 (UTC)');
    expect(words.say('ru', 'home-active', values)).not.toMatch(/[\u2066-\u2069]/u);
  });

  test('an unknown key and a missing value are mistakes, not texts', () => {
    expect(() => words.say('en', 'no-such-key')).toThrow('no text for no-such-key');
    expect(() => words.say('en', 'preparing')).toThrow('preparing');
  });
});
