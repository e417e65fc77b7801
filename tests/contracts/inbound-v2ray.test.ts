// needs v2ray
/** The adapters against a real server of the family, with real VLESS clients: by gRPC, and by HTTP through the user API. */
import type { Inbound, InboundUser } from '../../src/server/core/ports/inbound.ts';
import { grpcInbound, httpInbound, serveUserApi } from '../support/inbound-rig.ts';
import { tempFolder } from '../support/machine.ts';
import { WEBSOCKET_PATH, WEBSOCKET_TAG } from '../support/v2ray-config.ts';
import { startV2rayServer, V2RAY_PREFIX, type V2rayServer } from '../support/v2ray-server.ts';
import { startVlessClient } from '../support/vless-client.ts';
import { type InboundUnderTest, inboundContract } from './inbound.contract.ts';

inboundContract('gRPC, a real v2ray over TCP', () => onV2ray({ restores: false }));

inboundContract('gRPC, a real v2ray over WebSocket', () => onV2ray({ restores: false, websocket: true }));

inboundContract('HTTP, the user API beside a real v2ray', () =>
  onV2ray({
    restores: true,
    over(local) {
      const { url, stop } = serveUserApi(local);
      return { inbound: httpInbound(url).inbound, stop };
    },
  }),
);

interface Options {
  readonly restores: boolean;
  readonly websocket?: true;
  /** Puts something between the test and the adapter. */
  over?(local: Inbound): { readonly inbound: Inbound; stop(): Promise<void> };
}

async function onV2ray({ restores, websocket, over }: Options): Promise<InboundUnderTest> {
  const folder = await tempFolder();
  const server = await startV2rayServer();
  const tag = websocket ? { tag: WEBSOCKET_TAG } : {};
  const local = grpcInbound(folder.path, { address: server.api, prefix: V2RAY_PREFIX, restores, ...tag });
  const outer = over?.(local);
  return {
    inbound: outer?.inbound ?? local,
    restart: () => server.restart(),
    restores,
    carry: (user, bytes) => carry(server, user, bytes, websocket === true),
    async dispose() {
      await outer?.stop();
      local.close();
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function carry(server: V2rayServer, user: InboundUser, bytes: number, websocket: boolean) {
  await using client = await startVlessClient({
    vlessId: user.vlessId,
    serverPort: websocket ? server.ports.websocket : server.ports.vless,
    ...(websocket ? { websocketPath: WEBSOCKET_PATH } : {}),
  });
  return await client.passes(bytes);
}
