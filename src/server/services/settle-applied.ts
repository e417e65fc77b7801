import type { PeerId } from '../core/ids.ts';
import type { Courier, DeliveryOutcome } from '../core/ports/courier.ts';
import type { HeldJob } from '../core/ports/jobs.ts';
import type { Log } from '../core/ports/log.ts';
import type { Target } from '../core/ports/store.ts';

/** Peers that the node does not hold as they are wanted, and why. */
export type Refused = ReadonlyMap<PeerId, unknown>;

/** What the jobs of one peer wait for. Several jobs for one peer share their fate. */
export interface Ending {
  readonly held: readonly HeldJob[];
  /** Undefined: the peer is not there any more, and there is nothing to wait for but the file. */
  readonly target: Target | undefined;
  readonly delivery: Promise<DeliveryOutcome> | null;
  /** The node's own file, where it keeps one. */
  readonly saved: Promise<void>;
}

export interface SettleDeps {
  readonly courier: Pick<Courier, 'apologise'>;
  readonly log: Log;
}

/** Ends jobs when all they wait for has ended. Never rejects: what cannot be written comes again by its lease. */
export async function settleApplied(deps: SettleDeps, ending: Ending): Promise<void> {
  await settle(deps, ending).catch((error: unknown) => {
    const peer = ending.held[0]?.data;
    deps.log.warn({ error, peer }, 'jobs could not be settled; they come again when their lease is over');
  });
}

async function settle(deps: SettleDeps, { held, target, delivery, saved }: Ending): Promise<void> {
  try {
    const [outcome] = await Promise.all([delivery, saved]);
    if (outcome?.kind === 'later') await Promise.all(held.map((job) => job.postpone(outcome.retryAfterMs)));
    else await Promise.all(held.map((job) => job.complete()));
  } catch (error) {
    await Promise.all(held.map((job) => job.fail(error)));
    const delivered = await delivery?.then(
      () => true,
      () => false,
    );
    if (!delivered) await apologiseAtLast(deps, held, target);
  }
}

/** Nobody waits for ever without a word: after the last try the user is told, and the job is dead and visible. */
export async function apologiseAtLast(
  deps: Pick<SettleDeps, 'courier'>,
  held: readonly HeldJob[],
  target: Target | undefined,
): Promise<void> {
  if (target?.issue && held.some((job) => job.isLast)) await deps.courier.apologise(target.issue);
}
