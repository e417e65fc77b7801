// needs root
/** The main job, whole: from a message in a chat to a tunnel that carries traffic, and back to nothing. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { type AditRig, createAditRig } from '../support/adit-rig.ts';
import { eventually } from '../support/eventually.ts';
import { createNamespace, type Namespace } from '../support/netns.ts';
import { wireguardClient } from '../support/wireguard-client.ts';

const SERVER_IN_TUNNEL = '10.66.0.1';
const ANN = 100;

let rig: AditRig;
let away: Namespace;
beforeAll(async () => {
  rig = await createAditRig({ tunnel: 'userspace' });
  away = await createNamespace();
});
afterAll(async () => {
  await away.dispose();
  await rig[Symbol.asyncDispose]();
});

test('K3, E1, A8: /trial, a delivered config that shakes hands and carries traffic, revoke cuts it off', async () => {
  const cable = await rig.namespace!.connect(away);
  await rig.start({ env: { WG_ENDPOINT: `${cable.here.address4}:51820` } });
  await rig.control.newUser(ANN);
  await rig.control.say(ANN, '/trial');
  await rig.control.awaitMessage(ANN, { has: 'photo' });
  const conf = await rig.control.config(ANN);

  const client = await wireguardClient(away, conf);
  await client.handshake();
  expect(await client.ping(SERVER_IN_TUNNEL)).toBe(true);
  await serverSawHandshake();

  await rig.control.say(ANN, '/devices');
  await rig.control.press(ANN, 'Device 1');
  await rig.control.press(ANN, 'Revoke');
  await rig.control.press(ANN, 'Yes');
  await eventually(async () => (await rig.wgPeers()).size === 0, { withinMs: 5_000 });
  expect(await client.ping(SERVER_IN_TUNNEL)).toBe(false);
  expect(await rig.wgConf()).not.toContain('[Peer]');
}, 60_000);

async function serverSawHandshake(): Promise<void> {
  const { stdout } = await rig.namespace!.exec(['wg', 'show', 'wg0', 'latest-handshakes']);
  const [, seconds] = stdout.trim().split('\t');
  expect(Number(seconds)).toBeGreaterThan(Date.now() / 1000 - 60);
}
