import { describe, expect, test } from 'bun:test';
import { chmod, chown, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../../../src/server/adapters/system/clock.ts';
import { sweepTemps, writeFileDurably } from '../../../../src/server/adapters/system/durable-file.ts';
import { withFileLock } from '../../../../src/server/adapters/system/flock.ts';
import { createConfigFile } from '../../../../src/server/adapters/wireguard/config-file.ts';
import { createKeyMaker } from '../../../../src/server/adapters/wireguard/key-maker.ts';
import type { TunnelConfigFile } from '../../../../src/server/core/ports/tunnel.ts';
import { parseServerConfig, renderServerConfig } from '../../../../src/server/core/server-config.ts';
import type { ServerInterface } from '../../../../src/server/core/server-interface.ts';
import { failureOf } from '../../../support/failures.ts';
import { tempFolder } from '../../../support/machine.ts';
import { mountTmpfs } from '../../../support/tmpfs.ts';
import { peerAt } from '../../../support/wireguard-rig.ts';

const server: ServerInterface = {
  name: 'wg0',
  privateKey: createKeyMaker().keyPair().privateKey,
  listenPort: 51820,
  address4: '10.66.0.1/16',
  address6: 'fd00:66::1/64',
  mtu: 1420,
  nat: true,
  dnsToHost: true,
};
const system = { clock: systemClock, withFileLock, writeFileDurably, sweepTemps };
const PEERS = Array.from({ length: 300 }, (_, index) => peerAt(index + 2));

const fileIn = (folder: string, lockTimeoutMs = 5_000): TunnelConfigFile & { readonly path: string } => {
  const path = join(folder, 'wg0.conf');
  return {
    path,
    ...createConfigFile({ ...system, path, lockPath: join(folder, 'lock'), lockTimeoutMs, server }),
  };
};

describe('wg0.conf on disk', () => {
  test('A3: holds every peer, mode 0600, and nothing is left beside it', async () => {
    await using folder = await tempFolder();
    const file = fileIn(folder.path);
    await file.write(PEERS);
    expect(await readFile(file.path, 'utf8')).toBe(renderServerConfig(server, PEERS));
    expect((await stat(file.path)).mode & 0o777).toBe(0o600);
    expect((await readdir(folder.path)).sort()).toEqual(['lock', 'wg0.conf']);
  });

  test('A3: an outside tool that holds the lock is waited for, and not for ever', async () => {
    await using folder = await tempFolder();
    const file = fileIn(folder.path, 100);
    await file.write([]);
    const holder = Bun.spawn(['flock', join(folder.path, 'lock'), 'sh', '-c', 'echo held; cat'], {
      stdin: 'pipe',
      stdout: 'pipe',
    });
    await holder.stdout.getReader().read();
    expect((await failureOf(file.write(PEERS))).code).toBe('timeout');
    const waiting = fileIn(folder.path, 10_000).write(PEERS);
    holder.stdin.end();
    await waiting;
    expect(parseServerConfig(await readFile(file.path, 'utf8')).peers).toEqual(PEERS);
  });

  test('temp files of killed writers are swept by the next one', async () => {
    await using folder = await tempFolder();
    await writeFile(folder.file('.wg0.conf.0198.tmp'), 'half a fi');
    await fileIn(folder.path).write([]);
    expect((await readdir(folder.path)).sort()).toEqual(['lock', 'wg0.conf']);
  });

  test('F-S1: a peer that is none leaves the file as it was', async () => {
    await using folder = await tempFolder();
    const file = fileIn(folder.path);
    await file.write(PEERS);
    const hostile = { ...PEERS[0]!, allowedIps: ['10.66.0.2/32\nPostUp = touch /tmp/pwned'] };
    expect((await failureOf(file.write([hostile]))).code).toBe('invalid');
    expect(await readFile(file.path, 'utf8')).toBe(renderServerConfig(server, PEERS));
  });

  test('50,000 peers are written without keeping the event loop', async () => {
    await using folder = await tempFolder();
    const peer = peerAt(2);
    const many = Array.from({ length: 50_000 }, (_, index) => ({
      ...peer,
      allowedIps: [`10.${66 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}/32`],
    }));
    await fileIn(folder.path).write(many.slice(0, 5_000));
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const startedAt = performance.now();
    await fileIn(folder.path).write(many);
    clearInterval(timer);
    expect(turns).toBeGreaterThan((performance.now() - startedAt) / 15);
  });
});

describe('F-S17: a place that is not ours alone is refused', () => {
  const refusals: readonly [string, RegExp, (folder: string, path: string) => Promise<void>][] = [
    ['a file open to others', /open to others \(mode 0644\)/, (_, path) => chmod(path, 0o644)],
    ['somebody else’s file', /belongs to user 65534/, (_, path) => chown(path, 65_534, 65_534)],
    ['a folder open to others', /writable by others \(mode 0777\)/, (folder) => chmod(folder, 0o777)],
    ['somebody else’s folder', /belongs to user 65534/, (folder) => chown(folder, 65_534, 65_534)],
  ];

  test.each(refusals)('%s', async (_, reason, spoil) => {
    await using folder = await tempFolder();
    const file = fileIn(folder.path);
    await file.write([]);
    await spoil(folder.path, file.path);
    const failure = await failureOf(file.write(PEERS));
    expect(failure).toMatchObject({ code: 'forbidden', message: expect.stringMatching(reason) });
    expect(parseServerConfig(await readFile(file.path, 'utf8')).peers).toEqual([]);
  });

  test('a link in its place; what it points to stays as it is', async () => {
    await using folder = await tempFolder();
    await writeFile(folder.file('elsewhere'), 'theirs', { mode: 0o600 });
    await symlink(folder.file('elsewhere'), folder.file('wg0.conf'));
    expect(await failureOf(fileIn(folder.path).write([]))).toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('symbolic link'),
    });
    expect(await readFile(folder.file('elsewhere'), 'utf8')).toBe('theirs');
  });

  test('a folder in its place', async () => {
    await using folder = await tempFolder();
    await mkdir(folder.file('wg0.conf'));
    expect((await failureOf(fileIn(folder.path).write([]))).code).toBe('forbidden');
  });
});

describe('F-W2: the disk refuses', () => {
  test('full: the old file stays whole, no temp file remains, and it heals when there is room', async () => {
    using disk = mountTmpfs(64);
    await chmod(disk.path, 0o700);
    const file = fileIn(disk.path);
    await file.write(PEERS.slice(0, 250));
    const before = await readFile(file.path, 'utf8');
    expect((await failureOf(file.write(PEERS))).code).toBe('unavailable');
    expect(await readFile(file.path, 'utf8')).toBe(before);
    expect((await readdir(disk.path)).sort()).toEqual(['lock', 'wg0.conf']);
    await file.write(PEERS.slice(0, 10));
    expect(parseServerConfig(await readFile(file.path, 'utf8')).peers.length).toBe(10);
  });

  test('read-only: the old file stays, and it heals', async () => {
    using disk = mountTmpfs(64);
    await chmod(disk.path, 0o700);
    const file = fileIn(disk.path);
    await file.write([]);
    disk.remount('ro');
    expect((await failureOf(file.write(PEERS))).code).toBe('unavailable');
    expect(parseServerConfig(await readFile(file.path, 'utf8')).peers).toEqual([]);
    disk.remount('rw');
    await file.write(PEERS.slice(0, 5));
    expect(parseServerConfig(await readFile(file.path, 'utf8')).peers.length).toBe(5);
  });
});
