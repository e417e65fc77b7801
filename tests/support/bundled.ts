import { chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packPostgres } from '../../src/build/pack-postgres.ts';
import {
  type BundledPostgresDeps,
  createBundledPostgres,
} from '../../src/server/adapters/postgres/bundled/bundled-postgres.ts';
import { createProcessRunner } from '../../src/server/adapters/process/process-runner.ts';
import { tryHoldLock } from '../../src/server/adapters/system/flock.ts';
import { anyCall, createDoorKit } from './door-kit.ts';

/** The bundled server with real parts; the archive is packed quickly and kept under the temp folder. */
export async function bundledIn(stateDir: string, changes: Partial<BundledPostgresDeps> = {}) {
  const folder = join(tmpdir(), `adit-test-archive-${process.getuid?.()}`);
  const archive = await packPostgres({ folder, level: 1 });
  chmodSync(folder, 0o755);
  const kit = createDoorKit();
  return createBundledPostgres({
    archive,
    runner: createProcessRunner({ ...kit, book: anyCall(60_000) }),
    clock: kit.clock,
    log: kit.log,
    stateDir,
    uid: process.geteuid?.() ?? 0,
    poolMax: 8,
    lock: tryHoldLock,
    ...changes,
  });
}
