import { readVlessLink } from '../../src/server/core/vless-link.ts';

/** What a client makes of a `vless://` link: an outbound of Xray or v2ray, as their documentation has it. */
export function outboundOf(link: string): object {
  const { id, template } = readVlessLink(link);
  const of = (name: string) => template.parameters.find(([each]) => each === name)?.[1];
  const user = { id, encryption: 'none', flow: template.flow };
  const address = template.host.replace(/^\[|\]$/g, '');
  return {
    protocol: 'vless',
    settings: { vnext: [{ address, port: template.port, users: [user] }] },
    streamSettings: {
      network: template.type === 'raw' ? 'tcp' : template.type,
      security: template.security,
      ...(template.security === 'tls'
        ? { tlsSettings: { serverName: of('sni') ?? address, fingerprint: of('fp') } }
        : {}),
      ...(template.security === 'reality' ? { realitySettings: realityOf(of) } : {}),
      ...(template.type === 'ws'
        ? { wsSettings: { path: of('path') ?? '/', headers: of('host') ? { Host: of('host') } : {} } }
        : {}),
      ...(template.type === 'grpc' ? { grpcSettings: { serviceName: of('serviceName') ?? '' } } : {}),
    },
  };
}

const realityOf = (of: (name: string) => string | undefined) => ({
  serverName: of('sni'),
  publicKey: of('pbk'),
  shortId: of('sid') ?? '',
  fingerprint: of('fp') ?? 'chrome',
  spiderX: of('spx') ?? '',
});
