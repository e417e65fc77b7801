import { describe, expect, test } from 'bun:test';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { sweepTemps, writeFileDurably } from '../../../../src/server/adapters/system/durable-file.ts';
import { createJournal, journalPath } from '../../../../src/server/adapters/xray/journal.ts';
import { AppError } from '../../../../src/server/core/errors.ts';
import type { WriteFileDurably } from '../../../../src/server/core/ports/durable-files.ts';
import { failureOf } from '../../../support/failures.ts';
import { newUser } from '../../../support/inbound-rig.ts';
import { tempFolder } from '../../../support/machine.ts';
import { createRecordingLog, type RecordedLine } from '../../../support/recording-log.ts';

const BOOT = {
  id: 'boot-1',
  machineBoot: 'machine-1',
  notBeforeMs: 1,
  notAfterMs: 2,
  beganAtMs: 3,
  seenAtMs: 4,
  uptimeSeconds: 5,
  totalAlloc: 6,
  mallocs: 7,
};

function entryOf(count: number, doubtful: readonly string[] = []) {
  const users = Array.from({ length: count }, () => newUser());
  return {
    boot: BOOT,
    users: new Map(users.map((user) => [user.email, user])),
    doubtful: new Set(doubtful),
  };
}

async function setUp(write: WriteFileDurably = writeFileDurably) {
  const folder = await tempFolder();
  const path = journalPath(folder.path, 'vless/../in');
  const lines: RecordedLine[] = [];
  const open = () =>
    createJournal({ path, tag: 'vless/../in', writeFile: write, sweepTemps, log: createRecordingLog(lines) });
  return { folder, path, lines, open, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

describe('the journal', () => {
  test('comes back in the next process as it was, readable to nobody else, whatever the tag is called', async () => {
    await using rig = await setUp();
    const entry = entryOf(3, ['somebody']);
    await rig.open().write(entry);
    expect(await rig.open().read()).toEqual(entry);
    expect((await stat(rig.path)).mode & 0o777).toBe(0o600);
    expect(await readdir(rig.folder.path)).toEqual([rig.path.split('/').at(-1)!]);
  });

  test('is empty at first', async () => {
    await using rig = await setUp();
    expect(await rig.open().read()).toEqual({ boot: null, users: new Map(), doubtful: new Set() });
  });

  test('changes that come together are written together', async () => {
    let writes = 0;
    await using rig = await setUp(async (...args) => {
      writes += 1;
      await writeFileDurably(...args);
    });
    const journal = rig.open();
    const last = entryOf(5);
    const entries = [...Array.from({ length: 99 }, (_, index) => entryOf(index % 5)), last];
    await Promise.all(entries.map((entry) => journal.write(entry)));
    expect(writes).toBeLessThan(5);
    expect(await rig.open().read()).toEqual(last);
  });

  test('sweeps away what a killed writer left', async () => {
    await using rig = await setUp();
    const name = rig.path.split('/').at(-1);
    await writeFile(rig.folder.file(`.${name}.0000.tmp`), 'torn');
    await rig.open().read();
    expect(await readdir(rig.folder.path)).toEqual([]);
  });

  test('a disk that refuses is told, and the change is written with the next one', async () => {
    let full = true;
    await using rig = await setUp(async (...args) => {
      if (full) throw new AppError('unavailable', 'the disk is full');
      await writeFileDurably(...args);
    });
    const journal = rig.open();
    const entry = entryOf(2);
    expect((await failureOf(journal.write(entry))).code).toBe('unavailable');
    expect(await journal.read()).toEqual(entry);
    full = false;
    await journal.write(entry);
    expect(await rig.open().read()).toEqual(entry);
  });

  test('has an end', async () => {
    await using rig = await setUp();
    const journal = rig.open();
    expect((await failureOf(journal.write(entryOf(100_001)))).code).toBe('exhausted');
    expect((await journal.read()).users.size).toBe(0);
  });
});

describe('F-S4: a file that is not a journal of this inbound is put aside, loudly, and nothing of it is taken', () => {
  const good = { version: 1, tag: 'vless/../in', boot: BOOT, users: [newUser()], doubtful: [] };
  const twice = newUser();
  const cases: readonly (readonly [name: string, text: string])[] = [
    ['empty', ''],
    ['torn', JSON.stringify(good).slice(0, -20)],
    ['no JSON', 'users:'],
    ['null', 'null'],
    ['of another version', JSON.stringify({ ...good, version: 2 })],
    ['of another inbound', JSON.stringify({ ...good, tag: 'other' })],
    ['a boot that is none', JSON.stringify({ ...good, boot: { ...BOOT, mallocs: 'many' } })],
    ['a user without id', JSON.stringify({ ...good, users: [{ email: 'a', flow: '' }] })],
    ['a user twice', JSON.stringify({ ...good, users: [twice, twice] })],
    ['doubts about nobody', JSON.stringify({ ...good, doubtful: [7] })],
    [
      'an Xray template',
      JSON.stringify({ log: { access: '/etc/passwd' }, inbounds: [{ protocol: 'dokodemo-door' }] }),
    ],
  ];
  test.each(cases)('%s', async (_name, text) => {
    await using rig = await setUp();
    await writeFile(rig.path, text);
    expect((await rig.open().read()).users.size).toBe(0);
    expect(rig.lines.map((line) => line.level)).toEqual(['error']);
    expect(await readFile(`${rig.path}.unreadable`, 'utf8')).toBe(text);
  });

  test('the good one is good', async () => {
    await using rig = await setUp();
    await writeFile(rig.path, JSON.stringify(good));
    expect((await rig.open().read()).users.size).toBe(1);
  });
});
