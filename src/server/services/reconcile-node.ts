import type { Lane } from '../core/lane.ts';
import type { Backend } from '../core/ports/backend.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Log } from '../core/ports/log.ts';
import type { HeldRemoval, ReconcileStore } from '../core/ports/reconcile-store.ts';
import type { NodeStore, ReconcileRun } from '../core/ports/store.ts';
import { MOST_ASKED } from '../core/removal-guard.ts';
import { carryOut } from './reconcile/carry-out.ts';
import { type Drift, digestOf, findDrift } from './reconcile/find-drift.ts';
import {
  planRemovals,
  type ReconcilePolicy,
  type RemovalPlan,
  stillToRemove,
} from './reconcile/plan-corrections.ts';
import { createRunReport, type RunReport } from './reconcile/run-report.ts';

/**
 * Compares a node with the database and corrects the difference; silent when they are equal.
 *
 * Order of effects: bring up what holds the peers; read both sides; note the strangers; ask an operator about removals
 * that are too many to be believed; adopt what the policy adopts; look into the database again about what is to go; send
 * removals, additions and corrections as one change; read back, and count only what is there; bring the node's own file
 * to what is wanted; record the run. A reading that fails ends the run: it never means "all gone". Safe to repeat and to
 * call off at every point; what was called off touches the node no more.
 */
export interface ReconcileNodeDeps<W, L> {
  readonly backend: Backend<W, L>;
  readonly store: ReconcileStore;
  readonly nodes: Pick<NodeStore, 'saveRun'>;
  /** The one lane for changes of this node. */
  readonly lane: Lane;
  readonly policy: ReconcilePolicy;
  readonly clock: Clock;
  readonly log: Log;
}

export interface ReconcileOutcome {
  readonly run: ReconcileRun;
  /** Removals that may be made and did not fit into this run: another one should follow. */
  readonly left: number;
  /** What waits for an operator's answer; null: nothing does. */
  readonly question: HeldRemoval | null;
}

type Ending = Pick<ReconcileOutcome, 'left' | 'question'>;

/** Throws what ended the run early, after recording it. */
export async function reconcileNode<W, L>(
  deps: ReconcileNodeDeps<W, L>,
  signal: AbortSignal,
): Promise<ReconcileOutcome> {
  const report = createRunReport(deps.backend.node, false, deps.clock);
  return recorded(deps, report, () => deps.lane.run(() => correct(deps, report, signal), signal));
}

/** Tells what {@link reconcileNode} would do, and does none of it but recording that it was asked. */
export async function previewNode<W, L>(
  deps: ReconcileNodeDeps<W, L>,
  signal: AbortSignal,
): Promise<ReconcileOutcome> {
  const report = createRunReport(deps.backend.node, true, deps.clock);
  return recorded(deps, report, () => deps.lane.run(() => foresee(deps, report, signal), signal));
}

async function recorded<W, L>(
  deps: ReconcileNodeDeps<W, L>,
  report: RunReport,
  work: () => Promise<Ending>,
): Promise<ReconcileOutcome> {
  try {
    const ending = await work();
    return { ...ending, run: await record(deps, report, null) };
  } catch (error) {
    await record(deps, report, error);
    throw error;
  }
}

async function record<W, L>(
  deps: ReconcileNodeDeps<W, L>,
  report: RunReport,
  error: unknown,
): Promise<ReconcileRun> {
  const run = report.finish(error);
  const { diff, ...told } = run;
  if (run.outcome !== 'equal' && !run.dryRun)
    deps.log.warn({ ...told }, 'the node differed from the database');
  await deps.nodes.saveRun(run);
  return run;
}

async function correct<W, L>(
  deps: ReconcileNodeDeps<W, L>,
  report: RunReport,
  signal: AbortSignal,
): Promise<Ending> {
  const { backend, store, clock } = deps;
  await backend.ensureUp(signal);
  const drift = await findDrift(backend, clock, signal);
  const now = clock.now();
  const plan = await planRemovals(deps, drift, { now, dryRun: false });
  const question = await settleQuestion(deps, plan, drift, now);
  const adopted = await adopt(deps, report, plan, now);
  tellStrangers(report, plan, adopted, now);
  signal.throwIfAborted();
  const remove = await stillToRemove(deps, plan, now);
  const done = await carryOut(backend, clock, drift, remove, signal);
  await store.markRemoved(
    backend.node,
    done.removed.filter((key) => plan.strangers.has(key)),
    now,
  );
  tellCorrections(backend, report, drift, done);
  tellRemovals(report, plan, done.removed);
  if (done.failure !== null) throw done.failure;
  await closeQuestion(deps, plan, now);
  signal.throwIfAborted();
  const wanted = adopted.length === 0 ? digestOf(drift) : null;
  if ((await backend.bringConfig(wanted)) === 'mended') report.noteConfig('was changed by somebody else');
  return { left: plan.verdict.left, question };
}

