import { closeSync, constants, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import type { Begun } from '../../../core/ports/activity.ts';
import type { Freeze } from '../../../core/ports/vitals.ts';

/** One line of freezes.jsonl: a freeze as far as it was known when the line was written. */
export interface FreezeLine {
  /** The same for all lines of one freeze. */
  readonly id: string;
  /** When the loop began to stand, ISO 8601. */
  readonly since: string;
  readonly ms: number;
  /** What began last before, newest first. */
  readonly running: readonly Begun[];
  /** `ended-process`: the watchdog is about to end the process. */
  readonly state: 'stands' | 'went-on' | 'ended-process';
}

const MOST_LINES = 200;
/** Kept when there are more: so the file is written anew only now and then. */
const KEPT_LINES = 150;
const MODE = 0o600;
const APPEND = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW;
const ANEW = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;

/**
 * Writes a line and waits until the disk has it, in one go: for a thread that may have no next turn. The file never has
 * more than 200 lines. Throws what the file system throws.
 */
export function appendFreeze(path: string, line: FreezeLine): void {
  const lines = readLines(path);
  if (lines.length >= MOST_LINES) {
    const temp = `${path}.new`;
    write(temp, ANEW, [...lines.slice(-KEPT_LINES + 1), JSON.stringify(line)]);
    renameSync(temp, path);
    return;
  }
  write(path, APPEND, [JSON.stringify(line)]);
}

function write(path: string, flags: number, lines: readonly string[]): void {
  const file = openSync(path, flags, MODE);
  try {
    // The newline goes first, too: what an earlier crash left half written must not swallow this line.
    writeSync(file, `\n${lines.join('\n')}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/**
 * The freezes of earlier lives of the program, newest first. A freeze whose end nobody wrote ended with the process.
 * What cannot be read is left out; a file that is not there is an empty one.
 */
export function readFreezes(path: string): readonly Freeze[] {
  const last = new Map<string, FreezeLine>();
  for (const text of readLines(path)) {
    const line = parse(text);
    if (line) last.set(line.id, line);
  }
  return [...last.values()].map(toFreeze).toSorted((a, b) => b.at - a.at);
}

const END_OF = { 'went-on': 'went-on', 'ended-process': 'watchdog', stands: 'lost' } as const;

function toFreeze({ since, ms, running, state }: FreezeLine): Freeze {
  return { at: Date.parse(since) + ms, ms, running, end: END_OF[state] };
}

function readLines(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch {
    return [];
  }
}

function parse(text: string): FreezeLine | null {
  try {
    const line = JSON.parse(text) as FreezeLine;
    const whole = line.state in END_OF && Number.isFinite(Date.parse(line.since)) && line.ms >= 0;
    return whole && Array.isArray(line.running) ? line : null;
  } catch {
    return null;
  }
}
