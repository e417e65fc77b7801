/**
 * Work of one key in order, keys side by side, all of it bounded (F-G4): a slow chat holds up itself only.
 * Work must not throw; it is the last one to know what to do about its failure.
 */
export interface Dispatcher {
  /** False when too much waits already: then the work will never run. */
  submit(key: number, work: () => Promise<void>): boolean;
  readonly running: number;
  readonly waiting: number;
  /** Resolves when nothing runs or waits. */
  idle(): Promise<void>;
}

interface Ready {
  readonly key: number;
  readonly work: () => Promise<void>;
}

export function createDispatcher(limits: { maxRunning: number; maxWaiting: number }): Dispatcher {
  /** Work behind the one that runs or is ready; a key is present while it has any. */
  const lanes = new Map<number, (() => Promise<void>)[]>();
  const ready: Ready[] = [];
  let running = 0;
  let waiting = 0;
  let quiet = Promise.withResolvers<void>();

  function fill(): void {
    while (running < limits.maxRunning) {
      const next = ready.shift();
      if (!next) return;
      waiting -= 1;
      running += 1;
      const done = () => finish(next.key);
      void next.work().then(done, done);
    }
  }

  function finish(key: number): void {
    running -= 1;
    const work = lanes.get(key)?.shift();
    if (work) ready.push({ key, work });
    else lanes.delete(key);
    fill();
    if (running === 0) {
      quiet.resolve();
      quiet = Promise.withResolvers();
    }
  }

  return {
    submit(key, work) {
      if (waiting >= limits.maxWaiting) return false;
      waiting += 1;
      const lane = lanes.get(key);
      if (lane) lane.push(work);
      else {
        lanes.set(key, []);
        ready.push({ key, work });
        fill();
      }
      return true;
    },
    get running() {
      return running;
    },
    get waiting() {
      return waiting;
    },
    async idle() {
      while (running > 0) await quiet.promise;
    },
  };
}
