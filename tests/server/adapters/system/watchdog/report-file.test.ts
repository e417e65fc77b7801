import { expect, test } from 'bun:test';
import { appendFileSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import {
  appendFreeze,
  type FreezeLine,
  readFreezes,
} from '../../../../../src/server/adapters/system/watchdog/report-file.ts';
import { tempFolder } from '../../../../support/machine.ts';

const line = (changes: Partial<FreezeLine> = {}): FreezeLine => ({
  id: 'one',
  since: '2026-03-01T12:00:00.000Z',
  ms: 1_200,
  running: [{ what: 'job apply-peer', agoMs: 3 }],
  state: 'stands',
  ...changes,
});
const SINCE = Date.parse('2026-03-01T12:00:00.000Z');

test('the lines of one freeze are one freeze, with its last state', async () => {
  await using folder = await tempFolder();
  const path = folder.file('freezes.jsonl');
  expect(readFreezes(path)).toEqual([]);
  appendFreeze(path, line());
  expect(readFreezes(path)[0]?.end).toBe('lost');
  appendFreeze(path, line({ ms: 12_000 }));
  appendFreeze(path, line({ ms: 30_010, state: 'ended-process' }));
  const ended = { at: SINCE + 30_010, ms: 30_010, running: line().running, end: 'watchdog' } as const;
  expect(readFreezes(path)).toEqual([ended]);
  appendFreeze(path, line({ id: 'two', since: '2026-03-01T13:00:00.000Z', state: 'went-on' }));
  expect(readFreezes(path).map(({ end }) => end)).toEqual(['went-on', 'watchdog']);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('the file is bounded, and the newest stays', async () => {
  await using folder = await tempFolder();
  const path = folder.file('freezes.jsonl');
  for (let count = 0; count < 450; count += 1) {
    appendFreeze(path, line({ id: `${count}`, ms: count }));
    if (count % 40 === 0)
      expect(readFileSync(path, 'utf8').split('\n').filter(Boolean).length).toBeLessThanOrEqual(200);
  }
  expect(readFreezes(path)[0]?.ms).toBe(449);
  expect(readFreezes(path).length).toBeGreaterThan(100);
});

test('a line half written by a crash, and whatever else stands there, cost no report', async () => {
  await using folder = await tempFolder();
  const path = folder.file('freezes.jsonl');
  writeFileSync(
    path,
    '{"id":"x"}\nnull\n[]\n\0\n{"state":"ended-process","since":"no time","ms":1,"running":[]}\n',
  );
  appendFreeze(path, line());
  appendFileSync(path, '{"id":"torn","since":"2026-03-');
  appendFreeze(path, line({ id: 'two', ms: 5, state: 'ended-process' }));
  expect(readFreezes(path).map(({ ms }) => ms)).toEqual([1_200, 5]);
});

test('a symbolic link is not followed', async () => {
  await using folder = await tempFolder();
  symlinkSync(folder.file('elsewhere'), folder.file('freezes.jsonl'));
  expect(() => appendFreeze(folder.file('freezes.jsonl'), line())).toThrow();
});
