import { connect, createServer, type Socket } from 'node:net';
import { outboundOf } from './client-outbound.ts';
import { freePort } from './postgres-server.ts';
import { clientOf } from './v2ray-config.ts';
import { createV2rayProcess } from './v2ray-process.ts';

/** One connection through a VLESS tunnel that stays open, to a server that sends everything back. */
export interface OpenStream extends AsyncDisposable {
  /** Whether this text comes back over the connection that was opened at the start. */
  echoes(text: string): Promise<boolean>;
}

export async function startOpenStream(link: string): Promise<OpenStream> {
  const open = new Set<Socket>();
  const echo = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined).pipe(socket);
  });
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  const targetPort = (echo.address() as { port: number }).port;
  const localPort = await freePort();
  const client = createV2rayProcess(clientOf(outboundOf(link), { localPort, targetPort }), [localPort]);
  await client.start();
  const socket = connect({ host: '127.0.0.1', port: localPort });
  socket.setEncoding('utf8').on('error', () => undefined);
  return {
    echoes(text) {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      let got = '';
      const take = (part: string) => {
        got += part;
        if (got.includes(text)) resolve(true);
      };
      socket.on('data', take).once('close', () => resolve(false));
      if (!socket.write(text)) resolve(false);
      const late = AbortSignal.timeout(5_000);
      late.addEventListener('abort', () => resolve(false), { once: true });
      return promise.finally(() => socket.off('data', take));
    },
    async [Symbol.asyncDispose]() {
      socket.destroy();
      for (const each of open) each.destroy();
      echo.close();
      await client.dispose();
    },
  };
}
