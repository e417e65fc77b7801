import { outboundOf } from './client-outbound.ts';
import { freePort } from './postgres-server.ts';
import { type ClientWish, clientConfig, clientOf, type LocalPorts } from './v2ray-config.ts';
import { createV2rayProcess } from './v2ray-process.ts';

/** A real VLESS client (a v2ray) and an HTTP server behind the tunnel that answers what it was sent. */
export interface VlessClient extends AsyncDisposable {
  /** Sends bytes through the tunnel and back. True when all of them came back; false when the tunnel refused. */
  passes(bytes?: number): Promise<boolean>;
}

export const startVlessClient = (wish: Omit<ClientWish, keyof LocalPorts>): Promise<VlessClient> =>
  startClient((ports) => clientConfig({ ...wish, ...ports }));

/** A client that imported this `vless://` link. */
export const startClientOf = (link: string): Promise<VlessClient> =>
  startClient((ports) => clientOf(outboundOf(link), ports));

async function startClient(configOf: (ports: LocalPorts) => object): Promise<VlessClient> {
  const echo = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: async (request) => new Response(await request.arrayBuffer()),
  });
  const localPort = await freePort();
  const client = createV2rayProcess(configOf({ localPort, targetPort: echo.port! }), [localPort]);
  await client.start();
  return {
    async passes(bytes = 1000) {
      const sent = Buffer.alloc(bytes, 'a');
      try {
        const answer = await fetch(`http://127.0.0.1:${localPort}/`, {
          method: 'POST',
          body: sent,
          // Each try is a connection of its own: an open one would outlive the user it began with.
          headers: { connection: 'close' },
          keepalive: false,
          signal: AbortSignal.timeout(10_000),
        });
        return Buffer.from(await answer.arrayBuffer()).equals(sent);
      } catch {
        return false;
      }
    },
    async [Symbol.asyncDispose]() {
      await client.dispose();
      await echo.stop(true);
    },
  };
}
