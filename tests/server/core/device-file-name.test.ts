import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { deviceFileName, deviceFileStem } from '../../../src/server/core/device-file-name.ts';
import { anyHostileText, HOSTILE } from '../../support/tunnel-arbitraries.ts';

describe('the file name of a device', () => {
  test.each([
    ['phone', 'phone'],
    ['Мой телефон', 'Moi-telefon'],
    ['ЩУКА ёж', 'ShchUKA-ezh'],
    ['Лёша', 'Lesha'],
    ['Zoë’s iPhone 15 Pro', 'Zoe-s-iPhone-15'],
    ['我的手机', 'device'],
    ['📱', 'device'],
    ['', 'device'],
    ['../../etc/passwd', 'etc-passwd'],
    ['-rf', 'rf'],
    ['CON', 'device-CON'],
    ['lpt1.txt', 'device-lpt1.txt'],
    ['a'.repeat(40), 'a'.repeat(15)],
  ])('%j becomes %j', (name, stem) => {
    expect(deviceFileStem(name)).toBe(stem);
  });

  test('F-S1: whatever the name, WireGuard apps take the stem as an interface name', () => {
    fc.assert(
      fc.property(anyHostileText, (name) => {
        expect(deviceFileStem(name)).toMatch(/^[a-zA-Z0-9]([a-zA-Z0-9_=+.-]{0,13}[a-zA-Z0-9])?$/);
      }),
      { numRuns: 2_000, examples: HOSTILE.map((name) => [name]) },
    );
  });

  test('the file ends in .conf', () => {
    expect(deviceFileName('Ноутбук')).toBe('Noutbuk.conf');
  });
});
