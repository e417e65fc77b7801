/**
 * The node of the incident: the real user API of `adit xray-api` over an inbound in memory, behind a door that can be told
 * to answer a call with `HTTP/1.1 200 OK`, whole headers, and never a byte of the body.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createMemoryInbound } from '../../src/server/adapters/xray/memory-inbound.ts';
import { API_KEY, serveUserApi } from './inbound-rig.ts';

export interface StalledCall {
  /** `PUT /v1/users`. */
  readonly call: string;
  readonly startedAt: number;
  /** From the last byte of the question's head to the hanging up of the one who asked; null: it still waits. */
  readonly heldMs: number | null;
}

export interface SilentNode {
  readonly url: string;
  readonly key: string;
  /** From now on these calls are answered without a body; all of them when not told. Others go on as ever. */
  silence(which?: (call: string) => boolean): void;
  /** New calls are answered again. Who waits for a body waits on: nothing is ever sent to them. */
  heal(): void;
  /** Every call it was asked, answered or not: how often. */
  asked(): ReadonlyMap<string, number>;
  stalled(): readonly StalledCall[];
  /** E-mails of the users it has. */
  users(): Promise<readonly string[]>;
  [Symbol.asyncDispose](): Promise<void>;
}

type Front = ReturnType<typeof createFront>;

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
const QUESTION = /^(GET|PUT|POST|DELETE) ([^ ?]+)\S* HTTP\/1\.1\r\n/;

export async function startSilentNode(): Promise<SilentNode> {
  const inbound = createMemoryInbound();
  const api = serveUserApi(inbound);
  const front = createFront();
  const { server, port } = await listen((client) => serve(client, Number(new URL(api.url).port), front));
  return {
    url: `http://127.0.0.1:${port}`,
    key: API_KEY,
    silence: (which = () => true) => front.silence(which),
    heal: () => front.silence(() => false),
    asked: front.asked,
    stalled: front.stalled,
    users: async () => (await inbound.read()).users.map(({ email }) => email),
    async [Symbol.asyncDispose]() {
      front.hangUp();
      server.close();
      await api.stop();
    },
  };
}

/** What the door knows: whom it leaves without a body, and since when. */
function createFront() {
  const counts = new Map<string, number>();
  const held: { call: string; startedAt: number; heldMs: number | null }[] = [];
  const clients = new Set<Socket>();
  let isSilent: (call: string) => boolean = () => false;
  return {
    silence(which: (call: string) => boolean) {
      isSilent = which;
    },
    /** True: this question gets no body. */
    judge(call: string, client: Socket): boolean {
      counts.set(call, (counts.get(call) ?? 0) + 1);
      if (!isSilent(call)) return false;
      const startedAt = performance.now();
      const entry: (typeof held)[number] = { call, startedAt, heldMs: null };
      held.push(entry);
      client.once('close', () => {
        entry.heldMs = performance.now() - startedAt;
      });
      return true;
    },
    keep(client: Socket) {
      clients.add(client);
      client.once('close', () => clients.delete(client));
    },
    hangUp() {
      for (const client of clients) client.destroy();
    },
    asked: () => counts,
    stalled: () => held,
  };
}

/** Hands everything on, until a question is to be left without a body: then this connection is never answered again. */
function serve(client: Socket, apiPort: number, front: Front): void {
  const upstream = connect(apiPort, '127.0.0.1');
  let silent = false;
  front.keep(client);
  const over = () => {
    upstream.destroy();
    // Who waits for a body is not even hung up on.
    if (!silent) client.destroy();
  };
  for (const socket of [client, upstream]) socket.on('error', over).on('close', over);
  client.on('data', (data) => {
    const [, method, path] = QUESTION.exec(data.toString('latin1', 0, 2000)) ?? [];
    if (!silent && method && front.judge(`${method} ${path}`, client)) {
      silent = true;
      client.write(HEAD);
      upstream.destroy();
    }
    if (!silent) upstream.write(data);
  });
  upstream.on('data', (data) => {
    if (!silent) client.write(data);
  });
}

async function listen(onClient: (client: Socket) => void): Promise<{ server: Server; port: number }> {
  const server = createServer(onClient);
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the node got no port');
  return { server, port: address.port };
}
