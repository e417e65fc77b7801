import type {
  HeldJob,
  JobHandler,
  JobKind,
  JobKinds,
  WorkOptions,
} from '../../src/server/core/ports/jobs.ts';
import { type MemoryJob, type MemoryJobTable, RETRY_LIMIT } from './memory-job-table.ts';

export interface MemoryWorker {
  holds(job: MemoryJob): boolean;
  /** Hands over batch after batch until nothing is ready, or nothing more may be held. Never rejects. */
  pump(): Promise<void>;
  /** Takes nothing more and settles nothing more. */
  die(): void;
}

export interface MemoryWorkerSpec {
  readonly kind: JobKind;
  readonly options: WorkOptions;
  readonly handler: JobHandler<JobKind>;
  readonly settles: { loseNext: boolean };
}

const NEVER_ABORTED = new AbortController().signal;

export function createMemoryWorker(table: MemoryJobTable, spec: MemoryWorkerSpec): MemoryWorker {
  const { kind, options, settles } = spec;
  const held = new Set<MemoryJob>();
  let alive = true;
  let pumping: Promise<void> | null = null;

  function hold(job: MemoryJob): HeldJob {
    const attempt = ++job.attempt;
    job.state = 'active';
    held.add(job);
    const inForce = () => job.state === 'active' && job.attempt === attempt;
    let settled = false;
    async function settle(effect: () => void): Promise<void> {
      if (settled || !alive) return;
      settled = true;
      held.delete(job);
      const lost = settles.loseNext;
      settles.loseNext = false;
      if (!lost && inForce()) effect();
    }
    return {
      id: job.id,
      kind,
      data: job.data as JobKinds[JobKind],
      attempt,
      isLast: attempt > RETRY_LIMIT,
      complete: () => settle(() => Object.assign(job, { state: 'completed' })),
      fail: (error, retryAfterMs) => settle(() => table.giveBack(job, error, retryAfterMs)),
      postpone: (afterMs) => settle(() => table.postpone(job, afterMs)),
    };
  }

  async function pumpAll(): Promise<void> {
    while (alive && options.enabled?.() !== false) {
      const room = Math.max(0, Math.min(options.batchSize, options.maxHeld - held.size));
      const batch = table.ready(kind).slice(0, room).map(hold);
      if (batch.length === 0) return;
      await handOver(spec.handler, batch);
    }
  }

  return {
    holds: (job) => held.has(job),
    pump() {
      pumping ??= pumpAll().finally(() => {
        pumping = null;
      });
      return pumping;
    },
    die() {
      alive = false;
    },
  };
}

async function handOver(handler: JobHandler<JobKind>, batch: readonly HeldJob[]): Promise<void> {
  try {
    await handler(batch, NEVER_ABORTED);
  } catch (error) {
    await Promise.all(batch.map((job) => job.fail(error)));
  }
}
