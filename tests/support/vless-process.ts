import type { Lane } from '../../src/server/core/lane.ts';
import type { Courier } from '../../src/server/core/ports/courier.ts';
import type { JobHandler } from '../../src/server/core/ports/jobs.ts';
import type { Log } from '../../src/server/core/ports/log.ts';
import type { AccessStore, PeerStore } from '../../src/server/core/ports/store.ts';
import { createApplyUsers } from '../../src/server/services/apply-users.ts';
import { createDeliverLink } from '../../src/server/services/deliver-link.ts';
import { guard, type Life } from './crash-plan.ts';
import { plainQr } from './memory-courier.ts';
import type { ServiceWorld } from './service-world.ts';
import { sale, toUser } from './vless-sale.ts';

export interface VlessParts {
  readonly store: AccessStore;
  readonly peers: PeerStore;
  readonly courier: Courier;
  readonly lane: Lane;
  readonly log: Log;
}

/** What applies VLESS users in a process over a world; each call that leaves it is an effect of its life. */
export function createVlessWork(
  world: ServiceWorld,
  life: Life,
  parts: VlessParts,
): JobHandler<'apply-user'> {
  const { clock } = world;
  const deliver = createDeliverLink({
    ...parts,
    draw: plainQr,
    linkOf: sale.linkOf,
    livingMessage: async (issue) => issue.livingMessageId,
    clock,
  });
  return createApplyUsers({
    ...parts,
    users: guard(life, 'users', world.users),
    inbound: guard(life, 'inbound', world.inbound),
    toUser,
    deliver,
    clock,
  });
}
