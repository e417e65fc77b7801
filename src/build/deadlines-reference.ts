/** Writes docs/deadlines.md from the rules the doors keep: `bun src/build/deadlines-reference.ts`. */
import { CALL_RULES } from '../server/app/call-rules.ts';
import { type CallRule, type Deadline, type Door, hasBreaker } from '../server/core/call-rules.ts';

export const DEADLINES_PATH = 'docs/deadlines.md';

const HEAD = `# Deadlines

Every call this program makes to the outside, and how long it may take at most: finding the address, connecting, sending,
headers **and body**, all tries and the pauses between them. A call that is not listed here cannot be made: the door
refuses a name without a rule.

- **Retries** come after the first try, with pauses of random length, and only where repeating is safe. "by its job" is
  not one of them: a failed call fails its job, which comes again later.
- **Breaker**: after five failures in a row the call is refused at once, and one probe every ten seconds (every second for
  an Xray on this machine) finds out whether the other side is back. Its state is \`adit_breaker_open{call="…"}\` and a line on the dashboard.
- **Metrics**: \`adit_call_seconds{call="…"}\` and \`adit_call_failures_total{call="…",reason="…"}\`.
- **body**: where it stands, a try also ends when the body is not there this long after the headers.
- A deadline with the name of a variable is set by it: see [configuration](configuration.md).

This file is made from the \`calls.ts\` of each adapter; to change it, change those and run
\`bun src/build/deadlines-reference.ts\`.
`;

const DOORS: Readonly<Record<Door, string>> = {
  http: 'HTTP',
  grpc: 'gRPC',
  process: 'Other programs',
  database: 'PostgreSQL',
  file: 'Files',
};

export function renderDeadlinesReference(): string {
  const sections = Object.entries(DOORS).flatMap(([door, title]) => {
    const rules = CALL_RULES.filter((rule) => rule.door === door);
    if (rules.length === 0) return [];
    const head = ['| call | asks | deadline | retries | breaker |', '|---|---|---|---|---|'];
    return [[`## ${title}`, '', ...head, ...rules.map(renderRow), ''].join('\n')];
  });
  return [HEAD, ...sections].join('\n');
}

const renderRow = (rule: CallRule): string =>
  `| \`${rule.name}\` | ${rule.asks} | ${inWords(rule.deadline)}${bodyInWords(rule)} | ${rule.retries} | ${hasBreaker(rule) ? 'yes' : '–'} |`;

function inWords(deadline: Deadline): string {
  if (typeof deadline === 'number') return seconds(deadline);
  const more = deadline.plusMs === 0 ? '' : ` + ${seconds(deadline.plusMs)}`;
  return `\`${deadline.setting}\`${more}`;
}

const bodyInWords = ({ bodyWithinMs }: CallRule): string =>
  bodyWithinMs === undefined ? '' : `, body ${seconds(bodyWithinMs)}`;

const seconds = (ms: number): string => `${ms / 1000} s`;

if (import.meta.main) await Bun.write(DEADLINES_PATH, renderDeadlinesReference());
