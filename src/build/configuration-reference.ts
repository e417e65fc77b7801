/** Writes docs/configuration.md from the variables the program reads: `bun src/build/configuration-reference.ts`. */
import { type Variable, variableGroups } from '../server/config/variables.ts';

export const REFERENCE_PATH = 'docs/configuration.md';

const HEAD = `# Configuration

Adit reads its environment once, at start, and refuses to start with a list of everything that is wrong. An empty
value counts as unset. A name that looks like one of these but is misspelled is refused too.

This file is made from \`src/server/config/variables.ts\`; to change it, change that and run
\`bun src/build/configuration-reference.ts\`.
`;

export function renderConfigurationReference(): string {
  const sections = Object.entries(variableGroups).map(([title, group]) => {
    const rows = Object.entries<Variable<unknown>>(group).map(([name, each]) => renderRow(name, each));
    return [
      `## ${title}`,
      '',
      '| name | default | accepts | meaning |',
      '|---|---|---|---|',
      ...rows,
      '',
    ].join('\n');
  });
  return [HEAD, ...sections].join('\n');
}

function renderRow(name: string, { standard, accepts, means, secret }: Variable<unknown>): string {
  const meaning = secret ? `${means} Secret: never printed.` : means;
  return `| \`${name}\` | ${standard} | ${accepts} | ${meaning} |`.replaceAll('\n', ' ');
}

if (import.meta.main) await Bun.write(REFERENCE_PATH, renderConfigurationReference());
