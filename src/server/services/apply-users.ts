import { AppError, isPassing } from '../core/errors.ts';
import { peerId } from '../core/ids.ts';
import type { Lane } from '../core/lane.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Courier, DeliveryOutcome } from '../core/ports/courier.ts';
import type { Inbound, InboundState } from '../core/ports/inbound.ts';
import type { JobHandler } from '../core/ports/jobs.ts';
import type { Log } from '../core/ports/log.ts';
import type { PeerStore } from '../core/ports/store.ts';
import type { UserStore, UserTarget } from '../core/ports/user-store.ts';
import { sameUser, type ToInboundUser } from '../core/xray-user.ts';
import type { DeliverLink } from './deliver-link.ts';
import { createDeliveryLine } from './delivery-line.ts';
import { apologiseAtLast, type Refused, settleApplied } from './settle-applied.ts';

/**
 * Brings a batch of VLESS users to what the database wants, and sends the links that are due.
 *
 * Order of effects: tell the inbound who goes and who comes, all in one call; read it back; mark what it really has as
 * applied; deliver. A user's id is made anew each time from the same key, so a crash anywhere only means that the same
 * link is told and sent again: nothing in a chat is ever dead by it. Safe to repeat at every point.
 */
export interface ApplyUsersDeps {
  readonly users: Pick<UserStore, 'targets'>;
  readonly peers: Pick<PeerStore, 'markApplied'>;
  readonly inbound: Pick<Inbound, 'apply' | 'read'>;
  /** The one lane for changes to this inbound: an Xray that stands still keeps nobody else waiting. */
  readonly lane: Lane;
  readonly toUser: ToInboundUser;
  readonly deliver: DeliverLink;
  readonly courier: Pick<Courier, 'apologise'>;
  readonly clock: Clock;
  readonly log: Log;
}

export function createApplyUsers(deps: ApplyUsersDeps): JobHandler<'apply-user'> {
  const line = createDeliveryLine();
  const saved = Promise.resolve();

  /** A second job for a link on its way shares the fate of the first. */
  function deliveryOf(target: UserTarget | undefined, refused: Refused): Promise<DeliveryOutcome> | null {
    if (!target) return null;
    if (refused.has(target.peerId)) return Promise.reject(refused.get(target.peerId));
    const { issue } = target;
    if (!issue) return null;
    return line.underway(target) ?? line.send(target.peerId, issue.id, () => deps.deliver(target, issue));
  }

  return async (jobs, signal) => {
    const byPeer = Map.groupBy(jobs, (job) => job.data.peerId);
    const found = await deps.users.targets([...byPeer.keys()].map(peerId));
    const targets = new Map(found.map((each) => [each.peerId as string, each]));
    const refused = await applyAll(deps, found, signal).catch(async (error: unknown) => {
      for (const [peer, held] of byPeer) await apologiseAtLast(deps, held, targets.get(peer));
      throw error;
    });
    for (const [peer, held] of byPeer) {
      const target = targets.get(peer);
      void settleApplied(deps, { held, target, saved, delivery: deliveryOf(target, refused) });
    }
  };
}

async function applyAll(
  deps: ApplyUsersDeps,
  targets: readonly UserTarget[],
  signal: AbortSignal,
): Promise<Refused> {
  if (targets.length === 0) return new Map();
  const { state, failure } = await deps.lane.run(() => change(deps, targets, signal));
  const live = new Map(state.users.map((each) => [each.email, each]));
  const held = targets.filter((each) => {
    const user = live.get(each.peerId);
    return each.wanted ? user !== undefined && sameUser(deps.toUser(each), user) : user === undefined;
  });
  await deps.peers.markApplied(held, deps.clock.now());
  deps.log.debug({ users: held.length }, 'applied');
  const refused = targets.filter((each) => !held.includes(each));
  return new Map(refused.map((each) => [each.peerId, failure ?? notHeld(each)]));
}

/** An inbound that takes some users and refuses one has answered: what it has is what counts. */
async function change(
  { inbound, toUser }: ApplyUsersDeps,
  targets: readonly UserTarget[],
  signal: AbortSignal,
): Promise<{ readonly state: InboundState; readonly failure: unknown }> {
  const remove = targets.filter((each) => !each.wanted).map((each) => each.peerId);
  const add = targets.filter((each) => each.wanted).map(toUser);
  let failure: unknown = null;
  try {
    await inbound.apply({ remove, add }, signal);
  } catch (error) {
    if (isPassing(error)) throw error;
    failure = error;
  }
  return { state: await inbound.read(signal), failure };
}

/** No id of a user is in it: whoever reads the log could connect. */
function notHeld({ peerId: peer, wanted }: UserTarget): AppError {
  const details = { peer, wanted };
  return new AppError('unavailable', 'Xray does not have the users that were just applied.', { details });
}
