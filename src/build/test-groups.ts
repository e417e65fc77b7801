import { readFileSync } from 'node:fs';

/** Test files that run together, one group after the other. */
export interface TestGroup {
  readonly name: string;
  readonly files: readonly string[];
  /** Of the whole group, or of each file where every file has a process of its own; a hang becomes a failure. */
  readonly limitMinutes: number;
  /** Above 1: every file has a process of its own, and so many of them run at once. For tests that mostly wait. */
  readonly atOnce: number;
}

/** A test file this machine cannot run, and what it misses. */
export interface LeftOut {
  readonly file: string;
  readonly needs: Need;
}

export type Need = 'root' | 'chromium' | 'v2ray';

const FOLDERS = [
  { name: 'simulator', folder: 'tests/simulator/', limitMinutes: 3, atOnce: 1 },
  { name: 'whole binary', folder: 'tests/e2e/', limitMinutes: 4, atOnce: 2 },
  { name: 'browser', folder: 'tests/browser/', limitMinutes: 5, atOnce: 1 },
] as const;

/** Everything outside the folders above comes first: it is quick, and says most when it fails. */
export function groupTests(files: readonly string[]): readonly TestGroup[] {
  const sorted = files.toSorted();
  const rest = sorted.filter((file) => !FOLDERS.some((each) => file.startsWith(each.folder)));
  const groups = FOLDERS.map(({ folder, ...group }) => ({
    ...group,
    files: sorted.filter((file) => file.startsWith(folder)),
  }));
  const first = { name: 'units and contracts', files: rest, limitMinutes: 8, atOnce: 1 };
  return [first, ...groups].filter((group) => group.files.length > 0);
}

/** A test file says what it needs of the machine in one of its first lines: `// needs root`, `// needs chromium`,
 * `// needs v2ray`. */
export function needsOf(source: string): readonly Need[] {
  const head = source.split('\n', 5).join('\n');
  return [...head.matchAll(/^\/\/ needs (root|chromium|v2ray)$/gm)].map((match) => match[1] as Need);
}

/** Splits off what cannot run here, so that it is named and never silently green. */
export function runnable(
  files: readonly string[],
  lacking: ReadonlySet<Need>,
): { run: string[]; leftOut: LeftOut[] } {
  const leftOut = files.flatMap((file) => {
    const missing = needsOf(readFileSync(file, 'utf8')).find((need) => lacking.has(need));
    return missing ? [{ file, needs: missing }] : [];
  });
  const names = new Set(leftOut.map((each) => each.file));
  return { run: files.filter((file) => !names.has(file)), leftOut };
}
