// needs root
/** Counters belong to one making of an interface: what tells it from the next one, on real interfaces. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { systemClock } from '../../../../src/server/adapters/system/clock.ts';
import { createBootIdentity } from '../../../../src/server/adapters/wireguard/boot-identity.ts';
import { createWireguardTunnel } from '../../../../src/server/adapters/wireguard/wireguard-tunnel.ts';
import type { ProcessRunner } from '../../../../src/server/core/ports/process-runner.ts';
import { failureOf } from '../../../support/failures.ts';
import { type ServerMachine, serverMachine } from '../../../support/wireguard-rig.ts';

let server: ServerMachine;
beforeAll(async () => {
  server = await serverMachine();
  await server.tunnel.ensureUp();
});
afterAll(() => server.namespace.dispose());

test('F-W6: a daemon killed with kill -9 and started again is another boot', async () => {
  const before = await server.tunnel.traffic();
  const [daemon] = server.namespace.pids('wireguard-go');
  process.kill(daemon!, 'SIGKILL');
  await server.tunnel.remove();
  await server.tunnel.ensureUp();
  expect((await server.tunnel.traffic()).boot).not.toBe(before.boot);
});

test('an interface that is made anew while it is read gives no reading', async () => {
  const { namespace, settings } = server;
  let left = 1;
  const runner: ProcessRunner = {
    ...namespace.runner,
    async run(request) {
      const result = await namespace.runner.run(request);
      if (request.argv.includes('dump') && left-- > 0) {
        await server.tunnel.remove();
        await server.tunnel.ensureUp();
      }
      return result;
    },
  };
  const tunnel = createWireguardTunnel({
    runner,
    clock: systemClock,
    kind: 'userspace',
    settings,
    commandTimeoutMs: 10_000,
  });
  expect(await failureOf(tunnel.traffic())).toMatchObject({ code: 'unavailable' });
  expect((await tunnel.traffic()).peers).toEqual([]);
});

test('in the kernel the number of the link says it, and no number comes twice', async () => {
  // The kernel's own WireGuard is not on every machine; its links are numbered as all others are.
  const { exec, runner } = server.namespace;
  const identity = createBootIdentity((request) => runner.run(request), 'kernel', 'link0');
  const seen = new Set<string>();
  for (let time = 0; time < 3; time++) {
    await exec(['ip', 'link', 'add', 'dev', 'link0', 'type', 'veth', 'peer', 'name', 'other0']);
    seen.add(await identity.read());
    expect(await identity.read()).toBe([...seen].at(-1)!);
    await exec(['ip', 'link', 'delete', 'dev', 'link0']);
  }
  expect(seen.size).toBe(3);
});
