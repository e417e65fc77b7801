/**
 * A `wg` first on PATH that is the real one, until it is told to lie: then the next dumps fail, are cut off in the middle
 * of a line, leave out every second peer, or all of them. Every argv is noted.
 */
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Mood = 'honest' | 'failing' | 'cut' | 'half' | 'empty';

export interface LyingWg {
  /** For the environment of the program under test. */
  readonly path: string;
  become(mood: Mood): Promise<void>;
  /** Every argv so far, words joined by blanks. */
  calls(): Promise<readonly string[]>;
  /** Keys that somebody had removed. */
  removedKeys(): Promise<readonly string[]>;
  [Symbol.asyncDispose](): Promise<void>;
}

const SCRIPT = `#!/bin/sh
printf '%s\\n' "$*" >>'@DIR@/calls'
case "$1 $3" in 'show dump') ;; *) exec '@REAL@' "$@" ;; esac
case "$(cat '@DIR@/mood')" in
  failing) echo 'Unable to access interface: Protocol not supported' >&2; exit 1 ;;
  cut) '@REAL@' "$@" | head -c 3000 ;;
  half) '@REAL@' "$@" | awk 'NR == 1 || NR % 2 == 0' ;;
  empty) '@REAL@' "$@" | head -n 1 ;;
  *) exec '@REAL@' "$@" ;;
esac
`;

export async function createLyingWg(): Promise<LyingWg> {
  const real = Bun.which('wg');
  if (real === null) throw new Error('wg is not installed');
  const folder = await mkdtemp(join(tmpdir(), 'adit-lying-wg-'));
  await writeFile(join(folder, 'wg'), SCRIPT.replaceAll('@DIR@', folder).replaceAll('@REAL@', real));
  await chmod(join(folder, 'wg'), 0o755);
  const become = (mood: Mood) => writeFile(join(folder, 'mood'), mood);
  await become('honest');
  const calls = async () => {
    const text = await readFile(join(folder, 'calls'), 'utf8').catch(() => '');
    return text.split('\n').filter((line) => line !== '');
  };
  return {
    path: `${folder}:${process.env.PATH}`,
    become,
    calls,
    async removedKeys() {
      const removals = (await calls()).filter((line) => line.startsWith('set '));
      return removals.flatMap((line) => [...line.matchAll(/peer (\S+) remove/g)].map((match) => match[1]!));
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
