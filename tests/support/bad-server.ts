import type { Socket } from 'bun';

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';

/** What a broken HTTP server does once it was asked, by the first part of the path that was asked for. */
const FAULTS: Readonly<Record<string, (socket: Socket) => void>> = {
  '/no-headers': () => {},
  '/length-stall': (socket) => void socket.write(`${HEAD}Content-Length: 100\r\n\r\n{"ok"`),
  '/chunk-stall': (socket) => void socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n5\r\n{"ok"\r\n`),
  '/slow': (socket) => {
    socket.write(`${HEAD}Content-Length: 100000\r\n\r\n`);
    const timer = setInterval(() => (socket.readyState > 0 ? socket.write('x') : clearInterval(timer)), 20);
  },
  '/reset': (socket) => {
    socket.write(`${HEAD}Content-Length: 100\r\n\r\n{"ok"`);
    socket.terminate();
  },
  '/short-length': (socket) => void socket.end(`${HEAD}Content-Length: 100\r\n\r\n{"ok"`),
  '/short-chunks': (socket) => void socket.end(`${HEAD}Transfer-Encoding: chunked\r\n\r\n5\r\n{"ok"\r\n`),
  '/not-http': (socket) => void socket.end('SSH-2.0-OpenSSH_9.2\r\n'),
  '/empty': (socket) => void socket.end(`${HEAD}Content-Length: 0\r\n\r\n`),
};

/** A raw TCP server that breaks HTTP in the way the path names. */
export function serveBadly(): Disposable & {
  readonly origin: string;
  /** Connections that are not closed. */
  open(): number;
} {
  let open = 0;
  const server = Bun.listen({
    hostname: '127.0.0.1',
    port: 0,
    socket: {
      open() {
        open += 1;
      },
      close() {
        open -= 1;
      },
      data(socket, data) {
        const path = data.toString().split(' ')[1] ?? '';
        // What is asked for below it breaks the same way.
        FAULTS[`/${path.split('/')[1]}`]?.(socket);
      },
      error() {},
    },
  });
  return {
    origin: `http://127.0.0.1:${server.port}`,
    open: () => open,
    [Symbol.dispose]: () => server.stop(true),
  };
}
