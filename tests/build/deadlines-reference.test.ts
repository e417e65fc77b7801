import { expect, test } from 'bun:test';
import { DEADLINES_PATH, renderDeadlinesReference } from '../../src/build/deadlines-reference.ts';
import { CALL_RULES } from '../../src/server/app/call-rules.ts';

const root = new URL('../..', import.meta.url).pathname;

test('docs/deadlines.md is what the rules say (else: bun src/build/deadlines-reference.ts)', async () => {
  expect(await Bun.file(`${root}${DEADLINES_PATH}`).text()).toBe(renderDeadlinesReference());
});

test('every call has its row, once', () => {
  const text = renderDeadlinesReference();
  for (const { name } of CALL_RULES) expect(text.split(`| \`${name}\` |`)).toHaveLength(2);
});
