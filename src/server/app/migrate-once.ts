import type { Config } from '../config.ts';
import type { ExitCode } from '../entry/cli/exit-code.ts';
import { openDatabase } from './database.ts';
import { migrateAll } from './migrate-all.ts';
import { GRACE_MS, type Outside, standard } from './serve.ts';
import { createStores } from './stores.ts';
import { createWorld } from './world.ts';

/** `adit migrate`: the schema of this version, then done. Safe to repeat and beside a running Adit. */
export async function migrateOnce(
  config: Config,
  outside: Outside,
  out: (text: string) => void,
): Promise<ExitCode> {
  const world = createWorld(config, standard(config, outside));
  const stopping = new AbortController();
  outside.onStopSignal(() => stopping.abort());
  const { database, address, close } = await openDatabase(world, config, stopping.signal);
  try {
    const applied = await migrateAll(world, address, createStores(world, database).jobs);
    out(
      applied.length === 0 ? 'nothing to do: the schema is the newest\n' : `applied ${applied.join(', ')}\n`,
    );
    return 0;
  } finally {
    await close(GRACE_MS);
  }
}
