import { expect, test } from 'bun:test';
import { createKeyMaker } from '../../../src/server/adapters/wireguard/key-maker.ts';
import { createMemoryTunnel } from '../../../src/server/adapters/wireguard/memory-tunnel.ts';
import { refuseForeign } from '../../../src/server/app/tunnel.ts';
import { failureOf } from '../../support/failures.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const [ours, theirs] = [createKeyMaker().keyPair(), createKeyMaker().keyPair()];

test('an interface with another key is somebody else’s VPN: Adit does not start over it', async () => {
  const { publicKey } = theirs;
  const tunnel = createMemoryTunnel({ clock: createManualClock(), publicKey, listenPort: 1 });
  // Not there yet: it may be made.
  await refuseForeign({ tunnel, publicKey: ours.publicKey }, 'wg0');
  await tunnel.ensureUp();
  await refuseForeign({ tunnel, publicKey }, 'wg0');
  const failure = await failureOf(refuseForeign({ tunnel, publicKey: ours.publicKey }, 'wg0'));
  expect(failure.code).toBe('conflict');
  expect(failure.message).toContain('WG_INTERFACE');
});
