/**
 * Writes wg0.conf over and over through the public API, each time with another number of peers.
 * Arguments: path, lock path, seed, how many times. Says `wrote N` after each write.
 */
import { systemClock } from '../../../src/server/adapters/system/clock.ts';
import { sweepTemps, writeFileDurably } from '../../../src/server/adapters/system/durable-file.ts';
import { withFileLock } from '../../../src/server/adapters/system/flock.ts';
import { createConfigFile } from '../../../src/server/adapters/wireguard/config-file.ts';
import type { PrivateKey, PublicKey } from '../../../src/server/core/ids.ts';

const [path, lockPath, seed, times] = process.argv.slice(2) as [string, string, string, string];

const keyOf = (text: string): string => Buffer.alloc(32, text).toString('base64');

const peers = Array.from({ length: 200 }, (_, index) => ({
  publicKey: keyOf(`${seed} ${index}`) as PublicKey,
  allowedIps: [`10.66.${index >> 8}.${index & 255}/32`],
}));

const file = createConfigFile({
  path,
  lockPath,
  lockTimeoutMs: 30_000,
  clock: systemClock,
  withFileLock,
  writeFileDurably,
  sweepTemps,
  server: {
    name: 'wg0',
    privateKey: keyOf('server') as PrivateKey,
    listenPort: 51820,
    address4: '10.66.0.1/16',
    address6: null,
    mtu: 1420,
    nat: true,
    dnsToHost: true,
  },
});

for (let time = 1; time <= Number(times); time++) {
  await file.write(peers.slice(0, (time * 37 + Number(seed)) % peers.length));
  process.stdout.write(`wrote ${time}\n`);
}
