/** Who made which namespace, on disk, so that what a killed test run left behind is found by the next one. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from './eventually.ts';
import {
  isSameProcess,
  markOf,
  networkOfProcess,
  type ProcessMark,
  processesIn,
  signalQuietly,
} from './process-table.ts';

interface Entry {
  readonly owner: ProcessMark;
  readonly holder: ProcessMark;
}

const FOLDER = '/tmp/adit-namespaces';

/** Remembers a namespace that `holder` keeps open for this process. */
export function register(holderPid: number): void {
  mkdirSync(FOLDER, { recursive: true, mode: 0o700 });
  const entry: Entry = { owner: markOf(process.pid)!, holder: markOf(holderPid)! };
  writeFileSync(fileOf(holderPid), JSON.stringify(entry));
}

/** Ends everything in the holder's namespace, the holder last, and forgets it. Repeating is safe. */
export async function destroy(holderPid: number): Promise<void> {
  const network = networkOfProcess(holderPid);
  if (network !== null && network !== networkOfProcess(process.pid)) {
    await eventually(() => {
      const others = processesIn(network).filter((pid) => pid !== holderPid);
      for (const pid of others) signalQuietly(pid, 'SIGKILL');
      return others.length === 0;
    });
    signalQuietly(holderPid, 'SIGKILL');
    await eventually(() => markOf(holderPid) === null);
  }
  rmSync(fileOf(holderPid), { force: true });
}

/** Destroys the namespaces of test runs that are no more. Those of runs still going on are left alone. */
export async function sweep(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(FOLDER)) {
    const entry = readEntry(join(FOLDER, name));
    if (entry === null || isSameProcess(entry.owner)) continue;
    if (isSameProcess(entry.holder)) await destroy(entry.holder.pid);
    else rmSync(join(FOLDER, name), { force: true });
  }
}

const fileOf = (holderPid: number): string => join(FOLDER, `${holderPid}.json`);

/** Null for a file that another run is just writing or has just removed. */
function readEntry(path: string): Entry | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Entry;
  } catch {
    return null;
  }
}
