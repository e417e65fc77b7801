import { freePort } from './postgres-server.ts';
import { type ServerPorts, serverConfig } from './v2ray-config.ts';
import { createV2rayProcess, type V2rayProcess } from './v2ray-process.ts';

/** A real v2ray with a VLESS inbound over TCP, one over WebSocket, and an API inbound. */
export interface V2rayServer extends Omit<V2rayProcess, 'dispose'>, AsyncDisposable {
  readonly ports: ServerPorts;
  /** host:port of its API. */
  readonly api: string;
  /** kill -9 and a new start on the same ports. */
  restart(): Promise<void>;
}

export const V2RAY_PREFIX = 'v2ray.core';

export async function startV2rayServer(): Promise<V2rayServer> {
  const ports = { api: await freePort(), vless: await freePort(), websocket: await freePort() };
  const { dispose, ...server } = createV2rayProcess(serverConfig(ports), Object.values(ports));
  await server.start();
  return {
    ...server,
    ports,
    api: `127.0.0.1:${ports.api}`,
    async restart() {
      await server.kill('SIGKILL');
      await server.start();
    },
    [Symbol.asyncDispose]: dispose,
  };
}
