import type { Jobs } from '../adapters/jobs/jobs.ts';
import type { DatabaseAddress } from '../adapters/postgres/address.ts';
import { migrate } from '../adapters/postgres/migrate.ts';
import { MIGRATIONS } from '../adapters/postgres/migrations.ts';
import type { World } from './world.ts';

/** Our tables and the job queue's, under one lock: of many processes started together one does it (F-D6). */
export function migrateAll(
  world: World,
  address: DatabaseAddress,
  jobs: Pick<Jobs, 'install'>,
): Promise<readonly string[]> {
  return migrate({ ...world, address, files: MIGRATIONS, whileLocked: () => jobs.install() });
}
