import { describe, expect, test } from 'bun:test';
import { AUDIT_ACTIONS } from '../../src/server/core/audit.ts';
import { DASHBOARD_TEXTS } from '../../src/views/words/dashboard-texts.ts';
import { settingIn } from '../support/dashboard-words.ts';

const keysOf = (source: string) => [...source.matchAll(/^([a-z][\w-]*) =/gm)].map((match) => match[1]!);
/** The values a message wants, by key. */
function valuesOf(source: string): Record<string, string[]> {
  const messages = source.split(/^(?=[a-z][\w-]* =)/m).slice(1);
  return Object.fromEntries(
    messages.map((message) => {
      const names = [...message.matchAll(/\$(\w+)/g)].map((match) => match[1]!);
      return [message.split(' ', 1)[0]!, [...new Set(names)].toSorted()];
    }),
  );
}

const en = keysOf(DASHBOARD_TEXTS.en);
const root = new URL('../../', import.meta.url).pathname;
const sources = await Promise.all(
  [...new Bun.Glob('src/views/dashboard/**/*.{ts,tsx}').scanSync(root)].map((path) =>
    Bun.file(`${root}${path}`).text(),
  ),
);
const code = sources.join('\n');

describe('words of the dashboard', () => {
  test('English and Russian have the same keys, each once', () => {
    expect(keysOf(DASHBOARD_TEXTS.ru).toSorted()).toEqual(en.toSorted());
    expect(new Set(en).size).toBe(en.length);
  });

  test('a text wants the same values in both languages', () => {
    expect(valuesOf(DASHBOARD_TEXTS.ru)).toEqual(valuesOf(DASHBOARD_TEXTS.en));
  });

  test('every key written out in a view exists', () => {
    const used = [...code.matchAll(/\bt\(\s*'([\w-]+)'/g)].map((match) => match[1]!);
    expect(used.length).toBeGreaterThan(150);
    expect([...new Set(used)].filter((key) => !en.includes(key))).toEqual([]);
  });

  test('every act that is recorded has words, and no other', () => {
    const told = en.filter((key) => /^audit-(?!search|empty)/.test(key)).map((key) => key.slice(6));
    expect(told.toSorted()).toEqual([...AUDIT_ACTIONS].toSorted());
  });

  test('every family of keys a view puts together exists', () => {
    const families = [...code.matchAll(/\bt\(\s*`([\w-]+-)\$\{/g)].map((match) => match[1]!);
    expect(families.length).toBeGreaterThan(15);
    expect(families.filter((family) => !en.some((key) => key.startsWith(family)))).toEqual([]);
  });

  test.each([
    ['en', 1, '1 job is stuck for 4 min'],
    ['en', 11, '11 jobs are stuck, the oldest for 4 min'],
    ['ru', 1, 'Застряло 1 задание, уже 4 min'],
    ['ru', 3, 'Застряли 3 задания, самое старое 4 min'],
    ['ru', 11, 'Застряло 11 заданий, самое старое 4 min'],
  ] as const)('%s declines %i', (language, count, text) => {
    expect(settingIn(language).t('attention-jobs-stuck', { count, oldestMs: '4 min' })).toBe(text);
  });

  test.each([
    [-1, 'nearly full'],
    [0, 'runs out today'],
    [1, 'runs out in 1 day:'],
    [4, 'runs out in 4 days:'],
  ])('a pool with %i days left', (days, text) => {
    const values = { pool: 'p', free: 3, share: '1', days };
    expect(settingIn('en').t('attention-pool-low', values)).toContain(text);
  });
});
