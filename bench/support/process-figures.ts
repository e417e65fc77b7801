import { readdirSync, readFileSync } from 'node:fs';

/** What Linux says about a process of ours. Bytes. */
export interface Memory {
  readonly resident: number;
  /** The most it ever had. */
  readonly peak: number;
}

export function memoryOf(pid: number): Memory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kilobytes = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024;
  return { resident: kilobytes('VmRSS'), peak: kilobytes('VmHWM') };
}

const TICKS_PER_SECOND = 100;

/** Seconds of processor time, children that ended included: proc(5), fields 14 to 17. */
export function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((total, ticks) => total + Number(ticks), 0) / TICKS_PER_SECOND;
}

/** The same for a process and everything below it. */
export function cpuSecondsOfTree(pid: number): number {
  return descendants(pid).reduce((total, each) => total + quietly(each), 0);
}

function quietly(pid: number): number {
  try {
    return cpuSecondsOf(pid);
  } catch {
    return 0;
  }
}

function descendants(pid: number): readonly number[] {
  try {
    const tasks = readdirSync(`/proc/${pid}/task`);
    const below = tasks.flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8')
        .trim()
        .split(' ')
        .filter(Boolean)
        .map(Number),
    );
    return [pid, ...below.flatMap(descendants)];
  } catch {
    return [];
  }
}
