import { openMemoryRig } from '../support/memory-rig.ts';
import { accessStoreContract } from './access-store.contract.ts';

accessStoreContract('memory', openMemoryRig);
