import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { systemClock } from '../../../../src/server/adapters/system/clock.ts';
import { detectBackend } from '../../../../src/server/adapters/wireguard/detect-backend.ts';
import { createKeyMaker } from '../../../../src/server/adapters/wireguard/key-maker.ts';
import { createWireguardTunnel } from '../../../../src/server/adapters/wireguard/wireguard-tunnel.ts';
import type { PublicKey } from '../../../../src/server/core/ids.ts';
import type { RunRequest } from '../../../../src/server/core/ports/process-runner.ts';
import { type TunnelUnderTest, tunnelContract } from '../../../contracts/tunnel.contract.ts';
import { peerAt, type ServerMachine, serverMachine } from '../../../support/wireguard-rig.ts';

// Beyond its limit Bun kills what a test started, and the namespaces with it.
setDefaultTimeout(30_000);

const keyMaker = createKeyMaker();

const realTunnel = (kind: 'kernel' | 'userspace') => async (): Promise<TunnelUnderTest> => {
  const { namespace, tunnel, publicKey, settings } = await serverMachine({ kind });
  return {
    tunnel,
    publicKey,
    listenPort: settings.listenPort,
    async setPresharedKey(key) {
      const argv = ['wg', 'set', settings.name, 'peer', key, 'preshared-key', '/dev/stdin'] as const;
      await namespace.exec([...argv], { input: keyMaker.keyPair().privateKey });
    },
    dispose: namespace.dispose,
  };
};

tunnelContract('wireguard-go', realTunnel('userspace'));

const probe = await serverMachine();
const detected = await detectBackend(probe.namespace);
await probe.namespace.dispose();
if (detected.kind === 'kernel') tunnelContract('the kernel', realTunnel('kernel'));

/** The server's tunnel, with a list of every program it starts. */
function watched(server: ServerMachine) {
  const requests: RunRequest[] = [];
  const runner = {
    ...server.namespace.runner,
    run: (request: RunRequest) => {
      requests.push(request);
      return server.namespace.runner.run(request);
    },
  };
  const options = { clock: systemClock, kind: server.tunnel.kind as 'userspace', commandTimeoutMs: 5_000 };
  return { requests, tunnel: createWireguardTunnel({ ...options, runner, settings: server.settings }) };
}

describe('the WireGuard tunnel', () => {
  let server: ServerMachine;
  beforeAll(async () => {
    server = await serverMachine();
    await server.tunnel.ensureUp();
  });
  afterAll(() => server.namespace.dispose());

  test('a second ensureUp sets nothing', async () => {
    const { tunnel, requests } = watched(server);
    await tunnel.ensureUp();
    const programs = requests.map(({ argv }) => argv.slice(0, 3).join(' '));
    expect(programs.filter((program) => !/^(ip -json|wg show|nft list|cat )/.test(program))).toEqual([]);
    expect(requests.every(({ input }) => input === undefined)).toBe(true);
  });

  test('a pool added while it runs is carried from the next ensureUp on: address, route and NAT; then nothing is set', async () => {
    let further: readonly string[] = [];
    const settings = { ...server.settings, further: () => further };
    const { tunnel, requests } = watched({ ...server, settings });
    further = ['10.90.0.1/24', 'fd00:90::1/64'];
    await tunnel.ensureUp();
    const said = async (argv: readonly [string, ...string[]]) =>
      (await server.namespace.exec([...argv])).stdout;
    expect(await said(['ip', '-4', 'route', 'get', '10.90.0.77'])).toContain('dev wg0 src 10.90.0.1');
    expect(await said(['ip', '-6', 'route', 'get', 'fd00:90::77'])).toContain('dev wg0');
    expect(await said(['nft', 'list', 'table', 'inet', 'adit_wg0'])).toContain('ip saddr 10.90.0.0/24');
    requests.length = 0;
    await tunnel.ensureUp();
    expect(requests.every(({ input }) => input === undefined)).toBe(true);
    further = [];
    await tunnel.ensureUp();
    expect(await said(['ip', 'address', 'show', 'dev', 'wg0'])).not.toContain('10.90.0.1');
  });

  test('what somebody changed by hand is put right: key, port, addresses, MTU, state, firewall, forwarding', async () => {
    const { exec } = server.namespace;
    const before = await inventory(server);
    await exec(['wg', 'set', 'wg0', 'listen-port', '4000', 'private-key', '/dev/stdin'], {
      input: keyMaker.keyPair().privateKey,
    });
    await exec(['ip', 'address', 'del', '10.66.0.1/16', 'dev', 'wg0']);
    await exec(['ip', 'address', 'add', '192.0.2.77/24', 'dev', 'wg0']);
    await exec(['ip', 'link', 'set', 'dev', 'wg0', 'mtu', '1300', 'down']);
    await exec(['nft', 'flush', 'chain', 'inet', 'adit_wg0', 'forward']);
    await exec(['tee', '/proc/sys/net/ipv4/ip_forward'], { input: '0\n' });
    expect(await inventory(server)).not.toEqual(before);
    expect(await server.tunnel.ensureUp()).toEqual({ created: false });
    expect(await inventory(server)).toEqual(before);
  });

  test('E5: a thousand peers are one program to add and one to remove', async () => {
    const { tunnel, requests } = watched(server);
    const peers = Array.from({ length: 1_000 }, (_, index) => peerAt(index + 2));
    await tunnel.apply({ remove: [], add: peers });
    expect((await tunnel.read()).peers.length).toBe(1_000);
    await tunnel.apply({ remove: peers.map((peer) => peer.publicKey), add: [] });
    expect((await tunnel.read()).peers.length).toBe(0);
    expect(requests.map(({ argv }) => argv[1])).toEqual(['addconf', 'show', 'set', 'show']);
  });

  test('removals beyond what arguments can hold go in portions', async () => {
    const { tunnel, requests } = watched(server);
    const unknown = Array.from({ length: 10_001 }, (_, index) => {
      return Buffer.alloc(32, `key ${index}`).toString('base64') as PublicKey;
    });
    await tunnel.apply({ remove: unknown, add: [] });
    expect(requests.map(({ argv }) => (argv.length - 3) / 3)).toEqual([10_000, 1]);
    expect((await tunnel.read()).peers).toEqual([]);
  });

  test('F-S2: the private key is in no argument', async () => {
    const fresh = await serverMachine();
    try {
      const { tunnel, requests } = watched(fresh);
      await tunnel.ensureUp();
      expect(requests.some(({ input }) => input?.includes(fresh.settings.privateKey))).toBe(true);
      expect(JSON.stringify(requests.map(({ argv, env }) => [argv, env]))).not.toContain(
        fresh.settings.privateKey,
      );
    } finally {
      await fresh.namespace.dispose();
    }
  });

  test('a peer that is none is refused before anything is done', async () => {
    const wrong = { ...peerAt(3), allowedIps: ['10.66.0.3/32\n[Peer]'] };
    await expect(server.tunnel.apply({ remove: [], add: [peerAt(2), wrong] })).rejects.toMatchObject({
      code: 'invalid',
    });
    expect((await server.tunnel.read()).peers).toEqual([]);
  });
});

