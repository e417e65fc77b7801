import type { PgBoss } from 'pg-boss';
import type { Clock } from '../../core/ports/clock.ts';
import type { JobKind } from '../../core/ports/jobs.ts';
import type { Claim } from './claims.ts';
import type { Leases } from './leases.ts';
import { type LoopRecorder, pause, runEvery } from './loop.ts';
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
  readonly leases: Leases;
  discardOutlived(): Promise<unknown>;
  readonly settler: Settler;
  readonly leaseMs: number;
  readonly pollIntervalMs: number;
  readonly recorders: { readonly leases: LoopRecorder; readonly maintenance: LoopRecorder };
}

/** The hourly maintenance is only asked whether it is due. */
const MAINTENANCE_EVERY_MS = 60_000;
/** For the last writes of a stop whose grace is over. */
const LAST_WRITES_MS = 2_000;

export function beginRun(deps: RunDeps): Run {
  const { clock, leases } = deps;
  const workers = new Map<JobKind, Worker>();
  const taking = new AbortController();
  const handling = new AbortController();
  const keeping = new AbortController();
  const loops: Promise<void>[] = [];

  const held = (): readonly Claim[] => [...workers.values()].flatMap((worker) => worker.holding.claims());
  const background = (recorder: LoopRecorder) => ({ clock, recorder, signal: keeping.signal });
  const keepers = [
    runEvery(deps.leaseMs / 3, background(deps.recorders.leases), () => leases.sweep(held())),
    runEvery(MAINTENANCE_EVERY_MS, background(deps.recorders.maintenance), async () => {
      await deps.discardOutlived();
      await deps.boss.supervise();
    }),
  ];

  async function drained(): Promise<void> {
    await Promise.all(loops);
    await Promise.all([...workers.values()].map((worker) => worker.holding.empty()));
  }

  async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
    const over = new AbortController();
    const ended = work.finally(() => over.abort());
    await Promise.race([ended, pause(clock, ms, over.signal)]);
    over.abort();
  }

  return {
    add(spec) {
      const worker = createWorker(deps, spec);
      workers.set(spec.kind, worker);
      loops.push(worker.run(taking.signal, handling.signal));
    },
    wake: (kind) => workers.get(kind)?.wake(),
    async rescue(kind) {
      const worker = workers.get(kind);
      if (worker === undefined) return leases.rescue(kind, []);
      return worker.still((claims) => leases.rescue(kind, claims));
    },
    async stop(graceMs) {
      taking.abort();
      await atMost(graceMs, drained());
      handling.abort();
      const released = Promise.all([...workers.values()].map((worker) => worker.holding.releaseAll()));
      await atMost(LAST_WRITES_MS, released);
      deps.settler.close();
      keeping.abort();
      await atMost(LAST_WRITES_MS, Promise.all(keepers));
    },
  };
}
