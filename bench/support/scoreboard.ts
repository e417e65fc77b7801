/**
 * What a benchmark prints. Figures stand in tables, targets in a list with PASS or MISS. A check that fails throws
 * before its figure reaches a table, so no figure is ever printed whose result was wrong.
 */

export interface Target {
  readonly name: string;
  readonly wanted: string;
  readonly got: string;
  readonly reached: boolean;
}

export interface Scoreboard {
  section(title: string): void;
  say(line: string): void;
  /** First row is the head; first column is left-aligned, the others right. */
  table(rows: readonly (readonly string[])[]): void;
  /** `format` writes both the wanted and the measured value. */
  atLeast(name: string, got: number, wanted: number, format: (value: number) => string): void;
  atMost(name: string, got: number, wanted: number, format: (value: number) => string): void;
  /** Prints the targets; the exit code of the benchmark: 0, or 1 when one was missed. */
  finish(): 0 | 1;
}

export function createScoreboard(write: (text: string) => void): Scoreboard {
  const targets: Target[] = [];
  const say = (line: string) => write(`${line}\n`);
  return {
    section: (title) => say(`\n${title}\n`),
    say,
    table: (rows) => say(tableText(rows)),
    atLeast(name, got, wanted, format) {
      targets.push({ name, wanted: `≥ ${format(wanted)}`, got: format(got), reached: got >= wanted });
    },
    atMost(name, got, wanted, format) {
      targets.push({ name, wanted: `≤ ${format(wanted)}`, got: format(got), reached: got <= wanted });
    },
    finish() {
      say('\nTargets\n');
      const rows = targets.map((each) => [each.name, each.wanted, each.got, each.reached ? 'PASS' : 'MISS']);
      say(tableText([['', 'wanted', 'measured', ''], ...rows]));
      return targets.every((each) => each.reached) ? 0 : 1;
    },
  };
}

/** The one place where a benchmark states that a result is right. Throws, and then no figure is printed. */
export function check(holds: boolean, what: string): void {
  if (!holds) throw new Error(`CHECK FAILED: ${what}`);
}

function tableText(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) =>
    Math.max(...rows.map((row) => (row[i] ?? '').length)),
  );
  const line = (row: readonly string[]) =>
    `  ${widths.map((width, i) => (i === 0 ? (row[i] ?? '').padEnd(width) : (row[i] ?? '').padStart(width))).join('  ')}`;
  const [head, ...body] = rows;
  return [
    line(head ?? []),
    `  ${widths.map((width) => '─'.repeat(width)).join('  ')}`,
    ...body.map(line),
  ].join('\n');
}
