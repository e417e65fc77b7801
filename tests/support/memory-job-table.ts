import type { JobKind, NewJob } from '../../src/server/core/ports/jobs.ts';

export interface MemoryJob {
  readonly id: string;
  readonly kind: JobKind;
  readonly data: unknown;
  readonly key: string | undefined;
  priority: number;
  state: 'created' | 'retry' | 'active' | 'completed' | 'dead';
  /** How often it was taken. */
  attempt: number;
  readyAtMs: number;
  lastError: unknown;
}

export const RETRY_LIMIT = 12;
const LIVE: readonly MemoryJob['state'][] = ['created', 'retry', 'active'];

/** The rows of the fake and what may happen to them; `now` in milliseconds. */
export function createMemoryJobTable(now: () => number) {
  const jobs: MemoryJob[] = [];

  const keyTaken = (kind: JobKind, key: string | undefined): boolean =>
    key !== undefined && jobs.some((job) => job.kind === kind && job.key === key && LIVE.includes(job.state));

  return {
    jobs,
    insert(job: NewJob): void {
      if (keyTaken(job.kind, job.singletonKey)) return;
      jobs.push({
        id: `job-${jobs.length + 1}`,
        kind: job.kind,
        data: structuredClone(job.data),
        key: job.singletonKey,
        priority: job.priority ?? 0,
        state: 'created',
        attempt: 0,
        readyAtMs: now() + (job.startAfterMs ?? 0),
        lastError: null,
      });
    },
    ready(kind: JobKind): readonly MemoryJob[] {
      return jobs
        .filter((job) => job.kind === kind && (job.state === 'created' || job.state === 'retry'))
        .filter((job) => job.readyAtMs <= now())
        .sort((a, b) => b.priority - a.priority);
    },
    /** Backoff without jitter: 1, 2, 4 … 300 seconds. */
    giveBack(job: MemoryJob, error: unknown, retryAfterMs?: number): void {
      job.lastError = error;
      job.priority -= 1;
      job.state = job.attempt > RETRY_LIMIT ? 'dead' : 'retry';
      job.readyAtMs = now() + (retryAfterMs ?? Math.min(300_000, 1_000 * 2 ** (job.attempt - 1)));
    },
    postpone(job: MemoryJob, afterMs: number): void {
      job.attempt -= 1;
      job.state = job.attempt > 0 ? 'retry' : 'created';
      job.readyAtMs = now() + afterMs;
    },
    redrive(queue: string, limit: number) {
      let [moved, leftBehind] = [0, 0];
      for (const job of jobs.filter((each) => each.kind === queue && each.state === 'dead')) {
        if (moved >= limit) break;
        if (keyTaken(job.kind, job.key)) leftBehind += 1;
        else {
          Object.assign(job, { state: 'created', attempt: 0, readyAtMs: now() });
          moved += 1;
        }
      }
      return { moved, leftBehind };
    },
    counts() {
      const unfinished = jobs.filter((job) => job.state !== 'completed');
      const groups = Map.groupBy(unfinished, ({ kind, state }) =>
        state === 'dead' ? 'dead-letter dead' : `${kind} ${state}`,
      );
      return [...groups].map(([name, group]) => {
        const [queue = '', state = ''] = name.split(' ');
        return { queue, state, count: group.length };
      });
    },
  };
}

export type MemoryJobTable = ReturnType<typeof createMemoryJobTable>;
