// needs v2ray
import { expect, test } from 'bun:test';
import { BINARY } from '../support/adit-rig.ts';
import { tempFolder } from '../support/machine.ts';
import { freePort } from '../support/postgres-server.ts';
import { startV2rayServer, V2RAY_PREFIX } from '../support/v2ray-server.ts';

interface Check {
  readonly name: string;
  readonly state: string;
  readonly advice: string | null;
}

async function xrayCheck(
  stateDir: string,
  env: Readonly<Record<string, string>>,
): Promise<Check | undefined> {
  const base = { PATH: process.env.PATH ?? '', STATE_DIR: stateDir, WG_BACKEND: 'memory' };
  const child = Bun.spawn([BINARY, 'doctor', '--json'], { env: { ...base, ...env }, stdout: 'pipe' });
  const { checks } = (await new Response(child.stdout).json()) as { checks: readonly Check[] };
  return checks.find(({ name }) => name === 'Xray');
}

test('E4: the doctor says nothing of an Xray nobody configured, finds one that runs, and says what to do about one that does not', async () => {
  await using server = await startV2rayServer();
  await using folder = await tempFolder();
  const link = { VLESS_LINK: 'vless://user@127.0.0.1:1?security=none&type=tcp', XRAY_INBOUND_TAG: 'vless' };
  const running = { ...link, XRAY_GRPC_ADDRESS: server.api, XRAY_GRPC_PACKAGE: V2RAY_PREFIX };
  expect(await xrayCheck(folder.path, {})).toBeUndefined();
  expect(await xrayCheck(folder.path, running)).toMatchObject({ state: 'ok', advice: null });
  const away = { ...running, XRAY_GRPC_ADDRESS: `127.0.0.1:${await freePort()}` };
  expect(await xrayCheck(folder.path, away)).toMatchObject({
    state: 'fail',
    advice: expect.stringContaining('XRAY_GRPC_ADDRESS'),
  });
}, 60_000);
