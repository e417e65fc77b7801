import { setDefaultTimeout } from 'bun:test';
import { openPostgresRig } from '../support/postgres-rig.ts';
import { accessStoreContract } from './access-store.contract.ts';
import { allocationContract } from './allocation.contract.ts';
import { nodeStoreContract } from './node-store.contract.ts';
import { peerStoreContract } from './peer-store.contract.ts';
import { reconcileStoreContract } from './reconcile-store.contract.ts';
import { trafficContract } from './traffic.contract.ts';
import { userStoreContract } from './user-store.contract.ts';

setDefaultTimeout(30_000);

accessStoreContract('PostgreSQL', openPostgresRig);
peerStoreContract('PostgreSQL', openPostgresRig);
nodeStoreContract('PostgreSQL', openPostgresRig);
allocationContract('PostgreSQL', openPostgresRig);
trafficContract('PostgreSQL', openPostgresRig);
userStoreContract('PostgreSQL', openPostgresRig);
reconcileStoreContract('PostgreSQL', openPostgresRig);
