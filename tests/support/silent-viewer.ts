import { connect, type Socket } from 'node:net';

/** A page that asks for its stream over a raw socket and never reads a byte of it. */
export interface SilentViewer {
  /** Ends the connection from this side. */
  leave(): void;
}

export async function openSilentViewer(port: number, path: string, cookie: string): Promise<SilentViewer> {
  const socket = await opened(port);
  socket.pause();
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\n\r\n`);
  return { leave: () => socket.destroy() };
}

function opened(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.once('error', reject);
    // Cut off by the server, as wished.
    socket.on('error', () => undefined);
  });
}
