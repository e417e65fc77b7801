import type { SourceFile } from './source-file.ts';

export const MAX_FILE_LINES = 400;
export const MAX_FUNCTION_LINES = 40;

export interface FunctionSpan {
  /** The line it begins with, trimmed. */
  readonly head: string;
  /** From one. */
  readonly line: number;
  /** Lines of its own, those of functions inside it left out: a factory is as long as what is not in its parts. */
  readonly length: number;
}

const KEBAB_FILE = /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|contract|bench|d))?\.(ts|tsx)$/;
const KEBAB_FOLDER = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const VAGUE_FOLDERS = ['utils', 'util', 'helpers', 'helper', 'common', 'misc', 'shared', 'lib'];

export function nameProblems(path: string): readonly string[] {
  const folders = path.split('/');
  const file = folders.pop()!;
  const vague = folders
    .filter((each) => VAGUE_FOLDERS.includes(each))
    .map((each) => `a folder called ${each}`);
  const crooked = folders
    .filter((each) => !KEBAB_FOLDER.test(each))
    .map((each) => `folder ${each} is not kebab-case`);
  const name = KEBAB_FILE.test(file) ? [] : ['the file name is not kebab-case'];
  return [...vague, ...crooked, ...name].map((problem) => `${path}: ${problem}`);
}

export function lengthProblems(file: SourceFile): readonly string[] {
  const lines = file.text.trimEnd().split('\n').length;
  const tooLong = lines > MAX_FILE_LINES ? [`${file.path}: ${lines} lines, at most ${MAX_FILE_LINES}`] : [];
  // The callback of a `describe` is as long as its tests.
  const spans = file.path.startsWith('src/') ? functionSpans(file.code) : [];
  const functions = spans
    .filter((span) => span.length > MAX_FUNCTION_LINES)
    .map((span) => `${file.path}:${span.line}: a function of ${span.length} lines: ${span.head}`);
  return [...tooLong, ...functions];
}

/** Leans on the formatter: a function's last line has the indentation of its first. */
export function functionSpans(code: string): readonly FunctionSpan[] {
  const lines = code.split('\n');
  const starts = lines.flatMap((line, index) => (opensFunction(lines, index, line) ? [index] : []));
  const spans = starts.map((start) => ({ start, end: endOf(lines, start) }));
  return spans.map(({ start, end }) => {
    const inside = spans.filter((each) => each.start > start && each.end < end);
    const covered = new Set(inside.flatMap((each) => range(each.start, each.end)));
    const length = range(start, end).filter((index) => !covered.has(index)).length;
    return { head: lines[start]!.trim(), line: start + 1, length };
  });
}

const CONTROL = /^\s*(\}\s*)?(if|else|for|while|switch|catch|do|try|return|class|interface)\b/;
const OPENS =
  /=>\s*\{$|\bfunction\b.*\{$|^\s*\)(:.*)?\s\{$|^\s*(async |get |set )*[\w$]+(<.*>)?\(.*\)(: .*)? \{$/;

function opensFunction(lines: readonly string[], index: number, line: string): boolean {
  if (!OPENS.test(line)) return false;
  const head = /^\s*\)/.test(line) ? headOf(lines, index) : line;
  return !CONTROL.test(head) || /=>\s*\{$|\bfunction\b/.test(line);
}

/** The line where a signature (or a condition) over several lines began. */
function headOf(lines: readonly string[], index: number): string {
  const indent = indentation(lines[index]!);
  for (let at = index - 1; at >= 0; at -= 1) {
    if (lines[at]!.trim() !== '' && indentation(lines[at]!) <= indent) return lines[at]!;
  }
  return '';
}

function endOf(lines: readonly string[], start: number): number {
  const indent = indentation(lines[start]!);
  const end = lines.findIndex(
    (line, at) => at > start && indentation(line) === indent && /^\s*[})\]]/.test(line),
  );
  return end < 0 ? lines.length - 1 : end;
}

function indentation(line: string): number {
  return line.length - line.trimStart().length;
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
