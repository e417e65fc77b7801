// needs v2ray
/** The configuration that docs/operating.md gives to paste, run on v2ray (which has no Reality). */
import { expect, test } from 'bun:test';
import { failureOf } from '../../../support/failures.ts';
import { grpcInbound, newUser } from '../../../support/inbound-rig.ts';
import { tempFolder } from '../../../support/machine.ts';
import { freePort } from '../../../support/postgres-server.ts';
import { clientConfig } from '../../../support/v2ray-config.ts';
import { createV2rayProcess } from '../../../support/v2ray-process.ts';
import { V2RAY_PREFIX } from '../../../support/v2ray-server.ts';

async function documented(ports: { readonly api: number; readonly vless: number }) {
  const text = await Bun.file(new URL('../../../../docs/operating.md', import.meta.url)).text();
  const config = JSON.parse(/```json\n([\s\S]*?)```/.exec(text)![1]!);
  const [api, vless] = config.inbounds;
  api.port = ports.api;
  vless.port = ports.vless;
  expect(vless.streamSettings.security).toBe('reality');
  delete vless.streamSettings;
  return config;
}

test('Adit can manage its users, and no user can reach its API through the tunnel', async () => {
  await using folder = await tempFolder();
  const ports = { api: await freePort(), vless: await freePort(), local: await freePort() };
  const server = createV2rayProcess(await documented(ports), [ports.api, ports.vless]);
  await server.start();
  const options = { prefix: V2RAY_PREFIX, timeoutMs: 3_000 };
  const inbound = grpcInbound(folder.path, { ...options, address: `127.0.0.1:${ports.api}` });
  const user = newUser();
  await inbound.apply({ remove: [], add: [user] });
  expect((await inbound.read()).users).toEqual([user]);

  const wish = {
    vlessId: user.vlessId,
    serverPort: ports.vless,
    localPort: ports.local,
    targetPort: ports.api,
  };
  const client = createV2rayProcess(clientConfig(wish), [ports.local]);
  await client.start();
  const through = grpcInbound(folder.file('elsewhere'), { ...options, address: `127.0.0.1:${ports.local}` });
  expect((await failureOf(through.look())).code).toMatch(/unavailable|timeout/);
  for (const each of [through, inbound]) each.close();
  await client.dispose();
  await server.dispose();
}, 60_000);
