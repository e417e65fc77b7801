/** Keeps the binary running as a service manager does, and knows at every moment whether it was meant to be well. */
import type { AditProcess } from '../support/adit-process.ts';
import type { AditRig } from '../support/adit-rig.ts';
import { eventually } from '../support/eventually.ts';
import { pause } from '../support/pause.ts';
import type { Timeline } from './timeline.ts';

/** An end that nobody ordered. */
export interface OwnEnd {
  readonly atMs: number;
  readonly code: number;
  /** It had served users; otherwise it gave up while it was starting, as it may when what it needs is not there. */
  readonly served: boolean;
  readonly lastWords: string;
}

export interface Supervisor {
  readonly current: () => AditProcess;
  readonly starts: () => number;
  readonly ownEnds: readonly OwnEnd[];
  /** Starts it and keeps it running. Resolves when it is ready for the first time. */
  begin(): Promise<void>;
  /** Ends the process by this signal; it is started again. */
  strike(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  freeze(): void;
  thaw(): void;
  /** Whether it was meant to answer during all of this time. Wall-clock milliseconds. */
  meantToBeWell(from: number, to: number): boolean;
  end(): Promise<void>;
}

/** As RestartSec. */
const RESTART_MS = 500;
/** What a process that was stopped may take to find its feet. */
const THAW_MS = 500;

interface Down {
  readonly from: number;
  to: number;
}

export function createSupervisor(
  rig: AditRig,
  port: number,
  timeline: Timeline,
  started: (pid: number) => void,
): Supervisor {
  const downs: Down[] = [{ from: 0, to: Number.POSITIVE_INFINITY }];
  const ownEnds: OwnEnd[] = [];
  let current: AditProcess | null = null;
  let ordered = false;
  let ended = false;
  let served = false;
  let starts = 0;
  const first = Promise.withResolvers<void>();

  const goesDown = () =>
    void (downs.at(-1)!.to < Date.now() && downs.push({ from: Date.now(), to: Infinity }));
  const isUp = (afterMs = 0) => {
    downs.at(-1)!.to = Math.min(downs.at(-1)!.to, Date.now() + afterMs);
  };

  async function awaitReady(adit: AditProcess): Promise<void> {
    const startedAt = timeline.now();
    const look = async () =>
      current !== adit || ended || (await rig.place.http(port, '/readyz')).status === 200;
    await eventually(look, { withinMs: 24 * 3_600_000, everyMs: 50 });
    if (current !== adit || ended) return;
    isUp();
    served = true;
    first.resolve();
    timeline.say(`adit ready ${((timeline.now() - startedAt) / 1_000).toFixed(1)} s after its start`);
  }

  function note(adit: AditProcess, code: number): void {
    goesDown();
    if (ordered || ended) return;
    const lastWords = adit.output().trim().split('\n').slice(-1).join('\n').slice(0, 600);
    ownEnds.push({ atMs: timeline.now(), code, served, lastWords });
    timeline.say(`adit ended by itself with ${code}: ${lastWords}`);
  }

  async function keepRunning(): Promise<void> {
    while (!ended) {
      served = false;
      ordered = false;
      const adit = await rig.start({ wait: false });
      current = adit;
      starts += 1;
      started(adit.pid);
      const ready = awaitReady(adit);
      const code = await adit.exited;
      current = null;
      note(adit, code);
      await ready;
      await pause(RESTART_MS, () => ended);
    }
  }

  const running = () => {
    if (current === null) throw new Error('adit is between two runs');
    return current;
  };
  let keeping = Promise.resolve();
  return {
    current: running,
    starts: () => starts,
    ownEnds,
    begin() {
      keeping = keepRunning();
      return first.promise;
    },
    async strike(signal) {
      const adit = current;
      if (adit === null) return;
      ordered = true;
      goesDown();
      await adit.kill(signal);
    },
    freeze() {
      goesDown();
      current?.signal('SIGSTOP');
    },
    thaw() {
      current?.signal('SIGCONT');
      if (served) isUp(THAW_MS);
    },
    meantToBeWell: (from, to) => !downs.some((down) => down.from < to && down.to > from),
    async end() {
      ended = true;
      ordered = true;
      current?.signal('SIGCONT');
      await current?.kill('SIGKILL');
      await keeping;
    },
  };
}