/** Everything `ensureUp` answers for, as the machine's own programs print it. */
async function inventory({ namespace }: ServerMachine): Promise<readonly string[]> {
  const commands: RunRequest['argv'][] = [
    ['wg', 'show', 'wg0', 'public-key'],
    ['wg', 'show', 'wg0', 'listen-port'],
    ['nft', 'list', 'ruleset'],
    ['cat', '/proc/sys/net/ipv4/ip_forward', '/proc/sys/net/ipv6/conf/all/forwarding'],
    ['sh', '-c', 'ip -o address show dev wg0 scope global | sort; ip -o link show dev wg0 | cut -d" " -f2-5'],
  ];
  return await Promise.all(commands.map(async (argv) => (await namespace.exec(argv)).stdout));
}

describe('detectBackend', () => {
  const answers = (known: Record<string, string>) => ({
    runner: {
      ...server0.namespace.runner,
      run: (request: RunRequest) =>
        server0.namespace.runner.run({ ...request, argv: shim(known, request.argv) }),
    },
  });
  const shim = (known: Record<string, string>, argv: RunRequest['argv']): RunRequest['argv'] => {
    const script = Object.entries(known).find(([start]) => argv.join(' ').startsWith(start))?.[1];
    return script === undefined ? argv : ['sh', '-c', script];
  };
  let server0: ServerMachine;
  beforeAll(async () => {
    server0 = await serverMachine();
  });
  afterAll(() => server0.namespace.dispose());

  test('takes the kernel when it makes an interface', async () => {
    expect(await detectBackend(answers({ 'ip link': 'true' }))).toEqual({ kind: 'kernel', reasons: [] });
  });

  test('takes wireguard-go when the kernel has no WireGuard, and says why', async () => {
    const shims = { 'ip link add': 'echo "Error: Unknown device type." >&2; exit 2' };
    expect(await detectBackend(answers(shims))).toEqual({
      kind: 'userspace',
      reasons: ['the kernel has no WireGuard: Error: Unknown device type.'],
    });
  });

  test('takes nothing, with every reason, when there is nothing', async () => {
    const gone = (program: string) => `echo "${program}: not found" >&2; exit 127`;
    const shims = { 'ip link add': 'echo no >&2; exit 2', 'wireguard-go': gone('wireguard-go') };
    const found = await detectBackend(answers(shims));
    expect(found.kind).toBeNull();
    expect(found.reasons.join('\n')).toMatch(
      /kernel has no WireGuard: no\nwireguard-go does not run: .*not found/,
    );
    expect(await detectBackend(answers({ 'wg --version': gone('wg') }))).toMatchObject({ kind: null });
    expect(
      await detectBackend(answers({ ...shims, 'wireguard-go': 'true', 'test -c': 'false' })),
    ).toMatchObject({
      kind: null,
      reasons: [expect.any(String), '/dev/net/tun is missing'],
    });
  });

  test('leaves no interface behind', async () => {
    await detectBackend(server0.namespace);
    expect((await server0.namespace.exec(['ip', '-o', 'link'])).stdout).not.toContain('adit-probe');
  });
});
