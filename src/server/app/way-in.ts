import { join } from 'node:path';
import { loadOrCreateKey } from '../adapters/credentials/key-file.ts';
import { createOneTimeCodes } from '../adapters/credentials/one-time-codes.ts';
import { createPasswords } from '../adapters/credentials/passwords.ts';
import { createSealedBox } from '../adapters/credentials/sealed-box.ts';
import { createTokens } from '../adapters/credentials/tokens.ts';
import { writeFileDurably } from '../adapters/system/durable-file.ts';
import type { OperatorStore } from '../core/ports/operators.ts';
import { createSessionEnds } from '../core/session-ends.ts';
import type { WayInDeps } from '../services/way-in/way-in.ts';
import type { World } from './world.ts';

/** What logins are made of. The key of the second factors lies in STATE_DIR, which must be held. */
export async function createWayIn(
  { random }: Pick<World, 'random'>,
  store: OperatorStore,
  stateDir: string,
): Promise<WayInDeps> {
  const key = await loadOrCreateKey({
    path: join(stateDir, 'second-factor.key'),
    random,
    write: (path, text) => writeFileDurably(path, text, { mode: 0o600 }),
  });
  return {
    store,
    passwords: createPasswords(),
    tokens: createTokens(random),
    codes: createOneTimeCodes(random),
    box: createSealedBox(key, random),
    ends: createSessionEnds(),
    random,
  };
}
