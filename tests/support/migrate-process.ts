/** One of several processes that migrate the same database: prints the names it applied itself. */
import { migrate } from '../../src/server/adapters/postgres/migrate.ts';
import { systemClock } from '../../src/server/adapters/system/clock.ts';
import { silentLog } from './door-kit.ts';

const { ADDRESS = '', FILES = '' } = process.env;
const options = {
  address: JSON.parse(ADDRESS),
  files: JSON.parse(FILES),
  clock: systemClock,
  log: silentLog(),
};
await Bun.stdout.write(JSON.stringify(await migrate(options)));
