import { AppError, isPassing } from '../core/errors.ts';
import { type NodeId, type PublicKey, peerId } from '../core/ids.ts';
import type { Lane } from '../core/lane.ts';
import { allowedIpsOf, confirmed, type KeyedTarget, toChange } from '../core/peer-change.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Courier, DeliveryOutcome } from '../core/ports/courier.ts';
import type { JobHandler } from '../core/ports/jobs.ts';
import type { Log } from '../core/ports/log.ts';
import type { PeerStore, PeerTarget } from '../core/ports/store.ts';
import type { KeyMaker, Tunnel, TunnelState } from '../core/ports/tunnel.ts';
import type { DeliverConfig } from './deliver-config.ts';
import { createDeliveryLine, type DeliveryLine } from './delivery-line.ts';
import { apologiseAtLast, type Refused, settleApplied } from './settle-applied.ts';

/**
 * Brings a batch of peers to what the database wants, and sends the configs that are due.
 *
 * Order of effects: make key pairs for configs not yet delivered and write their public keys (an earlier key is
 * retired in the same transaction); remove and add on the interface, one process start each; read the interface
 * back; mark what it really holds as applied; save wg0.conf; deliver. The private key lives from its making to
 * its delivery and nowhere else, so a crash in between means a new pair when the job comes again: the user ends
 * with exactly one that works. Safe to repeat at every point.
 */
export interface ApplyPeersDeps {
  readonly node: NodeId;
  /** The take-over number under which this process holds the node. */
  epoch(): number;
  readonly peers: PeerStore;
  readonly tunnel: Tunnel;
  /** The one lane for changes to this interface. */
  readonly lane: Lane;
  readonly keys: KeyMaker;
  /** Saves wg0.conf; calls made while a save is in flight share the next one. */
  saveConfig(): Promise<void>;
  readonly deliver: DeliverConfig;
  readonly courier: Pick<Courier, 'apologise'>;
  readonly clock: Clock;
  readonly log: Log;
}

export function createApplyPeers(deps: ApplyPeersDeps): JobHandler<'apply-peer'> {
  const line = createDeliveryLine();

  /** A second job for a config on its way shares the fate of the first. */
  function deliveryOf(target: KeyedTarget | undefined, refused: Refused): Promise<DeliveryOutcome> | null {
    if (!target) return null;
    if (refused.has(target.peerId)) return Promise.reject(refused.get(target.peerId));
    const { fresh } = target;
    return fresh
      ? line.send(target.peerId, fresh.issue.id, () => deps.deliver(target, fresh))
      : line.underway(target);
  }

  return async (jobs, signal) => {
    const byPeer = Map.groupBy(jobs, (job) => job.data.peerId);
    const found = await deps.peers.targets([...byPeer.keys()].map(peerId));
    const targets = new Map(found.map((each) => [each.peerId as string, withFreshKey(deps, line, each)]));
    const refused = await applyAll(deps, [...targets.values()], signal).catch(async (error: unknown) => {
      for (const [peer, held] of byPeer) await apologiseAtLast(deps, held, targets.get(peer));
      throw error;
    });
    const saved = deps.saveConfig();
    for (const [peer, held] of byPeer) {
      const target = targets.get(peer);
      void settleApplied(deps, { held, target, saved, delivery: deliveryOf(target, refused) });
    }
  };
}

/** A second job for a config on its way must not give its peer another key. */
function withFreshKey(deps: ApplyPeersDeps, line: DeliveryLine, target: PeerTarget): KeyedTarget {
  if (!target.issue || line.underway(target)) return { ...target, fresh: null };
  const pair = deps.keys.keyPair();
  const retiredKeys =
    target.publicKey === null ? target.retiredKeys : [...target.retiredKeys, target.publicKey];
  return {
    ...target,
    publicKey: pair.publicKey,
    retiredKeys,
    fresh: { issue: target.issue, privateKey: pair.privateKey },
  };
}

async function applyAll(
  deps: ApplyPeersDeps,
  targets: readonly KeyedTarget[],
  signal: AbortSignal,
): Promise<Refused> {
  if (targets.length === 0) return new Map();
  const rekeyed = targets.filter((each) => each.fresh);
  if (rekeyed.length > 0) {
    const keys = rekeyed.map((each) => ({ peerId: each.peerId, publicKey: each.publicKey as PublicKey }));
    await deps.peers.assignKeys({ id: deps.node, epoch: deps.epoch() }, keys);
  }
  const { state, failure } = await deps.lane.run(() => change(deps, targets, signal));
  return record(deps, targets, state, failure);
}

/** An interface that takes some peers and no more (a full one) has answered: what it holds is what counts. */
async function change(deps: ApplyPeersDeps, targets: readonly KeyedTarget[], signal: AbortSignal) {
  let failure: unknown = null;
  try {
    await deps.tunnel.apply(toChange(targets), signal);
  } catch (error) {
    if (isPassing(error)) throw error;
    failure = error;
  }
  return { state: await deps.tunnel.read(signal), failure };
}

/** Only what was read back counts; anything else is tried again, and keeps none of its neighbours waiting (F-J16). */
async function record(
  deps: ApplyPeersDeps,
  targets: readonly KeyedTarget[],
  state: TunnelState,
  failure: unknown,
): Promise<Refused> {
  const live = new Map(state.peers.map((each) => [each.publicKey, each]));
  const held = targets.filter((each) => confirmed(each, live));
  await deps.peers.markApplied(held, deps.clock.now());
  await deps.peers.forgetRetired(held.flatMap((each) => each.retiredKeys));
  deps.log.debug({ peers: held.length }, 'applied');
  const refused = targets.filter((each) => !held.includes(each));
  return new Map(refused.map((each) => [each.peerId, failure ?? notHeld(each)]));
}

function notHeld(target: KeyedTarget): AppError {
  const details = { peer: target.peerId, wanted: target.wanted, allowedIps: allowedIpsOf(target) };
  return new AppError('unavailable', 'The interface does not hold what was just applied.', { details });
}
