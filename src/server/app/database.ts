import { type DatabaseAddress, parseDatabaseUrl } from '../adapters/postgres/address.ts';
import { bundledArchive } from '../adapters/postgres/bundled/archive.ts';
import { besideAddress, createBundledPostgres } from '../adapters/postgres/bundled/bundled-postgres.ts';
import { createDatabase, type Database } from '../adapters/postgres/client.ts';
import { tryHoldLock } from '../adapters/system/flock.ts';
import type { Config } from '../config.ts';
import { toAppError } from '../core/errors.ts';
import type { LoopRecord } from '../core/loop-record.ts';
import type { World } from './world.ts';

export interface OpenDatabase {
  readonly database: Database;
  readonly address: DatabaseAddress;
  /** Of what turns in the background, the bundled server's supervision among it. */
  loops(): readonly LoopRecord[];
  /** Closes the connections, and the bundled server when it is ours. Repeating is safe. */
  close(graceMs: number): Promise<void>;
}

/** How long a start waits for a server that is not there yet. Milliseconds. */
const WAIT_FOR_SERVER_MS = 60_000;
const PAUSE_MS = 1000;

/** The configured PostgreSQL, or the bundled one. Waits a while for a server that is on its way up (A2). */
export async function openDatabase(world: World, config: Config, signal: AbortSignal): Promise<OpenDatabase> {
  const server = config.database.url === null ? await startBundled(world, config, signal) : null;
  const address = server?.address ?? parseDatabaseUrl(config.database.url?.reveal() ?? '');
  const database = createDatabase({ ...world, ...limitsOf(config), address });
  async function close(graceMs: number): Promise<void> {
    await database.close(graceMs);
    await server?.stop();
  }
  try {
    await startPatiently(world, database, signal);
    const loops = () => [...database.loops(), ...(server ? [server.record()] : [])];
    return { database, address, close, loops };
  } catch (error) {
    await close(0);
    throw error;
  }
}

const limitsOf = ({ database }: Config) => ({
  poolMin: database.poolMin,
  poolMax: database.poolMax,
  acquireTimeoutMs: database.acquireTimeoutMs,
  statementTimeoutMs: database.statementTimeoutMs,
  idleInTxTimeoutMs: database.idleInTransactionTimeoutMs,
});

/**
 * For a short errand: the same database, whether Adit runs meanwhile or not. The bundled server of a running Adit is
 * used by its socket and left alone.
 */
export async function openBeside(world: World, config: Config, signal: AbortSignal): Promise<OpenDatabase> {
  try {
    return await openDatabase(world, config, signal);
  } catch (error) {
    if (config.database.url !== null || toAppError(error).code !== 'conflict') throw error;
    const address = besideAddress(config.stateDir);
    const database = createDatabase({ ...world, ...limitsOf(config), poolMin: 1, poolMax: 2, address });
    await database.start();
    return { database, address, close: (graceMs) => database.close(graceMs), loops: database.loops };
  }
}

async function startBundled(world: World, config: Config, signal: AbortSignal) {
  const bundled = createBundledPostgres({
    ...world,
    archive: await bundledArchive(),
    stateDir: config.stateDir,
    uid: process.geteuid?.() ?? 1,
    poolMax: config.database.poolMax,
    lock: tryHoldLock,
  });
  try {
    return { address: await bundled.start(signal), stop: bundled.stop, record: bundled.record };
  } catch (error) {
    await bundled.stop();
    throw error;
  }
}

/** Said at once, tried again for a minute: at boot the database may come up after us. */
async function startPatiently(world: World, database: Database, signal: AbortSignal): Promise<void> {
  const patience = world.clock.monotonicMs() + WAIT_FOR_SERVER_MS;
  for (let said = false; ; ) {
    try {
      return await database.start();
    } catch (error) {
      const failure = toAppError(error);
      if (failure.code !== 'unavailable' || world.clock.monotonicMs() > patience) throw failure;
      if (!said) world.log.error({ error: failure }, `${failure.message} Trying again for a minute.`);
      said = true;
      await world.clock.sleep(PAUSE_MS, signal);
    }
  }
}
