import { describe, expect, test } from 'bun:test';
import { COMMANDS } from '../../src/server/core/bot-buttons.ts';
import { TEXTS } from '../../src/views/words/texts.ts';

/** Key to the sorted names of its variables. */
function readMessages(source: string): Map<string, string> {
  const messages = new Map<string, string>();
  for (const block of source.split(/\n(?=[a-z])/)) {
    const key = /^([a-z-]+) =/.exec(block)?.[1];
    if (!key) continue;
    const text = block.replace(/\n#.*$/gm, '');
    const variables = new Set([...text.matchAll(/\$([a-z]+)/gi)].map((each) => each[1]));
    messages.set(key, [...variables].sort().join(' '));
  }
  return messages;
}

const english = readMessages(TEXTS.en);
const russian = readMessages(TEXTS.ru);

const SPEAKERS = [
  'src/server/entry/bot/**/*.ts',
  'src/server/adapters/telegram/**/*.ts',
  'src/server/app.ts',
];

/** The string literals of everything that speaks; what is computed in a template stands as `*`. */
async function literalsInCode(before = ''): Promise<string[]> {
  const root = new URL('../../', import.meta.url).pathname;
  const literal = new RegExp(`${before}(['\`])([^'\`\\n]+)\\1`, 'g');
  const found: string[] = [];
  for (const path of SPEAKERS.flatMap((each) => [...new Bun.Glob(each).scanSync(root)])) {
    const text = await Bun.file(root + path).text();
    for (const match of text.matchAll(literal)) {
      found.push((match[2] as string).replace(/\$\{[^}]+\}/g, '*'));
    }
  }
  return found;
}

/** Where a literal is sure to be a key. */
const AS_A_KEY = '(?:\\.(?:html|plain)\\(|(?:note|button|say|tell)\\(\\s*[a-zA-Z]+(?:\\([a-z]+\\))?,)\\s*';

const fits = (pattern: string, key: string) =>
  new RegExp(`^${pattern.replaceAll('*', '[a-z-]+')}$`).test(key);

describe('the words of the bot', () => {
  test('both languages have the same keys with the same variables', () => {
    expect(english.size).toBeGreaterThan(60);
    expect([...russian].sort()).toEqual([...english].sort());
  });

  test('every key the code uses exists', async () => {
    const keys = await literalsInCode(AS_A_KEY);
    expect(keys.length).toBeGreaterThan(50);
    const missing = keys.filter((each) => ![...english.keys()].some((key) => fits(each, key)));
    expect(missing).toEqual([]);
  });

  test('every key is used by the code', async () => {
    const used = await literalsInCode();
    expect([...english.keys()].filter((key) => !used.some((each) => fits(each, key)))).toEqual([]);
  });

  test('every command has a description that Telegram takes', () => {
    for (const command of COMMANDS) expect([...english.keys()]).toContain(`command-${command}`);
  });
});
