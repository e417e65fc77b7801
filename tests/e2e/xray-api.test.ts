// needs v2ray
/** `adit xray-api`, compiled, beside a real v2ray, with real VLESS clients; another Adit's adapter asks it. */
import { expect, test } from 'bun:test';
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { type AditProcess, startAdit } from '../support/adit-process.ts';
import { BINARY } from '../support/adit-rig.ts';
import { eventually } from '../support/eventually.ts';
import { failureOf } from '../support/failures.ts';
import { API_KEY, httpInbound, newUser } from '../support/inbound-rig.ts';
import { tempFolder } from '../support/machine.ts';
import { here } from '../support/place.ts';
import { startV2rayServer, V2RAY_PREFIX } from '../support/v2ray-server.ts';
import { startVlessClient } from '../support/vless-client.ts';

/** From the server's new start until everybody is back. */
const BACK_WITHIN_MS = 5_000;

async function createRig() {
  if (!existsSync(BINARY)) throw new Error('dist/adit is missing: run ./build.sh first');
  const folder = await tempFolder();
  const server = await startV2rayServer();
  const env = {
    STATE_DIR: folder.file('state'),
    HTTP_PORT: '0',
    XRAY_GRPC_ADDRESS: server.api,
    XRAY_GRPC_PACKAGE: V2RAY_PREFIX,
    XRAY_API_KEY: API_KEY,
    LOG_FORMAT: 'json',
  };
  const runs: AditProcess[] = [];
  const launch = () => {
    const adit = startAdit(here, [BINARY, 'xray-api'], { cwd: folder.path, env });
    runs.push(adit);
    return adit;
  };
  return {
    server,
    stateDir: env.STATE_DIR,
    launch,
    async start() {
      const adit = launch();
      await adit.ready();
      return adit;
    },
    async [Symbol.asyncDispose]() {
      for (const adit of runs) await adit.kill('SIGKILL');
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

const inboundOf = (adit: AditProcess) => httpInbound(`http://127.0.0.1:${adit.port()}`).inbound;

test('E4, F-W8: a user passes traffic, also after kill -9 of v2ray though nobody asks, and not after removal', async () => {
  await using rig = await createRig();
  const adit = await rig.start();
  const inbound = inboundOf(adit);
  const [user, other] = [newUser(), newUser()];
  await inbound.apply({ remove: [], add: [user, other] });
  const serverPort = rig.server.ports.vless;
  await using client = await startVlessClient({ vlessId: user.vlessId, serverPort });
  expect(await client.passes(100_000)).toBe(true);
  const before = await inbound.traffic();
  expect(before.users.find(({ email }) => email === user.email)?.uplinkBytes).toBeGreaterThanOrEqual(100_000);

  await rig.server.restart();
  const startedAt = performance.now();
  await eventually(() => client.passes(), { withinMs: BACK_WITHIN_MS * 3 });
  expect(performance.now() - startedAt).toBeLessThan(BACK_WITHIN_MS);
  const { bootId, users } = await inbound.read();
  expect(users.map(({ email }) => email).toSorted()).toEqual([user.email, other.email].toSorted());
  expect(bootId).not.toBe(before.bootId);

  await inbound.apply({ remove: [user.email], add: [] });
  expect(await client.passes()).toBe(false);
  await rig.server.restart();
  await eventually(async () => expect((await inbound.read()).users).toHaveLength(1), { withinMs: 10_000 });
  expect(await client.passes()).toBe(false);
}, 90_000);

test('F-W8: 2,000 users are back in one batch, whoever was killed: v2ray, the program beside it, or both', async () => {
  await using rig = await createRig();
  let adit = await rig.start();
  const all = Array.from({ length: 2_000 }, () => newUser());
  await inboundOf(adit).apply({ remove: [], add: all });
  const { bootId } = await inboundOf(adit).read();

  await adit.kill('SIGKILL');
  adit = await rig.start();
  expect(await inboundOf(adit).read()).toEqual({ bootId, users: all });

  await rig.server.kill('SIGKILL');
  await adit.kill('SIGKILL');
  await rig.server.start();
  const startedAt = performance.now();
  adit = await rig.start();
  await eventually(() => adit.lines().some((line) => line.restored === 2_000), { withinMs: 15_000 });
  expect(performance.now() - startedAt).toBeLessThan(BACK_WITHIN_MS * 2);
  const after = await inboundOf(adit).read();
  expect(after.users).toEqual(all);
  expect(after.bootId).not.toBe(bootId);
}, 90_000);

test('F-L2: with v2ray stopped in its tracks every answer comes in time, health above all, and it goes on afterwards', async () => {
  await using rig = await createRig();
  const adit = await rig.start();
  const inbound = inboundOf(adit);
  const user = newUser();
  await inbound.apply({ remove: [], add: [user] });
  rig.server.signal('SIGSTOP');
  const gone = failureOf(inbound.read());
  const startedAt = performance.now();
  expect((await adit.get('/healthz')).status).toBe(200);
  expect(performance.now() - startedAt).toBeLessThan(1_000);
  expect(['timeout', 'unavailable']).toContain((await gone).code);
  await eventually(async () => expect((await adit.get('/readyz')).status).toBe(503), { withinMs: 20_000 });
  expect(await adit.metric('adit_xray_up')).toBe(0);
  rig.server.signal('SIGCONT');
  const read = await eventually(() => inbound.read(), { withinMs: 20_000 });
  expect(read.users).toEqual([user]);
  await adit.ready();
}, 90_000);

test('starts without its Xray, says that it is not ready, and stops in order', async () => {
  await using rig = await createRig();
  await rig.server.kill('SIGKILL');
  const adit = rig.launch();
  await eventually(async () => expect((await adit.get('/readyz')).status).toBe(503), { withinMs: 20_000 });
  expect((await adit.get('/healthz')).status).toBe(200);
  await rig.server.start();
  await adit.ready();
  expect(await adit.kill('SIGTERM')).toBe(0);
  expect(adit.output()).toContain('stopped');
}, 60_000);

test('C-secrets: neither the key nor a user id is in the log, the argv or a file of others', async () => {
  await using rig = await createRig();
  const adit = await rig.start();
  const user = newUser();
  await inboundOf(adit).apply({ remove: [], add: [user] });
  await fetch(`http://127.0.0.1:${adit.port()}/v1/users`, { headers: { authorization: 'Bearer wrong' } });
  await eventually(() => adit.output().includes('wrong key'));
  expect(adit.output()).not.toContain(API_KEY);
  expect(adit.output()).not.toContain(user.vlessId);
  for (const name of await readdir(rig.stateDir)) {
    expect((await stat(`${rig.stateDir}/${name}`)).mode & 0o077).toBe(0);
  }
}, 60_000);

const refused: readonly (readonly [string, Record<string, string>, RegExp])[] = [
  ['nothing', {}, /XRAY_GRPC_ADDRESS is not set[\s\S]*XRAY_API_KEY is not set/],
  [
    'a short key',
    { XRAY_GRPC_ADDRESS: '127.0.0.1:1', XRAY_API_KEY: 'x'.repeat(31) },
    /at least 32 characters/,
  ],
  [
    'an address that is none',
    { XRAY_GRPC_ADDRESS: 'here', XRAY_API_KEY: API_KEY },
    /XRAY_GRPC_ADDRESS is "here"/,
  ],
];
test.each(refused)('with %s it does not start, and says why: exit code 2', async (_name, env, says) => {
  await using folder = await tempFolder();
  const adit = startAdit(here, [BINARY, 'xray-api'], { cwd: folder.path, env });
  expect(await adit.exited).toBe(2);
  expect(adit.output()).toMatch(says);
  expect(await readdir(folder.path)).toEqual([]);
});

test('a port that is taken: exit code 1, and the sentence says so', async () => {
  await using rig = await createRig();
  const adit = await rig.start();
  await using folder = await tempFolder();
  const env = {
    STATE_DIR: folder.path,
    XRAY_GRPC_ADDRESS: rig.server.api,
    XRAY_API_KEY: API_KEY,
    HTTP_PORT: String(adit.port()),
  };
  const second = startAdit(here, [BINARY, 'xray-api'], { cwd: folder.path, env });
  expect(await second.exited).toBe(1);
  expect(second.output()).toMatch(/adit: .*port/i);
}, 60_000);

test('its help says what it needs', async () => {
  const adit = startAdit(here, [BINARY, 'xray-api', '--help'], { cwd: '/', env: {} });
  expect(await adit.exited).toBe(0);
  for (const word of ['XRAY_GRPC_ADDRESS', 'XRAY_API_KEY', 'docs/xray-api.md'])
    expect(adit.output()).toContain(word);
});
