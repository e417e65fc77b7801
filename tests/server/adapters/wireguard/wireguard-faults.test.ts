/** F-W6: the daemon is killed or stands still. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { TunnelPeer } from '../../../../src/server/core/ports/tunnel.ts';
import { eventually } from '../../../support/eventually.ts';
import { failureOf, timeOf } from '../../../support/failures.ts';
import {
  type Device,
  enrol,
  peerAt,
  type ServerMachine,
  serverMachine,
} from '../../../support/wireguard-rig.ts';

// Beyond its limit Bun kills what a test started, and the namespaces with it.
setDefaultTimeout(30_000);

let server: ServerMachine;
let device: Device;
let others: readonly TunnelPeer[];

const DEADLINE_MS = 400;

beforeAll(async () => {
  server = await serverMachine();
  await server.tunnel.ensureUp();
  device = await enrol(server, 2);
  others = Array.from({ length: 20 }, (_, index) => peerAt(index + 3));
  await server.tunnel.apply({ remove: [], add: others });
  await device.client.handshake();
});

afterAll(async () => {
  await Promise.all([server, device].map((machine) => machine?.namespace.dispose()));
});

const daemon = (): number => {
  const [pid, ...more] = server.namespace.pids('wireguard-go');
  expect(more).toEqual([]);
  return pid!;
};
const keys = async () => (await server.tunnel.read()).peers.map((peer) => peer.publicKey).sort();

describe('F-W6: wireguard-go', () => {
  test('outlives the command that started it, in a session of its own, holding none of our pipes', async () => {
    const pid = daemon();
    const { stdout } = await server.namespace.exec(['ps', '-o', 'sid=,ppid=', '-p', `${pid}`]);
    const [session, parent] = stdout.trim().split(/\s+/).map(Number);
    expect(session).not.toBe(process.pid);
    expect(parent).not.toBe(process.pid);
    const held = await server.namespace.exec([
      'sh',
      '-c',
      `readlink /proc/${pid}/fd/0 /proc/${pid}/fd/1 /proc/${pid}/fd/2`,
    ]);
    expect(held.stdout).toBe('/dev/null\n'.repeat(3));
  });

  test('stopped: every call ends by its deadline, and CONT heals it', async () => {
    const before = await keys();
    const impatient = server.impatient(DEADLINE_MS);
    process.kill(daemon(), 'SIGSTOP');
    try {
      for (const call of [
        () => impatient.read(),
        () => impatient.ensureUp(),
        () => impatient.apply({ remove: [], add: [peerAt(99)] }),
      ]) {
        const took = timeOf(call());
        expect((await failureOf(call())).code).toBe('timeout');
        expect(await took).toBeLessThan(DEADLINE_MS * 4);
      }
    } finally {
      process.kill(daemon(), 'SIGCONT');
    }
    // The breaker of the runner opened on the timeouts; it probes again by itself.
    await eventually(async () => (await server.tunnel.read()) !== null, { withinMs: 20_000 });
    const stray = (await keys()).filter((key) => !before.includes(key));
    await server.tunnel.apply({ remove: stray, add: [] });
    expect(await keys()).toEqual(before);
    expect(await device.client.ping('10.66.0.1')).toBe(true);
  });

  test('killed: said clearly; ensureUp builds it anew though the socket is stale, and apply restores every peer', async () => {
    const before = await keys();
    process.kill(daemon(), 'SIGKILL');
    await eventually(() => server.namespace.pids('wireguard-go').length === 0);
    expect((await server.namespace.exec(['ls', '/var/run/wireguard'])).stdout).toBe('wg0.sock\n');
    expect((await failureOf(server.tunnel.read())).code).toBe('unavailable');
    expect((await failureOf(server.tunnel.apply({ remove: [], add: [peerAt(99)] }))).code).toBe(
      'unavailable',
    );

    expect(await server.tunnel.ensureUp()).toEqual({ created: true });
    expect(await keys()).toEqual([]);
    await server.tunnel.apply({ remove: [], add: [device.peer, ...others] });
    expect(await keys()).toEqual(before);
    await device.client.reconnect();
    await eventually(() => device.client.ping('10.66.0.1'));
  });

  test('killed while it is asked to do much: a clear failure, and the whole is repeatable', async () => {
    const many = Array.from({ length: 3_000 }, (_, index) => peerAt(index + 100));
    const applying = failureOf(server.tunnel.apply({ remove: [], add: many }));
    process.kill(daemon(), 'SIGKILL');
    expect(await applying).toMatchObject({ code: 'unavailable' });
    await eventually(() => server.tunnel.ensureUp());
    await server.tunnel.apply({ remove: [], add: many });
    expect((await server.tunnel.read()).peers.length).toBe(3_000);
  });

  test('restarted 5 times: one daemon at a time, nothing left behind', async () => {
    for (let time = 0; time < 5; time++) {
      await server.tunnel.remove();
      await server.tunnel.ensureUp();
    }
    await eventually(() => server.namespace.pids('wireguard-go').length === 1);
    await server.tunnel.remove();
    await eventually(() => server.namespace.pids().length === 0);
    expect((await server.namespace.exec(['ls', '/var/run/wireguard'])).stdout).toBe('');
    expect((await server.namespace.exec(['nft', 'list', 'ruleset'])).stdout).toBe('');
  });
});
