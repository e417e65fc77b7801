import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { LONGEST_DEVICE_NAME, parseDeviceName } from '../../src/server/core/device-name.ts';

describe('F-S1: names of devices', () => {
  const taken: readonly (readonly [typed: string, name: string])[] = [
    ['Phone', 'Phone'],
    ['  Mum’s  ', 'Mum’s'],
    ['Телефон жены', 'Телефон жены'],
    ['📱', '📱'],
    ['👨‍👩‍👧', '👨‍👩‍👧'],
    ['cafe\u0301', 'caf\u00e9'],
    ['[Peer]', '[Peer]'],
    ['# ; " $() <b>', '# ; " $() <b>'],
    ['🦊'.repeat(32), '🦊'.repeat(32)],
  ];
  for (const [typed, name] of taken) {
    test(`${JSON.stringify(typed)} is taken`, () => expect(parseDeviceName(typed)).toBe(name));
  }

  const refused: readonly string[] = [
    '',
    ' \t\n ',
    'a\nPostUp=evil',
    'a\rb',
    'a\u0000b',
    'a\u007fb',
    'a\u0085b',
    'a\u2028b',
    'a\u2029b',
    '\u202etxt.exe',
    'a\u2066b\u2069',
    'a\u200eb',
    '\ud83d',
    'a\udc00b',
    'x'.repeat(33),
    '🦊'.repeat(33),
    '\u200b',
    '\u2060\u2060',
    '\ufeff\u200b',
    '\u061cevil',
  ];
  for (const typed of refused) {
    test(`${JSON.stringify(typed)} is refused`, () => expect(parseDeviceName(typed)).toBeNull());
  }

  test('property: what is taken is trimmed, short, of one line, and taken again as it is', () => {
    const property = fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (typed) => {
      const name = parseDeviceName(typed);
      if (name === null) return;
      expect(name).toBe(name.trim());
      expect([...name].length).toBeLessThanOrEqual(LONGEST_DEVICE_NAME);
      expect(name.isWellFormed()).toBe(true);
      expect(name).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
      expect(parseDeviceName(name)).toBe(name);
    });
    fc.assert(property, { numRuns: 2000 });
  });
});
