import { expect, test } from 'bun:test';
import { REFERENCE_PATH, renderConfigurationReference } from '../../src/build/configuration-reference.ts';
import { variables } from '../../src/server/config/variables.ts';

const root = new URL('../..', import.meta.url).pathname;

test('docs/configuration.md is what the variables say (else: bun src/build/configuration-reference.ts)', async () => {
  expect(await Bun.file(`${root}${REFERENCE_PATH}`).text()).toBe(renderConfigurationReference());
});

test('every variable has its row, with its default', () => {
  const text = renderConfigurationReference();
  for (const [name, { standard, accepts, means }] of Object.entries(variables)) {
    expect(text).toContain(`| \`${name}\` | ${standard} | ${accepts} | ${means}`);
  }
});
