import { connect, createServer, type NetConnectOpts, type Socket } from 'node:net';

/** A TCP proxy in front of any server, to do to its connections what networks do. */
export interface FaultyProxy {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** Connections through it now. */
  readonly open: () => number;
  /** Connections ever made through it. */
  readonly made: () => number;
  /** Nothing is forwarded until `heal`; what was sent meanwhile arrives then. */
  stall(): void;
  /**
   * The present connections stay open but nothing crosses them any more, ever. What connects later works,
   * unless `alsoNew`: then it is accepted and hears nothing, until `heal`.
   */
  halfOpen(options?: { readonly alsoNew?: boolean }): void;
  /** Ends the present connections: `drop` as a polite close, `reset` with RST. */
  drop(): void;
  reset(): void;
  /** New connections are closed as soon as they are made, until `heal`. */
  refuse(): void;
  /** Back to a good network, for what is not half-open. */
  heal(): void;
  close(): Promise<void>;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

type Mode = 'forward' | 'silent' | 'refuse';

export async function startFaultyProxy(target: NetConnectOpts, port = 0): Promise<FaultyProxy> {
  const pairs = new Set<Pair>();
  let mode: Mode = 'forward';
  let made = 0;

  const listener = createServer((client) => {
    made += 1;
    if (mode === 'refuse') return void client.destroy();
    if (mode === 'silent') return void join(client, pairs, target, false);
    join(client, pairs, target, true);
  });
  listener.listen(port, '127.0.0.1');
  await new Promise((resolve) => listener.once('listening', resolve));
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy got no port');

  const each = (act: (socket: Socket) => void) => {
    for (const { client, server } of [...pairs]) {
      act(client);
      act(server);
    }
  };
  return {
    host: '127.0.0.1',
    port: address.port,
    open: () => pairs.size,
    made: () => made,
    stall: () => each((socket) => socket.pause()),
    halfOpen({ alsoNew = false } = {}) {
      each((socket) => socket.unpipe().resume());
      if (alsoNew) mode = 'silent';
    },
    drop: () => each((socket) => socket.end()),
    reset: () => each((socket) => socket.resetAndDestroy()),
    refuse() {
      mode = 'refuse';
    },
    heal() {
      mode = 'forward';
      each((socket) => socket.resume());
    },
    async close() {
      each((socket) => socket.destroy());
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}

function join(client: Socket, pairs: Set<Pair>, target: NetConnectOpts, forward: boolean): void {
  const server = connect(target);
  const pair = { client, server };
  pairs.add(pair);
  const over = () => {
    pairs.delete(pair);
    client.destroy();
    server.destroy();
  };
  for (const socket of [client, server]) socket.on('error', over).on('close', over);
  if (!forward) {
    client.resume();
    server.resume();
    return;
  }
  client.pipe(server);
  server.pipe(client);
}
