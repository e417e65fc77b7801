import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadOrCreateKey } from '../../../../src/server/adapters/credentials/key-file.ts';
import { createSealedBox } from '../../../../src/server/adapters/credentials/sealed-box.ts';
import { createTokens } from '../../../../src/server/adapters/credentials/tokens.ts';
import { writeFileDurably } from '../../../../src/server/adapters/system/durable-file.ts';
import { systemRandom } from '../../../../src/server/adapters/system/random.ts';
import { failureOf } from '../../../support/failures.ts';

describe('the sealed box', () => {
  const key = systemRandom.bytes(32);
  const box = createSealedBox(key, systemRandom);
  const sealed = box.seal('JBSWY3DPEHPK3PXP', 'totp:1');

  test('opens what it sealed, and seals the same differently each time', () => {
    expect(box.open(sealed, 'totp:1')).toBe('JBSWY3DPEHPK3PXP');
    expect(box.seal('JBSWY3DPEHPK3PXP', 'totp:1')).not.toBe(sealed);
    expect(sealed).not.toContain('JBSWY3DPEHPK3PXP');
  });

  test('opens nothing that was moved, changed or sealed with another key', () => {
    const bytes = Buffer.from(sealed.slice(2), 'base64');
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1;
      expect(() => box.open(`1.${changed.toString('base64')}`, 'totp:1')).toThrow('does not open');
    }
    expect(() => box.open(sealed, 'totp:2')).toThrow('does not open');
    expect(() => box.open('', 'totp:1')).toThrow('does not open');
    const other = createSealedBox(systemRandom.bytes(32), systemRandom);
    expect(() => other.open(sealed, 'totp:1')).toThrow('does not open');
  });
});

describe('tokens', () => {
  const tokens = createTokens(systemRandom);

  test('have 256 bits and fit into an address and a cookie', () => {
    const many = Array.from({ length: 100 }, () => tokens.fresh());
    expect(new Set(many).size).toBe(100);
    for (const each of many) expect(each).toMatch(/^[\w-]{43}$/);
  });

  test('codes for people are twenty digits in groups', () => {
    expect(tokens.freshCode()).toMatch(/^\d{5}(-\d{5}){3}$/);
  });

  test('a digest is SHA-256', () => {
    expect(tokens.digest('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});

describe('the key of the box', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'adit-key-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const load = (name: string) =>
    loadOrCreateKey({
      path: join(folder, name),
      random: systemRandom,
      write: (path, text) => writeFileDurably(path, text, { mode: 0o600 }),
    });

  test('is made once, for its owner alone, and is the same ever after', async () => {
    const first = await load('a.key');
    expect(first).toHaveLength(32);
    expect(await load('a.key')).toEqual(first);
    expect((await stat(join(folder, 'a.key'))).mode & 0o777).toBe(0o600);
  });

  test('F-S17 is refused when others can read it', async () => {
    await load('b.key');
    await chmod(join(folder, 'b.key'), 0o644);
    expect(await failureOf(load('b.key'))).toMatchObject({ code: 'forbidden' });
  });

  test('is never replaced when the file holds no key', async () => {
    const path = join(folder, 'c.key');
    await writeFile(path, 'half a ke', { mode: 0o600 });
    expect(await failureOf(load('c.key'))).toMatchObject({ code: 'invalid' });
    expect(await readFile(path, 'utf8')).toBe('half a ke');
  });
});
