import { openPostgresRig } from '../support/postgres-rig.ts';
import { accessStoreContract } from './access-store.contract.ts';

accessStoreContract('PostgreSQL', openPostgresRig);
