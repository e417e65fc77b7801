import { AppError } from '../core/errors.ts';
import type { NodeId, PublicKey } from '../core/ids.ts';
import type { Lane } from '../core/lane.ts';
import { comparePeers, type PeerDiff } from '../core/peer-diff.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Log } from '../core/ports/log.ts';
import type { NodeStore, PeerStore, ReconcileRun } from '../core/ports/store.ts';
import type { Tunnel, TunnelPeer } from '../core/ports/tunnel.ts';

/**
 * Compares the real interface with the database and corrects the difference; silent when they are equal.
 *
 * Missing peers are added, changed ones corrected. A peer that was ours and is not wanted any more is removed
 * after a live check in the database; one that never was ours is counted as quarantined and left alone. A failed
 * reading of either side ends the run: it never means "all gone". Safe to repeat.
 */
export interface ReconcileNodeDeps {
  readonly node: NodeId;
  readonly peers: PeerStore;
  readonly nodes: NodeStore;
  readonly tunnel: Tunnel;
  readonly lane: Lane;
  saveConfig(): Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Removals in one run; more than this is left for the next and said. */
const MOST_REMOVALS = 100;

type Counts = Pick<ReconcileRun, 'added' | 'removed' | 'changed' | 'quarantined' | 'refused'>;
const NOTHING: Counts = { added: 0, removed: 0, changed: 0, quarantined: 0, refused: 0 };

export async function reconcileNode(deps: ReconcileNodeDeps, signal: AbortSignal): Promise<ReconcileRun> {
  const startedAt = deps.clock.now();
  try {
    const counts = await deps.lane.run(() => correct(deps, signal));
    return await record(deps, startedAt, counts, null);
  } catch (error) {
    await record(deps, startedAt, NOTHING, error instanceof Error ? error.message : String(error));
    throw error;
  }
}

async function correct(deps: ReconcileNodeDeps, signal: AbortSignal): Promise<Counts> {
  await deps.tunnel.ensureUp(signal);
  const { diff, underway } = await difference(deps, signal);
  const extra = diff.extra.map((each) => each.publicKey);
  const removable = await deps.peers.unwantedAmong(deps.node, extra);
  const remove = [...removable].slice(0, MOST_REMOVALS);
  if (diff.missing.length + diff.changed.length + remove.length > 0) {
    await deps.tunnel.apply({ remove, add: [...diff.missing, ...diff.changed] }, signal);
    await verify(deps, diff, remove, signal);
  }
  await deps.saveConfig();
  return {
    added: settled(diff.missing, underway),
    removed: remove.length,
    changed: settled(diff.changed, underway),
    quarantined: diff.extra.length - removable.size,
    refused: removable.size - remove.length,
  };
}

/** What a job is about to carry out is no drift: it is applied here all the same, and not counted. */
const settled = (peers: readonly TunnelPeer[], underway: ReadonlySet<PublicKey>): number =>
  peers.filter((peer) => !underway.has(peer.publicKey)).length;

/** Page by page: no session is held while another is read, and no page blocks the loop for long. */
async function difference(deps: ReconcileNodeDeps, signal: AbortSignal) {
  const comparison = comparePeers((await deps.tunnel.read(signal)).peers);
  const underway = new Set<PublicKey>();
  for await (const page of deps.peers.wanted(deps.node)) {
    signal.throwIfAborted();
    comparison.see(page);
    for (const peer of page) if (!peer.applied) underway.add(peer.publicKey);
  }
  return { diff: comparison.finish(), underway };
}

async function verify(
  deps: ReconcileNodeDeps,
  sent: PeerDiff,
  removed: readonly PublicKey[],
  signal: AbortSignal,
): Promise<void> {
  const state = await deps.tunnel.read(signal);
  const comparison = comparePeers(state.peers);
  comparison.see([...sent.missing, ...sent.changed]);
  const left = comparison.finish();
  const extra = new Set(left.extra.map((each) => each.publicKey));
  const undone = left.missing.length + left.changed.length + removed.filter((key) => extra.has(key)).length;
  if (undone > 0) {
    throw new AppError('unavailable', `${undone} peers are not as they were just applied.`);
  }
}

async function record(deps: ReconcileNodeDeps, startedAt: Date, counts: Counts, error: string | null) {
  const touched = counts.added + counts.removed + counts.changed;
  const outcome =
    error !== null ? 'failed' : counts.refused > 0 ? 'refused' : touched > 0 ? 'corrected' : 'equal';
  const run = { nodeId: deps.node, startedAt, finishedAt: deps.clock.now(), outcome, ...counts, error };
  if (outcome !== 'equal') deps.log.warn({ ...run }, 'the interface differed from the database');
  await deps.nodes.saveRun(run);
  return run;
}
