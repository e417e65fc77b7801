import { AppError } from '../core/errors.ts';
import type { NodeId } from '../core/ids.ts';
import { JOB_KINDS } from '../core/job-kinds.ts';
import type { LoopRecord } from '../core/loop-record.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { JobRunner } from '../core/ports/jobs.ts';
import type { Log } from '../core/ports/log.ts';
import type { NodeLease } from '../core/ports/node-lease.ts';
import type { NodeStore } from '../core/ports/store.ts';
import { createSupervisedLoop } from '../core/supervised-loop.ts';

/**
 * Keeps this process the one that changes the node's interface, or waits its turn.
 *
 * Taking over, in this order: hold the lease; raise the node's epoch, so that writes of an older holder are
 * refused; give back the jobs that holder had in hand; compare the interface with the database. When the lease is
 * lost the node is no longer held from that moment, and the loop begins again.
 */
export interface HoldNode {
  /** The epoch under which the node is held, or null while it is not. */
  epoch(): number | null;
  /** Resolves when the node is held for the first time; another process may have it for days. Throws the signal's reason. */
  whenHeld(signal: AbortSignal): Promise<void>;
  record(): LoopRecord;
  start(): void;
  /** Lets the node go. Repeating is safe. */
  stop(): Promise<void>;
}

export interface HoldNodeDeps {
  readonly node: NodeId;
  readonly lease: NodeLease;
  readonly nodes: Pick<NodeStore, 'nextEpoch'>;
  readonly jobs: Pick<JobRunner, 'rescue' | 'wake'>;
  /** Brings the interface to what the database wants. A failure is said and left to the schedule. */
  reconcile(signal: AbortSignal): Promise<unknown>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Taken over, and ours until the signal aborts: by the end of the lease or of this process. */
interface Hold {
  readonly epoch: number;
  readonly signal: AbortSignal;
}

const PAUSE_MS = 1000;
export function createHoldNode(deps: HoldNodeDeps): HoldNode {
  const first = Promise.withResolvers<void>();
  let hold: Hold | null = null;

  const epoch = () => (hold === null || hold.signal.aborted ? null : hold.epoch);

  /**
   * Every kind is safe to repeat, should another process be at one after all. A singleton that a killed holder had in hand would keep the next one away until its lease is over. */
  async function rescueAll(): Promise<number> {
    let rescued = 0;
    for (const kind of JOB_KINDS) rescued += await deps.jobs.rescue(kind);
    return rescued;
  }

  async function takeOver(signal: AbortSignal): Promise<void> {
    const raised = await deps.nodes.nextEpoch(deps.node);
    signal.throwIfAborted();
    hold = { epoch: raised, signal };
    const rescued = await rescueAll();
    deps.log.info({ node: deps.node, epoch: raised, rescued }, 'node taken over');
    loop.succeeded();
    // Users are served from here on; comparing thousands of peers need not keep them waiting.
    deps.jobs.wake('apply-peer');
    deps.jobs.wake('apply-user');
    first.resolve();
    await deps.reconcile(signal).catch((error: unknown) => {
      if (signal.aborted) return;
      deps.log.error(
        { error },
        'the interface could not be compared with the database; the schedule tries again',
      );
    });
    await aborted(signal);
  }

  async function holdOnce(signal: AbortSignal): Promise<void> {
    const lease = await deps.lease.acquire(deps.node, signal);
    const lost = new AbortController();
    void lease.lost.then(() => lost.abort(leaseLost()));
    try {
      await takeOver(AbortSignal.any([signal, lost.signal]));
      if (!signal.aborted) deps.log.warn({ node: deps.node }, 'the lease of the node was lost');
    } finally {
      hold = null;
      await lease.release();
    }
  }

  const loop = createSupervisedLoop({
    name: 'hold-node',
    clock: deps.clock,
    log: deps.log,
    pause: PAUSE_MS,
    async work(signal) {
      await holdOnce(signal);
      return 'again' as const;
    },
    failed: (error, failuresInRow) =>
      deps.log.warn({ error, failuresInRow }, 'the node could not be taken over; trying again'),
  });

  return {
    epoch,
    async whenHeld(signal) {
      await Promise.race([first.promise, aborted(signal)]);
      signal.throwIfAborted();
    },
    record() {
      const record = loop.record();
      // Holding is the success: its age counts from now as long as it lasts.
      return epoch() === null ? record : { ...record, lastSuccessAgeMs: 0 };
    },
    start: loop.start,
    stop: loop.stop,
  };
}

const leaseLost = () => new AppError('unavailable', 'The lease of the node was lost.');

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
