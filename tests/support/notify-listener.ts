/** The other end of sd_notify: a real unix datagram socket, and what arrived at it. */
import { eventually } from './eventually.ts';

/** Prints every datagram that arrives at a unix socket, as systemd would take it. */
const LISTENER = `use Socket; $| = 1;
  socket(my $s, AF_UNIX, SOCK_DGRAM, 0); bind($s, pack_sockaddr_un($ARGV[0])) or die; print "bound\\n";
  while (defined recv($s, my $text, 4096, 0)) { print "$text\\n" }`;

export interface NotifyListener extends AsyncDisposable {
  /** Every message so far, in order. */
  messages(): readonly string[];
  count(message: string): number;
}

export async function listenForNotify(path: string): Promise<NotifyListener> {
  const child = Bun.spawn(['perl', '-e', LISTENER, path], { stdout: 'pipe', env: {} });
  let text = '';
  const collecting = (async () => {
    for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) text += chunk;
  })();
  const lines = () => text.split('\n').slice(0, -1);
  await eventually(() => lines()[0] === 'bound');
  const messages = () => lines().slice(1);
  return {
    messages,
    count: (message) => messages().filter((each) => each === message).length,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await child.exited;
      await collecting;
    },
  };
}
