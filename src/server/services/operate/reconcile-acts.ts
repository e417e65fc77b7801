import { type NodeId, XRAY_NODE } from '../../core/ids.ts';
import type { NewJob } from '../../core/ports/jobs.ts';
import type { StrangerDecision } from '../../core/ports/reconcile-desk.ts';
import type { AdoptionRefusal } from '../../core/strangers.ts';
import { type Act, NOT_FOUND, type NotFound, type OperateDeps } from './deps.ts';

/** An operator's own: before background work, after users. While one is underway a second is not enqueued. */
export function comparisonOf(node: NodeId, { dryRun = false } = {}): NewJob {
  const kind = node === XRAY_NODE ? 'reconcile-inbound' : 'reconcile-node';
  const data = dryRun ? { nodeId: node, dryRun } : { nodeId: node };
  return { kind, data, priority: 5, singletonKey: `${dryRun ? 'preview' : 'reconcile'}:${node}` };
}

/** Has a node compared now, or only looked at. One transaction: the job and its line in the audit. Safe to repeat. */
export async function askComparison(
  deps: OperateDeps,
  { actor }: Act,
  node: NodeId,
  dryRun: boolean,
): Promise<{ readonly kind: 'done' } | NotFound> {
  return deps.store.transaction(async (tx) => {
    if (!(await tx.nodeExists(node))) return NOT_FOUND;
    await tx.access.enqueue([comparisonOf(node, { dryRun })]);
    const action = dryRun ? ('node-preview' as const) : ('node-compare' as const);
    await tx.record({ at: deps.clock.now(), actor, action, subject: `node:${node}`, details: {} });
    return { kind: 'done' };
  });
}

export type StrangerOutcome =
  | { readonly kind: 'done' }
  /** Not on the node any more, or removed. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'refused'; readonly refusal: AdoptionRefusal };

/**
 * Decides about one peer on a node that is nobody's of ours. One transaction: the decision, what it does to the address,
 * the comparison that carries it out, and the line in the audit. Safe to repeat; the last one counts.
 */
export async function decideStranger(
  deps: OperateDeps,
  { actor }: Act,
  node: NodeId,
  key: string,
  decision: StrangerDecision,
): Promise<StrangerOutcome> {
  return deps.store.transaction(async (tx): Promise<StrangerOutcome> => {
    const at = deps.clock.now();
    const outcome = await tx.reconcile.decideStranger(node, key, decision, { name: actor.name, at });
    if (outcome === 'gone') return { kind: 'gone' };
    const details = { key, ...(outcome === 'done' ? {} : { refusal: outcome }) };
    const action = outcome === 'done' ? (`stranger-${decision}` as const) : 'stranger-adopt-refused';
    await tx.record({ at, actor, action, subject: `node:${node}`, details });
    if (outcome !== 'done') return { kind: 'refused', refusal: outcome };
    await tx.access.enqueue([comparisonOf(node)]);
    return { kind: 'done' };
  });
}

export type AnswerOutcome =
  | { readonly kind: 'done' }
  /** Another number would go by now, or nobody asks any more: to be looked at again. */
  | { readonly kind: 'moved-on' };

/**
 * Answers what a comparison asked about removals. Allowed, exactly the peers that were asked about go, in the runs that
 * follow; refused, they stay, and are not asked about again. One transaction with the audit. Safe to repeat.
 */
export async function answerRemoval(
  deps: OperateDeps,
  { actor }: Act,
  node: NodeId,
  answer: { readonly id: number; readonly count: number; readonly decision: 'allow' | 'refuse' },
): Promise<AnswerOutcome> {
  return deps.store.transaction(async (tx): Promise<AnswerOutcome> => {
    const at = deps.clock.now();
    if (!(await tx.reconcile.answer(node, answer, { name: actor.name, at }))) return { kind: 'moved-on' };
    const details = { count: answer.count };
    await tx.record({
      at,
      actor,
      action: `removal-${answer.decision}` as const,
      subject: `node:${node}`,
      details,
    });
    await tx.access.enqueue([comparisonOf(node)]);
    return { kind: 'done' };
  });
}
