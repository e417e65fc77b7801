import { describe, expect, test } from 'bun:test';
import { chmod, chown, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { createKeyMaker, publicKeyOf } from '../../../../src/server/adapters/wireguard/key-maker.ts';
import { loadOrCreateServerKey } from '../../../../src/server/adapters/wireguard/server-key.ts';
import { failureOf } from '../../../support/failures.ts';
import { tempFolder } from '../../../support/machine.ts';

const keyMaker = createKeyMaker();

describe('key pairs', () => {
  test('are what `wg pubkey` makes of the private half', () => {
    for (let time = 0; time < 5; time++) {
      const { privateKey, publicKey } = keyMaker.keyPair();
      const wg = Bun.spawnSync(['wg', 'pubkey'], { stdin: Buffer.from(privateKey) });
      expect(wg.stdout.toString().trim()).toBe(publicKey);
      expect(publicKeyOf(privateKey)).toBe(publicKey);
    }
  });

  test('are never the same', () => {
    expect(new Set(Array.from({ length: 500 }, () => keyMaker.keyPair().privateKey)).size).toBe(500);
  });
});

describe('the server’s key', () => {
  test('is made once, 0600, and loaded ever after', async () => {
    await using folder = await tempFolder();
    const options = { path: folder.file('wg-private.key'), keyMaker };
    const key = await loadOrCreateServerKey(options);
    expect(await loadOrCreateServerKey(options)).toBe(key);
    expect((await stat(options.path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder.path)).toEqual(['wg-private.key']);
  });

  test('20 starts at once get the same key', async () => {
    await using folder = await tempFolder();
    const options = { path: folder.file('wg-private.key'), keyMaker };
    const keys = await Promise.all(Array.from({ length: 20 }, () => loadOrCreateServerKey(options)));
    expect(new Set(keys).size).toBe(1);
    expect(await readdir(folder.path)).toEqual(['wg-private.key']);
  });

  const refusals: readonly [string, string, RegExp, (folder: string, path: string) => Promise<void>][] = [
    ['a file open to others', 'forbidden', /mode 0644.*chmod 600/, (_, path) => chmod(path, 0o644)],
    ['a file the group reads', 'forbidden', /mode 0640/, (_, path) => chmod(path, 0o640)],
    ['somebody else’s file', 'forbidden', /user 65534/, (_, path) => chown(path, 65_534, 65_534)],
    ['a folder open to others', 'forbidden', /mode 0777.*chmod 700/, (folder) => chmod(folder, 0o777)],
    ['an empty file', 'invalid', /restore it/, (_, path) => writeFile(path, '')],
    ['a file cut off', 'invalid', /restore it/, (_, path) => writeFile(path, 'qL8f')],
  ];

  test.each(refusals)('F-S17: %s is refused and left alone', async (_, code, reason, spoil) => {
    await using folder = await tempFolder();
    const options = { path: folder.file('wg-private.key'), keyMaker };
    await loadOrCreateServerKey(options);
    await spoil(folder.path, options.path);
    const before = await readFile(options.path, 'utf8');
    const failure = await failureOf(loadOrCreateServerKey(options));
    expect(failure.code as string).toBe(code);
    expect(failure.message).toMatch(reason);
    if (before !== '') expect(failure.message).not.toContain(before.trim());
    expect(await readFile(options.path, 'utf8')).toBe(before);
  });

  test('F-S17: a link is refused, even to a good key', async () => {
    await using folder = await tempFolder();
    await loadOrCreateServerKey({ path: folder.file('real.key'), keyMaker });
    await symlink(folder.file('real.key'), folder.file('wg-private.key'));
    const failure = await failureOf(loadOrCreateServerKey({ path: folder.file('wg-private.key'), keyMaker }));
    expect(failure).toMatchObject({ code: 'forbidden', message: expect.stringContaining('symbolic link') });
  });

  test('a missing folder is said', async () => {
    await using folder = await tempFolder();
    const failure = await failureOf(loadOrCreateServerKey({ path: folder.file('no/such.key'), keyMaker }));
    expect(failure).toMatchObject({ code: 'not_found', message: expect.stringContaining('does not exist') });
  });
});
