import { expect, test } from 'bun:test';
import { renderConfig } from '../../../src/server/app/show-config.ts';
import { variables } from '../../../src/server/config/variables.ts';

test('every variable with its meaning, its default, and what it is set to', () => {
  const text = renderConfig({ HTTP_PORT: '9090' });
  for (const [name, { means, standard }] of Object.entries(variables)) {
    expect(text).toContain(`  ${name}`);
    expect(text).toContain(`      ${means}\n      default: ${standard}\n`);
  }
  expect(text).toContain('  HTTP_PORT = 9090\n');
  expect(text).toContain('  HTTP_HOST\n');
});

test('a secret is said to be set, never what it is', () => {
  const text = renderConfig({ BOT_TOKEN: '123456:very-secret', DATABASE_URL: 'postgres://u:hidden@db/adit' });
  expect(text).toContain('  BOT_TOKEN = [secret]\n');
  expect(text).not.toContain('very-secret');
  expect(text).not.toContain('hidden');
});
