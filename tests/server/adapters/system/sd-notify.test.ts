import { expect, test } from 'bun:test';
import { createSdNotify, watchdogPatience } from '../../../../src/server/adapters/system/sd-notify.ts';
import { parseConfig } from '../../../../src/server/config.ts';
import { eventually } from '../../../support/eventually.ts';
import { openFds, tempFolder } from '../../../support/machine.ts';
import { listenForNotify } from '../../../support/notify-listener.ts';

test('each call is one datagram that systemd understands', async () => {
  await using folder = await tempFolder();
  await using listener = await listenForNotify(folder.file('notify'));
  const notify = createSdNotify(folder.file('notify'));
  notify.ready();
  notify.watchdog();
  notify.status('two\nlines');
  notify.stopping();
  const wanted = ['READY=1', 'WATCHDOG=1', 'STATUS=two lines', 'STOPPING=1'];
  await eventually(() => expect(listener.messages()).toEqual(wanted));
});

test('without a socket, or with one nobody listens at, nothing happens and nothing leaks', () => {
  const before = openFds();
  for (const path of [undefined, '', '/no/such/socket', '@adit-test-nobody', `/${'x'.repeat(300)}`]) {
    createSdNotify(path).ready();
  }
  expect(openFds()).toBe(before);
});

test('how long systemd waits is what it says, to us', () => {
  const patience = (usec?: string, pid?: string) => watchdogPatience({ usec, pid }, 42);
  expect(patience('30000000')).toBe(30_000);
  expect(patience('30000000', '42')).toBe(30_000);
  expect(patience('30000000', '43')).toBeNull();
  for (const nothing of [undefined, '', '0', '-1', 'soon']) expect(patience(nothing, '42')).toBeNull();
});

test('what systemd sets is not taken for a misspelled variable of ours', () => {
  const names = ['WATCHDOG_USEC', 'WATCHDOG_PID', 'NOTIFY_SOCKET', 'INVOCATION_ID'];
  const given = Object.fromEntries(names.map((name) => [name, '1']));
  const parsed = parseConfig({ ...given, WG_BACKEND: 'memory' }, { asService: true, cwd: '/' });
  expect(parsed.problems).toBeUndefined();
});
