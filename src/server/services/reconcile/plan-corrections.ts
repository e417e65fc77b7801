import type { NodeId } from '../../core/ids.ts';
import type { Backend, Standing } from '../../core/ports/backend.ts';
import type { HeldRemoval, ReconcileStore } from '../../core/ports/reconcile-store.ts';
import { judgeRemovals, type RemovalVerdict } from '../../core/removal-guard.ts';
import {
  fateOf,
  type QuarantinedPeer,
  type StrangerFate,
  type StrangerPolicy,
} from '../../core/strangers.ts';
import { portions } from '../../core/turns.ts';
import type { Drift } from './find-drift.ts';

export interface ReconcilePolicy {
  /** FOREIGN_PEERS and FOREIGN_GRACE_SECONDS. */
  readonly strangers: StrangerPolicy;
  readonly graceMs: number;
  /** In one run; the rest goes in the next ones. */
  readonly mostRemovals: number;
}

/** What one run is going to do about what is on the node and not wanted. */
export interface RemovalPlan {
  readonly verdict: RemovalVerdict;
  readonly question: HeldRemoval | null;
  /** Every stranger there, as it is noted. */
  readonly strangers: ReadonlyMap<string, QuarantinedPeer>;
  /** Strangers that the policy adopts. */
  readonly adopt: readonly string[];
}

export interface PlanDeps<W, L> {
  readonly backend: Backend<W, L>;
  readonly store: ReconcileStore;
  readonly policy: ReconcilePolicy;
}

/** Keys in one statement. */
const KEYS_AT_ONCE = 5_000;

/**
 * Tells whose the extra peers are, notes the strangers among them (not in a dry run), and lets the guard judge what
 * would go.
 */
export async function planRemovals<W, L>(
  { backend, store, policy }: PlanDeps<W, L>,
  drift: Drift<W, L>,
  { now, dryRun }: { readonly now: Date; readonly dryRun: boolean },
): Promise<RemovalPlan> {
  const keys = drift.extra.map(backend.keyOfLive);
  const standing = await standingOf(backend, keys);
  const found = drift.extra
    .filter((peer) => !standing.has(backend.keyOfLive(peer)))
    .map((peer) => ({ key: backend.keyOfLive(peer), allowedIps: backend.allowedIpsOf(peer) }));
  const noted = dryRun
    ? await store.strangersAmong(
        backend.node,
        found.map((each) => each.key),
      )
    : await store.seeStrangers(backend.node, found, now);
  const strangers = new Map(found.map((each) => [each.key, noted.get(each.key) ?? unseen(each, now)]));
  const fates = Map.groupBy(strangers.values(), (peer) => fateOf(peer, policy, now));
  const keysBy = (fate: StrangerFate) => (fates.get(fate) ?? []).map((peer) => peer.key);
  const question = await store.openQuestion(backend.node);
  const verdict = judgeRemovals({
    wanted: drift.wanted,
    live: drift.live,
    missing: drift.missing.filter((peer) => !drift.underway.has(backend.keyOfWanted(peer))).length,
    candidates: [...keys.filter((key) => standing.get(key) === 'unwanted'), ...keysBy('due')],
    named: keysBy('named'),
    question,
    limit: policy.mostRemovals,
  });
  return { verdict, question, strangers, adopt: keysBy('adopt') };
}

const unseen = (stranger: { key: string; allowedIps: readonly string[] }, now: Date): QuarantinedPeer => ({
  ...stranger,
  firstSeenAt: now,
  lastSeenAt: now,
  state: 'waiting',
  refusal: null,
  decidedBy: null,
  decidedAt: null,
});

/** What the database says of these keys now, in statements of a size. */
export async function standingOf<W, L>(
  backend: Backend<W, L>,
  keys: readonly string[],
): Promise<ReadonlyMap<string, Standing>> {
  const all = new Map<string, Standing>();
  for (const some of portions(keys, KEYS_AT_ONCE)) {
    for (const [key, standing] of await backend.standing(some)) all.set(key, standing);
  }
  return all;
}

/**
 * Of the removals that were planned, those that are still right: asked of the database at the moment of removal. Ours must
 * still be unwanted; a stranger must still be unknown, and no operator may have kept or adopted it meanwhile, or taken
 * back what he allowed.
 */
export async function stillToRemove<W, L>(
  { backend, store, policy }: PlanDeps<W, L>,
  plan: RemovalPlan,
  now: Date,
): Promise<readonly string[]> {
  const { remove } = plan.verdict;
  if (remove.length === 0) return [];
  const standing = await standingOf(backend, remove);
  const noted = await store.strangersAmong(
    backend.node,
    remove.filter((key) => plan.strangers.has(key)),
  );
  const takenBack = await takenBackOf(store, backend.node, plan.question);
  return remove.filter((key) => {
    if (takenBack.has(key)) return false;
    if (!plan.strangers.has(key)) return standing.get(key) === 'unwanted';
    const peer = noted.get(key);
    const fate = peer && fateOf(peer, policy, now);
    return !standing.has(key) && (fate === 'due' || fate === 'named');
  });
}

/** Keys that were allowed to go by an answer that is not the last word any more. */
async function takenBackOf(
  store: Pick<ReconcileStore, 'openQuestion'>,
  node: NodeId,
  planned: HeldRemoval | null,
): Promise<ReadonlySet<string>> {
  if (planned?.decision !== 'allow') return new Set();
  const now = await store.openQuestion(node);
  return new Set(now?.id === planned.id && now.decision === 'allow' ? [] : planned.keys);
}
