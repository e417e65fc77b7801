import { expect, test } from 'bun:test';
import { createSdNotify } from '../../../../src/server/adapters/system/sd-notify.ts';
import { openFds, tempFolder } from '../../../support/machine.ts';

/** Prints every datagram that arrives at a unix socket, as systemd would take it. */
const LISTENER = `use Socket; $| = 1;
  socket(my $s, AF_UNIX, SOCK_DGRAM, 0); bind($s, pack_sockaddr_un($ARGV[0])) or die; print "bound\\n";
  while (defined recv($s, my $text, 4096, 0)) { print "$text\\n" }`;

async function listen(path: string) {
  const child = Bun.spawn(['perl', '-e', LISTENER, path], { stdout: 'pipe' });
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const until = async (end: string) => {
    while (!text.endsWith(end)) text += (await lines.read()).value;
    return text;
  };
  await until('bound\n');
  return {
    until,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await child.exited;
    },
  };
}

test('each call is one datagram that systemd understands', async () => {
  await using folder = await tempFolder();
  await using listener = await listen(folder.file('notify'));
  const notify = createSdNotify(folder.file('notify'));
  notify.ready();
  notify.watchdog();
  notify.status('two\nlines');
  notify.stopping();
  const text = await listener.until('STOPPING=1\n');
  expect(text).toBe('bound\nREADY=1\nWATCHDOG=1\nSTATUS=two lines\nSTOPPING=1\n');
});

test('without a socket, or with one nobody listens at, nothing happens and nothing leaks', () => {
  const before = openFds();
  for (const path of [undefined, '', '/no/such/socket', '@adit-test-nobody', `/${'x'.repeat(300)}`]) {
    createSdNotify(path).ready();
  }
  expect(openFds()).toBe(before);
});