async function foresee<W, L>(
  deps: ReconcileNodeDeps<W, L>,
  report: RunReport,
  signal: AbortSignal,
): Promise<Ending> {
  const drift = await findDrift(deps.backend, deps.clock, signal);
  const plan = await planRemovals(deps, drift, { now: deps.clock.now(), dryRun: true });
  tellStrangers(report, plan, plan.adopt, null);
  tellCorrections(deps.backend, report, drift, {
    added: drift.missing.map(deps.backend.keyOfWanted),
    changed: drift.changed.map((each) => deps.backend.keyOfWanted(each.wanted)),
  });
  tellRemovals(report, plan, plan.verdict.remove);
  for (const key of plan.adopt) report.line('adopted', key, 'by policy');
  if (await deps.backend.configDiffers?.()) report.noteConfig('is not what is wanted');
  return { left: plan.verdict.left, question: plan.question };
}

/** The operator is asked once: the same question asked again would only move its time. */
async function settleQuestion<W, L>(
  { backend, store }: ReconcileNodeDeps<W, L>,
  { verdict, question }: RemovalPlan,
  drift: Drift<W, L>,
  now: Date,
): Promise<HeldRemoval | null> {
  if (verdict.question === 'close') return null;
  if (verdict.question === 'keep' || verdict.reason === null) return question;
  const keys = verdict.held.slice(0, MOST_ASKED);
  return store.ask({ nodeId: backend.node, askedAt: now, total: drift.live, reason: verdict.reason, keys });
}

async function closeQuestion<W, L>(
  { store }: ReconcileNodeDeps<W, L>,
  { verdict, question }: RemovalPlan,
  now: Date,
): Promise<void> {
  if (verdict.question === 'close' && question !== null) await store.close(question, now);
}

async function adopt<W, L>(
  { backend, store, log }: ReconcileNodeDeps<W, L>,
  report: RunReport,
  plan: RemovalPlan,
  now: Date,
): Promise<readonly string[]> {
  if (plan.adopt.length === 0) return [];
  const refused = await store.adopt(backend.node, plan.adopt, now);
  for (const [key, refusal] of refused) log.warn({ key, refusal }, 'a stranger could not be adopted');
  const adopted = plan.adopt.filter((key) => !refused.has(key));
  for (const key of adopted) report.line('adopted', key, 'by policy');
  return adopted;
}

/** Those that are new to us get a line; all of them when somebody asked what there is. */
function tellStrangers(
  report: RunReport,
  { strangers }: RemovalPlan,
  adopted: readonly string[],
  newSince: Date | null,
): void {
  report.count('quarantined', strangers.size - adopted.length);
  for (const peer of strangers.values()) {
    if (newSince !== null && peer.firstSeenAt.getTime() !== newSince.getTime()) continue;
    report.line('quarantined', peer.key, peer.allowedIps.join(', '));
  }
}

function tellCorrections<W, L>(
  backend: Backend<W, L>,
  report: RunReport,
  drift: Drift<W, L>,
  done: { readonly added: readonly string[]; readonly changed: readonly string[] },
): void {
  const [added, changed] = [new Set(done.added), new Set(done.changed)];
  // What a job is about to carry out is no drift: it is applied here all the same, and not counted.
  const told = (key: string, of: ReadonlySet<string>) => of.has(key) && !drift.underway.has(key);
  for (const wanted of drift.missing) {
    if (!told(backend.keyOfWanted(wanted), added)) continue;
    report.count('added', 1);
    report.line('added', backend.keyOfWanted(wanted), () => backend.describe(wanted, null));
  }
  for (const { wanted, live } of drift.changed) {
    if (!told(backend.keyOfWanted(wanted), changed)) continue;
    report.count('changed', 1);
    report.line('changed', backend.keyOfWanted(wanted), () => backend.describe(wanted, live));
  }
}

function tellRemovals(
  report: RunReport,
  { verdict, strangers, question }: RemovalPlan,
  removed: readonly string[],
): void {
  const what = (key: string) => (strangers.has(key) ? 'a stranger' : 'not wanted any more');
  report.count('removed', removed.length);
  report.count('quarantined', -removed.filter((key) => strangers.has(key)).length);
  for (const key of removed) report.line('removed', key, what(key));
  report.count('refused', verdict.held.length);
  // Once for a question: it stays open for days, and is compared each minute.
  if (verdict.question !== 'ask' && question !== null) return;
  for (const key of verdict.held) report.line('refused', key, what(key));
}
