import { dlopen, FFIType, ptr } from 'bun:ffi';
import { readdirSync, readFileSync } from 'node:fs';

/** A process somebody started and left running. */
export interface Orphan {
  readonly pid: number;
  readonly command: string;
}

const PR_SET_CHILD_SUBREAPER = 36; // prctl(2)
const P_ALL = 0; // waitid(2)
const WAIT_FLAGS = 0x1 | 0x4 | 0x0100_0000; // WNOHANG | WEXITED | WNOWAIT
const SIGINFO_PID_OFFSET = 16; // on 64-bit systems

const libc = dlopen('libc.so.6', {
  prctl: { args: [FFIType.i32, FFIType.u64, FFIType.u64, FFIType.u64, FFIType.u64], returns: FFIType.i32 },
  waitid: { args: [FFIType.i32, FFIType.u32, FFIType.ptr, FFIType.i32], returns: FFIType.i32 },
  waitpid: { args: [FFIType.i32, FFIType.ptr, FFIType.i32], returns: FFIType.i32 },
}).symbols;

/**
 * From now on every process whose parent dies below us becomes our child, so that nothing a test starts can slip
 * away, not even by a session of its own with an empty environment. Linux only.
 */
export function adoptOrphans(): void {
  libc.prctl(PR_SET_CHILD_SUBREAPER, 1n, 0n, 0n, 0n);
}

/**
 * Buries adopted children that have ended, as init does; a test that asks "is it dead?" must not see a zombie.
 * `ours` are left alone: Bun waits for them itself.
 */
export function buryDead(ours: ReadonlySet<number>): void {
  const info = new Int32Array(32);
  for (;;) {
    info.fill(0);
    const failed = libc.waitid(P_ALL, 0, ptr(info), WAIT_FLAGS) !== 0;
    const pid = info[SIGINFO_PID_OFFSET / 4] ?? 0;
    if (failed || pid === 0 || ours.has(pid)) return;
    libc.waitpid(pid, null, 0);
  }
}

/** Our living children: after a test process has ended, these are what it left behind. */
export function livingChildren(parent: number): readonly Orphan[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((name) => {
    const status = readStatus(name);
    if (status?.parent !== parent || status.state === 'Z') return [];
    return [{ pid: Number(name), command: readCommand(name) }];
  });
}

/** proc(5): `pid (comm) state ppid …`; comm may hold spaces and brackets, so look behind the last one. */
function readStatus(pid: string): { state: string; parent: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state = '', parent = ''] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state, parent: Number(parent) };
  } catch {
    return null;
  }
}

function readCommand(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim().slice(0, 120);
  } catch {
    return '(gone)';
  }
}
