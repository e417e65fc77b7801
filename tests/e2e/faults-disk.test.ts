// needs root
/** The disk of wg0.conf is full or read-only under the running binary. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseServerConfig } from '../../src/server/core/server-config.ts';
import type { AditProcess } from '../support/adit-process.ts';
import { type AditRig, createAditRig } from '../support/adit-rig.ts';
import { eventually } from '../support/eventually.ts';
import { mountTmpfs, type SmallDisk } from '../support/tmpfs.ts';
import { atRest } from '../support/whole-invariants.ts';
import { expectServedOnce } from '../support/working-config.ts';

let disk: SmallDisk;
let rig: AditRig;
let adit: AditProcess;
let lastUser = 500;
beforeAll(async () => {
  disk = mountTmpfs(64);
  rig = await createAditRig({
    tunnel: 'memory',
    env: { WG_CONFIG_PATH: join(disk.path, 'wg0.conf'), RECONCILE_INTERVAL_SECONDS: '3' },
  });
  adit = await rig.start();
  await isServed(await newUser());
});
afterAll(async () => {
  await rig[Symbol.asyncDispose]();
  disk[Symbol.dispose]();
});

async function newUser(): Promise<number> {
  lastUser += 1;
  await rig.control.newUser(lastUser);
  return lastUser;
}

async function isServed(user: number): Promise<void> {
  await rig.control.say(user, '/trial');
  await rig.control.awaitMessage(user, { has: 'photo' });
}

const confText = () => readFile(join(disk.path, 'wg0.conf'), 'utf8');

async function expectFileHoldsAllPeers(): Promise<void> {
  const rows = await rig.sql`select public_key from report.peers where wanted`;
  const saved = parseServerConfig(await confText()).peers.map((each) => String(each.publicKey));
  expect(saved.sort()).toEqual(rows.map((each) => String(each.public_key)).sort());
}

/** An operator sees it: the job comes again and says which file, and why. */
async function isSaid(trouble: string): Promise<void> {
  await eventually(async () => {
    const jobs = await rig.sql`
      select last_error from report.jobs where queue = 'apply-peer' and state = 'retry'`;
    expect(jobs.map((each) => each.last_error)).toContain(trouble.replaceAll('DISK', disk.path));
  });
}

async function survives(
  trouble: string,
  breakDisk: () => Promise<void>,
  mendDisk: () => Promise<void>,
): Promise<void> {
  await eventually(expectFileHoldsAllPeers);
  const before = await confText();
  await breakDisk();
  const user = await newUser();
  await isServed(user);
  await isSaid(trouble);
  expect(await confText()).toBe(before);
  await mendDisk();
  await atRest(rig, 20_000);
  await eventually(expectFileHoldsAllPeers);
  await expectServedOnce(rig.sql, rig.control, [user]);
  expect((await readdir(disk.path)).sort()).toEqual(['wg0.conf', 'wg0.conf.lock']);
  await eventually(async () => (await adit.get('/readyz')).status === 200, { withinMs: 20_000 });
}

test('F-W2: a full disk: the user gets a config that works, the old file stays whole, all heals when it is freed', async () => {
  const filler = join(disk.path, 'filler');
  const fill = async () => {
    // Writes what fits, then fails: ENOSPC is what is wanted.
    await writeFile(filler, Buffer.alloc(128 * 1024)).catch(() => undefined);
  };
  await survives('DISK/wg0.conf could not be written: the disk is full.', fill, () => rm(filler));
}, 60_000);

test('F-W2: a disk that became read-only: the same', async () => {
  await survives(
    'The lock file DISK/wg0.conf.lock cannot be opened: EROFS.',
    async () => disk.remount('ro'),
    async () => disk.remount('rw'),
  );
}, 60_000);
