/**
 * Stand-ins first on PATH for the programs Adit starts: each notes its argv, can be held before or after the real
 * program has run, and is otherwise that program.
 */
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.ts';
import { signalQuietly } from './process-table.ts';

export interface ProgramShims {
  /** For the environment of the program under test. */
  readonly path: string;
  /** The next call whose words contain `words` waits, before or after the real program. */
  hold(when: 'before' | 'after', words: string): Promise<HeldCall>;
  /** Every argv so far, words joined by blanks, and the environment each saw. */
  calls(): Promise<readonly string[]>;
  environments(): Promise<readonly string[]>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface HeldCall {
  /** Resolves when the call waits. */
  reached(withinMs?: number): Promise<void>;
  /** Lets it go on; later calls are not held. */
  release(): Promise<void>;
  /** Ends the waiting program, as a supervisor that clears a whole control group does. */
  kill(): Promise<void>;
}

/** `printf` for an argv in one line; a call that finds the gate open passes without a pause. */
const SCRIPT = `#!/bin/sh
dir='@DIR@'
printf '%s\\n' "@NAME@ $*" >>"$dir/calls"
env >>"$dir/environments"
argv="@NAME@ $*"
held() {
  [ -e "$dir/$1" ] || return 0
  case "$argv" in *"$(cat "$dir/$1")"*) ;; *) return 0 ;; esac
  mv "$dir/$1" "$dir/$1.taken" 2>/dev/null || return 0
  echo $$ >"$dir/$1.pid.new" && mv "$dir/$1.pid.new" "$dir/$1.pid"
  while [ -e "$dir/$1.pid" ]; do sleep 0.02; done
}
held before
if [ -e "$dir/after" ]; then
  '@REAL@' "$@"
  code=$?
  held after
  exit $code
fi
exec '@REAL@' "$@"
`;

export async function createProgramShims(programs: readonly string[]): Promise<ProgramShims> {
  const folder = await mkdtemp(join(tmpdir(), 'adit-shims-'));
  for (const name of programs) {
    const real = Bun.which(name);
    if (real === null) throw new Error(`${name} is not installed`);
    const text = SCRIPT.replaceAll('@DIR@', folder).replaceAll('@NAME@', name).replaceAll('@REAL@', real);
    await writeFile(join(folder, name), text);
    await chmod(join(folder, name), 0o755);
  }
  const read = async (name: string) => {
    const text = await readFile(join(folder, name), 'utf8').catch(() => '');
    return text.split('\n').filter((line) => line !== '');
  };
  return {
    path: `${folder}:${process.env.PATH}`,
    async hold(when, words) {
      await writeFile(join(folder, when), words);
      return heldCall(folder, when);
    },
    calls: () => read('calls'),
    environments: () => read('environments'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

function heldCall(folder: string, when: 'before' | 'after'): HeldCall {
  const pidFile = join(folder, `${when}.pid`);
  const release = async () => {
    for (const name of await readdir(folder)) {
      if (name === when || name.startsWith(`${when}.`)) await rm(join(folder, name), { force: true });
    }
  };
  return {
    reached: async (withinMs = 10_000) => {
      await eventually(() => readFile(pidFile, 'utf8'), { withinMs });
    },
    release,
    async kill() {
      const pid = Number(await readFile(pidFile, 'utf8').catch(() => '0'));
      if (pid > 0) signalQuietly(pid, 'SIGKILL');
      await release();
    },
  };
}
