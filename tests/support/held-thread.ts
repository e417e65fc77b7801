/**
 * Holds up the main thread of a program from outside, and nothing else of it: strace delays its next call for events. Its
 * other threads run on, as they do when the main loop computes.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { eventually } from './eventually.ts';
import { tempFolder } from './machine.ts';

export interface HeldThread extends AsyncDisposable {
  /** When the thread was stopped, epoch milliseconds. */
  readonly beganAt: number;
  /** Resolves when the thread goes on, or its process is gone. */
  over(): Promise<void>;
  /** Resolves when the process was ended. strace keeps the remains of the thread it holds, and is sent away then. */
  ended(withinMs: number): Promise<void>;
}

const CALLS = 'epoll_pwait2,epoll_pwait,epoll_wait';

/** Needs root, or the right to trace the process. */
export async function holdMainThread(pid: number, ms: number): Promise<HeldThread> {
  const folder = await tempFolder();
  const trace = folder.file('trace');
  const inject = `inject=${CALLS}:delay_enter=${ms * 1_000}:when=1`;
  const argv = ['strace', '-qq', '-ttt', '-o', trace, '-p', `${pid}`, '-e', `trace=${CALLS}`, '-e', inject];
  const child = Bun.spawn(argv, { stdin: 'ignore', stdout: 'ignore', stderr: 'ignore' });
  // The line of a call begins when it is entered, and ends when it returns.
  const lines = () => readFileSync(trace, 'utf8');
  const beganAt = await eventually(() => {
    const at = Number(/^(\d+\.\d+) epoll/.exec(lines())?.[1]);
    if (!(at > 0)) throw new Error('strace holds nothing up yet');
    return at * 1_000;
  });
  return {
    beganAt,
    async over() {
      await eventually(() => child.exitCode !== null || lines().includes('(DELAYED)'), {
        withinMs: ms + 30_000,
      });
    },
    async ended(withinMs) {
      await eventually(() => readdirSync(`/proc/${pid}/task`).length === 1, { withinMs });
      child.kill('SIGKILL');
      await child.exited;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await child.exited;
      await folder[Symbol.asyncDispose]();
    },
  };
}
