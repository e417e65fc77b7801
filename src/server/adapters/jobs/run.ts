import type { PgBoss } from 'pg-boss';
import type { Activity } from '../../core/ports/activity.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { JobKind } from '../../core/ports/jobs.ts';
import type { Log } from '../../core/ports/log.ts';
import { createSupervisedLoop, type LoopBook } from '../../core/supervised-loop.ts';
import type { Claim } from './claims.ts';
import type { Leases } from './leases.ts';
import { pause } from './pause.ts';
import type { Settler } from './settler.ts';
import { createWorker, type Worker, type WorkerSpec } from './worker.ts';

/** Everything that moves between one `start` and its `stop`. */
export interface Run {
  add(spec: WorkerSpec): void;
  wake(kind: JobKind): void;
  rescue(kind: JobKind): Promise<number>;
  /** Takes nothing more, lets what is held end within `graceMs`, then gives the rest back. Never throws. */
  stop(graceMs: number): Promise<void>;
}

export interface RunDeps {
  readonly boss: PgBoss;
  readonly clock: Clock;
  readonly log: Log;
  readonly activity?: Activity;
  readonly leases: Leases;
  discardOutlived(): Promise<unknown>;
  readonly settler: Settler;
  readonly leaseMs: number;
  readonly pollIntervalMs: number;
  readonly books: { readonly leases: LoopBook; readonly maintenance: LoopBook };
}

/** The hourly maintenance is only asked whether it is due. */
const MAINTENANCE_EVERY_MS = 60_000;
/** For the last writes of a stop whose grace is over. */
const LAST_WRITES_MS = 2_000;

export const LEASES_LOOP = 'jobs:leases';
export const MAINTENANCE_LOOP = 'jobs:maintenance';

export function beginRun(deps: RunDeps): Run {
  const { clock, leases } = deps;
  const workers = new Map<JobKind, Worker>();
  const handling = new AbortController();

  const held = (): readonly Claim[] => [...workers.values()].flatMap((worker) => worker.holding.claims());
  const keepers = [
    createSupervisedLoop({
      ...deps,
      name: LEASES_LOOP,
      loopBook: deps.books.leases,
      pause: deps.leaseMs / 3,
      work: async () => void (await leases.sweep(held())),
    }),
    createSupervisedLoop({
      ...deps,
      name: MAINTENANCE_LOOP,
      loopBook: deps.books.maintenance,
      pause: MAINTENANCE_EVERY_MS,
      work: async () => {
        await deps.discardOutlived();
        await deps.boss.supervise();
      },
    }),
  ];
  for (const keeper of keepers) keeper.start();

  async function drained(): Promise<void> {
    const all = [...workers.values()];
    await Promise.all(all.map((worker) => worker.stop()));
    await Promise.all(all.map((worker) => worker.holding.empty()));
  }

  async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
    const over = new AbortController();
    const ended = work.finally(() => over.abort());
    await Promise.race([ended, pause(clock, ms, over.signal)]);
    over.abort();
  }

  return {
    add(spec) {
      const worker = createWorker(deps, spec, handling.signal);
      workers.set(spec.kind, worker);
      worker.start();
    },
    wake: (kind) => workers.get(kind)?.wake(),
    async rescue(kind) {
      const worker = workers.get(kind);
      if (worker === undefined) return leases.rescue(kind, []);
      return worker.still((claims) => leases.rescue(kind, claims));
    },
    async stop(graceMs) {
      await atMost(graceMs, drained());
      handling.abort();
      const released = Promise.all([...workers.values()].map((worker) => worker.holding.releaseAll()));
      await atMost(LAST_WRITES_MS, released);
      deps.settler.close();
      await atMost(LAST_WRITES_MS, Promise.all(keepers.map((keeper) => keeper.stop())));
    },
  };
}
