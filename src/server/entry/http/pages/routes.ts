import type { Route } from '../routes.ts';
import { accountActRoutes } from './account-acts.ts';
import { accountRoutes } from './accounts.ts';
import { csvRoutes } from './csv-routes.ts';
import type { PagesDeps } from './deps.ts';
import { jobActRoutes } from './job-acts.ts';
import { jobRoutes } from './jobs.ts';
import { machineRoutes } from './machine.ts';
import { nodeActRoutes } from './node-acts.ts';
import { nodeRoutes } from './nodes.ts';
import { peerRoutes } from './peers.ts';
import { recordRoutes } from './records.ts';

/** Every page and act but the overview's and the way in's. */
export function pageRoutes(deps: PagesDeps): readonly Route[] {
  return [
    ...accountRoutes(deps),
    ...accountActRoutes(deps),
    ...peerRoutes(deps),
    ...jobRoutes(deps),
    ...jobActRoutes(deps),
    ...machineRoutes(deps),
    ...nodeRoutes(deps),
    ...nodeActRoutes(deps),
    ...recordRoutes(deps),
    ...csvRoutes(deps),
  ];
}
