/** What /proc says about processes of this machine; for killing by recorded pid and nothing else. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A pid alone may name somebody else later; with its start time it cannot. */
export interface ProcessMark {
  readonly pid: number;
  /** Clock ticks since boot. */
  readonly startedAt: string;
}

/** Null when there is no such process, or only its body (a zombie). */
export function markOf(pid: number): ProcessMark | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is a name that may hold spaces and brackets: count behind its end.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : { pid, startedAt: fields[19]! };
  } catch {
    return null;
  }
}

export const isSameProcess = (mark: ProcessMark): boolean => markOf(mark.pid)?.startedAt === mark.startedAt;

/** `net:[4026532301]` of a process, or null when it is gone. */
export function networkOfProcess(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return null;
  }
}

/** Every living process in this network namespace; with `program`, those whose name it is. */
export function processesIn(network: string, program?: string): readonly number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => networkOfProcess(pid) === network && markOf(pid) !== null)
    .filter((pid) => program === undefined || nameOf(pid) === program);
}

export function signalQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // ESRCH: it is gone already.
  }
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}
