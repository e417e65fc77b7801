import {
  type CheckState,
  type DoctorReport,
  type StatusLine,
  type StatusReport,
  worstState,
} from '../../core/health-report.ts';

export interface RenderOptions {
  readonly colours: boolean;
}

/** Colours only where a person looks and has not refused them (no-color.org: any non-empty NO_COLOR). */
export function wantsColours(isTerminal: boolean, noColor: string | undefined): boolean {
  return isTerminal && !noColor;
}

const ANSI: Readonly<Record<CheckState, string>> = { ok: '\x1b[32m', warn: '\x1b[33m', fail: '\x1b[31m' };
const RESET = '\x1b[0m';
const STATE_WIDTH = 'fail'.length;

/** One line a check, what to do below it, and a last line that sums up. */
export function renderDoctor(report: DoctorReport, options: RenderOptions): string {
  const width = widest(report.checks.map((check) => check.name));
  const indent = ' '.repeat(STATE_WIDTH + width + 4);
  const lines = report.checks.flatMap(({ name, state, found, advice }) => {
    const line = `${mark(state, options)}  ${name.padEnd(width)}  ${indented(found, indent)}`;
    return advice === null ? [line] : [line, `${indent}→ ${indented(advice, `${indent}  `)}`];
  });
  return `${[...lines, '', summary(report)].join('\n')}\n`;
}

/** For programs: the report with its worst state. Field names are stable. */
export function doctorJson(report: DoctorReport): string {
  const state = worstState(report.checks.map((check) => check.state));
  return `${JSON.stringify({ state, ...report }, null, 2)}\n`;
}

export function renderStatus(report: StatusReport, options: RenderOptions): string {
  const width = widest(report.sections.flatMap((section) => section.lines.map((line) => line.label)));
  const blocks = report.sections.map((section) => {
    const lines = section.lines.map((line) => statusLine(line, width, options));
    return [section.title, ...lines].join('\n');
  });
  return `${blocks.join('\n\n')}\n`;
}

export function statusJson(report: StatusReport): string {
  const state = worstState(report.sections.flatMap((section) => section.lines.map((line) => line.state)));
  return `${JSON.stringify({ state, ...report }, null, 2)}\n`;
}

function statusLine({ label, value, state }: StatusLine, width: number, options: RenderOptions): string {
  const note = state === 'ok' ? '' : `  ${mark(state, options).trimEnd()}`;
  return `  ${label.padEnd(width)}  ${value}${note}`;
}

function mark(state: CheckState, { colours }: RenderOptions): string {
  const padded = state.padEnd(STATE_WIDTH);
  return colours ? `${ANSI[state]}${padded}${RESET}` : padded;
}

function indented(text: string, indent: string): string {
  return text.replaceAll('\n', `\n${indent}`);
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => text.length));
}

function summary({ checks }: DoctorReport): string {
  const count = (state: CheckState) => checks.filter((check) => check.state === state).length;
  switch (worstState(checks.map((check) => check.state))) {
    case 'ok':
      return `All ${checks.length} checks are well.`;
    case 'warn':
      return `Works; ${count('warn')} of ${checks.length} checks want a look.`;
    case 'fail':
      return `${count('fail')} of ${checks.length} checks failed: adit serve would not work as it should.`;
  }
}
