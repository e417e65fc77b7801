import { toAppError } from '../core/errors.ts';
import type { NodeId } from '../core/ids.ts';
import type { Lane } from '../core/lane.ts';
import { LOOP_RED_MS, type LoopRecord } from '../core/loop-record.ts';
import type { Backend } from '../core/ports/backend.ts';
import type { Settled, Verdict } from '../core/ports/breaker.ts';
import type { HeldRemoval } from '../core/ports/reconcile-store.ts';
import type { ReconcileRun } from '../core/ports/store.ts';
import { createLoopBook } from '../core/supervised-loop.ts';
import type { ReconcilePolicy } from '../services/reconcile/plan-corrections.ts';
import { createRunReport } from '../services/reconcile/run-report.ts';
import { previewNode, type ReconcileOutcome, reconcileNode } from '../services/reconcile-node.ts';
import type { Stores } from './stores.ts';
import type { World } from './world.ts';

export interface ReconcileWorkDeps<W, L> {
  readonly backend: Backend<W, L>;
  readonly lane: Lane;
  readonly stores: Pick<Stores, 'reconcile' | 'nodes'>;
  readonly policy: ReconcilePolicy;
  readonly timing: ReconcileTiming;
}

/** Longest comparison, and the time between two. */
export interface ReconcileTiming {
  readonly timeoutSeconds: number;
  readonly intervalSeconds: number;
}

/** The comparisons of one node: each with its deadline and behind the node's breaker, and what is to be said of them. */
export interface ReconcileWork {
  readonly node: NodeId;
  reconcile(signal: AbortSignal): Promise<ReconcileRun>;
  /** Says what it would do, and does nothing. */
  preview(signal: AbortSignal): Promise<ReconcileRun>;
  /** What a job asks for. While the breaker is open nothing is done but saying so: the clock asks again. */
  turn(what: { readonly dryRun?: boolean }, signal: AbortSignal): Promise<void>;
  /** The one of a take-over: only from here on is a comparison ours to be late with. */
  first(signal: AbortSignal): Promise<ReconcileRun>;
  lastRun(): ReconcileRun | null;
  lastSuccess(): Date | null;
  /** What waits for an operator, as of the last run. */
  question(): HeldRemoval | null;
  /** Another process's comparisons are not ours to tell of. */
  record(isOurs: boolean): LoopRecord;
}

/** Removals that an operator allowed go on at once, as long as they do not keep a job for ever. */
const MOST_RUNS_OF_A_TURN = 100;

export function createReconcileWork<W, L>(world: World, deps: ReconcileWorkDeps<W, L>): ReconcileWork {
  const { clock, breakers, log } = world;
  const { backend, lane, policy, stores, timing } = deps;
  const node = backend.node;
  const shared = { backend, lane, policy, store: stores.reconcile, nodes: stores.nodes, clock, log };
  let last: ReconcileOutcome | null = null;
  // Late is what has not come one interval after the last one.
  const redAfterMs = timing.intervalSeconds * 1000 + LOOP_RED_MS;
  const book = createLoopBook({ name: `reconcile:${node}`, clock, redAfterMs });
  book.succeeded();

  const until = (signal: AbortSignal) => clock.deadline(timing.timeoutSeconds * 1000, signal);

  async function guarded(signal: AbortSignal): Promise<ReconcileOutcome> {
    const breaker = breakers.for(`reconcile:${node}`);
    book.failed();
    try {
      last = await breaker.run(() => reconcileNode(shared, until(signal)), judge(signal));
    } finally {
      book.turned();
    }
    book.succeeded();
    return last;
  }

  const reconcile = async (signal: AbortSignal) => (await guarded(signal)).run;
  const preview = async (signal: AbortSignal) => (await previewNode(shared, until(signal))).run;

  /** Repeated only for what an operator allowed: whatever else is left waits for the next period. */
  async function untilDone(signal: AbortSignal): Promise<void> {
    for (let runs = 0; runs < MOST_RUNS_OF_A_TURN; runs += 1) {
      const { left, question } = await guarded(signal);
      if (left === 0 || question?.decision !== 'allow') return;
    }
  }

  return {
    node,
    reconcile,
    preview,
    async turn({ dryRun }, signal) {
      if (dryRun) return void (await preview(signal));
      try {
        await untilDone(signal);
      } catch (error) {
        if (toAppError(error).details.reason !== 'breaker_open') throw error;
        // Somebody may be waiting for the outcome of what he asked for.
        await stores.nodes.saveRun(createRunReport(node, false, clock).finish(error));
      }
    },
    first(signal) {
      book.succeeded();
      return reconcile(signal);
    },
    lastRun: () => last?.run ?? null,
    lastSuccess: () => last?.run.finishedAt ?? null,
    question: () => last?.question ?? null,
    record: (isOurs) => (isOurs ? book.record() : { ...book.record(), lastSuccessAgeMs: 0 }),
  };
}

/** Called off from outside, by a stop or a lost lease, it says nothing about the node. */
const judge =
  (signal: AbortSignal) =>
  (ended: Settled<unknown>): Verdict =>
    ended.ok ? 'well' : signal.aborted ? 'unknown' : 'failing';
