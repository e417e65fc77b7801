/** Configurations of a real v2ray, as server with an API and as a VLESS client. */

export interface ServerPorts {
  readonly api: number;
  readonly vless: number;
  readonly websocket: number;
}

const LOOPBACK = '127.0.0.1';
export const INBOUND_TAG = 'vless';
export const WEBSOCKET_TAG = 'vless-ws';
export const WEBSOCKET_PATH = '/tunnel';

/** Users come by the API only. Traffic of users is counted, as the policy of level 0 says. */
export function serverConfig({ api, vless, websocket }: ServerPorts): object {
  const settings = { clients: [], decryption: 'none' };
  return {
    log: { loglevel: 'warning', access: 'none' },
    api: { tag: 'api', services: ['HandlerService', 'StatsService'] },
    stats: {},
    policy: { levels: { '0': { statsUserUplink: true, statsUserDownlink: true } } },
    inbounds: [
      {
        tag: 'api-in',
        listen: LOOPBACK,
        port: api,
        protocol: 'dokodemo-door',
        settings: { address: LOOPBACK },
      },
      { tag: INBOUND_TAG, listen: LOOPBACK, port: vless, protocol: 'vless', settings },
      {
        tag: WEBSOCKET_TAG,
        listen: LOOPBACK,
        port: websocket,
        protocol: 'vless',
        settings,
        streamSettings: { network: 'ws', wsSettings: { path: WEBSOCKET_PATH } },
      },
    ],
    outbounds: [{ protocol: 'freedom' }],
    routing: { rules: [{ type: 'field', inboundTag: ['api-in'], outboundTag: 'api' }] },
  };
}

export interface ClientWish {
  readonly vlessId: string;
  readonly flow?: string;
  readonly serverPort: number;
  /** Over WebSocket instead of plain TCP. */
  readonly websocketPath?: string;
  /** Where it listens; every connection to it goes through the tunnel to `target`. */
  readonly localPort: number;
  readonly targetPort: number;
}

/** A client that dials with this outbound. Every connection to `localPort` goes through it to `targetPort`. */
export function clientOf(outbound: object, { localPort, targetPort }: LocalPorts): object {
  return {
    log: { loglevel: 'warning', access: 'none' },
    inbounds: [
      {
        listen: LOOPBACK,
        port: localPort,
        protocol: 'dokodemo-door',
        settings: { address: LOOPBACK, port: targetPort, network: 'tcp' },
      },
    ],
    outbounds: [outbound],
  };
}

export type LocalPorts = Pick<ClientWish, 'localPort' | 'targetPort'>;

export function clientConfig(wish: ClientWish): object {
  const user = { id: wish.vlessId, encryption: 'none', flow: wish.flow ?? '' };
  const over =
    wish.websocketPath === undefined ? {} : { network: 'ws', wsSettings: { path: wish.websocketPath } };
  const outbound = {
    protocol: 'vless',
    settings: { vnext: [{ address: LOOPBACK, port: wish.serverPort, users: [user] }] },
    streamSettings: over,
  };
  return clientOf(outbound, wish);
}
