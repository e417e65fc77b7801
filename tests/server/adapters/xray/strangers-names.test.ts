/** An Xray that others use too: they call their users as they like, and everybody of ours must be listed all the same. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import type { GrpcInbound } from '../../../../src/server/adapters/xray/grpc-inbound.ts';
import type { Inbound } from '../../../../src/server/core/ports/inbound.ts';
import { grpcInbound, httpInbound, newUser, serveUserApi } from '../../../support/inbound-rig.ts';
import { tempFolder } from '../../../support/machine.ts';
import { startXrayStandIn, type XrayStandIn } from '../../../support/xray-stand-in.ts';

const ANNA = 'Анна: телефон 2';
const ACCOUNT = { type: 'xray.proxy.vless.Account', id: crypto.randomUUID() };

let folder: Awaited<ReturnType<typeof tempFolder>>;
let xray: XrayStandIn;
let direct: GrpcInbound;
let server: ReturnType<typeof serveUserApi>;
const ways = new Map<string, Inbound>();
beforeAll(async () => {
  folder = await tempFolder();
  xray = await startXrayStandIn();
  direct = grpcInbound(folder.path, { address: xray.api, prefix: 'xray', restores: true });
  server = serveUserApi(direct);
  ways.set('gRPC', direct).set('HTTP', httpInbound(server.url).inbound);
}, 30_000);
afterAll(async () => {
  await server.stop();
  direct.close();
  await xray[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

test.each(['gRPC', 'HTTP'])(
  'B5: by %s a name with spaces and letters of any kind is one like others',
  async (way) => {
    const inbound = ways.get(way)!;
    const ours = newUser();
    await inbound.apply({ remove: [], add: [ours] });
    xray.setUser(ANNA, ACCOUNT);
    xray.setCounter(ANNA, 1, 2);
    const emails = (users: readonly { readonly email: string }[]) => users.map((each) => each.email);
    expect(emails((await inbound.read()).users)).toEqual(expect.arrayContaining([ours.email, ANNA]));
    expect((await inbound.traffic()).users).toContainEqual({ email: ANNA, uplinkBytes: 1, downlinkBytes: 2 });
    await inbound.apply({ remove: [ANNA], add: [] });
    expect(emails((await inbound.read()).users)).not.toContain(ANNA);
  },
);

test.each(['', 'a\nb', 'a\0b', '\ud800', 'a'.repeat(257)])(
  '%j is no name: nothing is removed',
  async (email) => {
    for (const inbound of ways.values()) {
      await expect(inbound.apply({ remove: [email], add: [] })).rejects.toMatchObject({ code: 'invalid' });
    }
  },
);

test('of ours there are only plain ones: no other is ever put in', async () => {
  const add = [newUser({ email: ANNA.toLowerCase() })];
  for (const inbound of ways.values()) {
    await expect(inbound.apply({ remove: [], add })).rejects.toMatchObject({ code: 'invalid' });
  }
});
