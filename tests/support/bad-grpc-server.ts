import { createServer as createHttp2, type ServerHttp2Stream } from 'node:http2';
import { createServer, type Server, type Socket } from 'node:net';

const HEADERS = { ':status': 200, 'content-type': 'application/grpc' };
/** Length-prefixed message of 100 bytes, of which some come. */
const BEGINNING = Buffer.from([0, 0, 0, 0, 100, 1, 2, 3]);
/** RFC 9113, 4.1 and 6.5: an empty SETTINGS frame, and its acknowledgement. */
const SETTINGS = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0]);

/** What a broken server does with a connection. */
const ON_CONNECTION: Readonly<Record<string, (socket: Socket) => void>> = {
  'accepts and says nothing': () => undefined,
  'speaks another protocol': (socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'),
  'answers in HTTP/1.1': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>');
  },
  'resets the connection': (socket) => socket.once('data', () => socket.resetAndDestroy()),
  'closes the connection': (socket) => socket.once('data', () => socket.end()),
  'agrees to HTTP/2 and says nothing more': (socket) => socket.write(SETTINGS),
};

/** What it does with a call. */
const ON_CALL: Readonly<Record<string, (stream: ServerHttp2Stream) => void>> = {
  'sends headers and stalls': (stream) => stream.respond(HEADERS),
  'stalls in the middle of the message': (stream) => {
    stream.respond(HEADERS);
    stream.write(BEGINNING);
  },
  'ends in the middle of the message': (stream) => {
    stream.respond(HEADERS);
    stream.end(BEGINNING);
  },
  'resets the call in the middle of the message': (stream) => {
    stream.respond(HEADERS);
    stream.write(BEGINNING, () => stream.close(2));
  },
  'answers 200 and nothing': (stream) => {
    stream.respond(HEADERS);
    stream.end();
  },
  'answers in HTML': (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'text/html' });
    stream.end('<html>');
  },
  'answers 502': (stream) => {
    stream.respond({ ':status': 502, 'content-type': 'text/plain' });
    stream.end('bad gateway');
  },
};

export const GRPC_FAULTS: readonly string[] = [...Object.keys(ON_CONNECTION), ...Object.keys(ON_CALL)];

/** A server that breaks gRPC in one of GRPC_FAULTS. */
export async function serveBadGrpc(fault: string): Promise<AsyncDisposable & { readonly address: string }> {
  const sockets = new Set<Socket>();
  const server = serverOf(fault);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('no port');
  return {
    address: `127.0.0.1:${bound.port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function serverOf(fault: string): Server {
  const onConnection = ON_CONNECTION[fault];
  if (onConnection) return createServer(onConnection);
  const onCall = ON_CALL[fault];
  if (onCall === undefined) throw new Error(`no such fault: ${fault}`);
  const server = createHttp2();
  server.on('stream', (stream) => {
    stream.on('error', () => undefined);
    onCall(stream as ServerHttp2Stream);
  });
  return server as unknown as Server;
}
