import { openMemoryRig } from '../support/memory-rig.ts';
import { accessStoreContract } from './access-store.contract.ts';
import { allocationContract } from './allocation.contract.ts';
import { nodeStoreContract } from './node-store.contract.ts';
import { peerStoreContract } from './peer-store.contract.ts';
import { reconcileStoreContract } from './reconcile-store.contract.ts';
import { trafficContract } from './traffic.contract.ts';
import { userStoreContract } from './user-store.contract.ts';

accessStoreContract('memory', openMemoryRig);
peerStoreContract('memory', openMemoryRig);
nodeStoreContract('memory', openMemoryRig);
allocationContract('memory', openMemoryRig);
trafficContract('memory', openMemoryRig);
userStoreContract('memory', openMemoryRig);
reconcileStoreContract('memory', openMemoryRig);
