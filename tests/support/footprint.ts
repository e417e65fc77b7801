/** What a process holds of the machine, as /proc tells. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface Footprint {
  /** Open files that are no sockets, by what they are: a leak shows with its name. */
  readonly files: readonly string[];
  readonly sockets: number;
  /** Names of living children. */
  readonly children: readonly string[];
}

/** What the library holds that moves the wall clock (wall-clock.ts). */
const OF_THE_RIG = /^\/dev\/shm\/faketime_/;

export function footprintOf(pid: number): Footprint {
  const open = readdirSync(`/proc/${pid}/fd`).map((fd) => targetOf(`/proc/${pid}/fd/${fd}`));
  const files = open.filter((each) => !each.startsWith('socket:') && !OF_THE_RIG.test(each) && each !== '');
  return {
    files: files.map((each) => each.replace(/\[\d+\]/, '')).sort(),
    sockets: open.filter((each) => each.startsWith('socket:')).length,
    children: childrenOf(pid).map(nameOf).sort(),
  };
}

function childrenOf(pid: number): readonly number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readOr(`/proc/${pid}/task/${task}/children`).trim().split(' ').filter(Boolean).map(Number),
  );
}

const nameOf = (pid: number): string => readOr(`/proc/${pid}/comm`).trim();

/** Descriptors and tasks come and go while one reads. */
function targetOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return '';
  }
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
