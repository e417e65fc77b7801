/** Real handshakes and real packets: a server's machine, two devices, and the internet behind the server. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { answeringMachine } from '../../../support/answering-machine.ts';
import { eventually } from '../../../support/eventually.ts';
import { type Cable, createNamespace, type Namespace } from '../../../support/netns.ts';
import { type Device, enrol, type ServerMachine, serverMachine } from '../../../support/wireguard-rig.ts';

// Beyond its limit Bun kills what a test started, and the namespaces with it.
setDefaultTimeout(30_000);

let server: ServerMachine;
let internet: Namespace;
let uplink: Cable;
let alice: Device;
let bob: Device;

const SERVER4 = '10.66.0.1';
const SERVER6 = 'fd00:66::1';

beforeAll(async () => {
  [server, internet] = await Promise.all([serverMachine(), createNamespace()]);
  uplink = await server.namespace.connect(internet);
  await server.tunnel.ensureUp();
  [alice, bob] = [await enrol(server, 2), await enrol(server, 3)];
  await Promise.all([alice.client.handshake(), bob.client.handshake()]);
  const everywhere = ['tcp/80', 'tcp/5432', 'tcp/53', 'udp/53', 'udp/9000'];
  await Promise.all(
    [server.namespace, internet, bob.namespace].map((where) => answeringMachine(where, everywhere)),
  );
  // The cloud's metadata service, as seen from the server.
  await internet.exec(['ip', 'address', 'add', '169.254.169.254/32', 'dev', uplink.there.device]);
  await server.namespace.exec(['ip', 'route', 'add', '169.254.169.254/32', 'via', uplink.there.address4]);
});

afterAll(async () => {
  await Promise.all([server, alice, bob].map((machine) => machine?.namespace.dispose()));
  await internet?.dispose();
});

describe('a device with its delivered .conf', () => {
  test('pings the server, over IPv4 and IPv6', async () => {
    expect(await alice.client.ping(SERVER4)).toBe(true);
    expect(await alice.client.ping(SERVER6)).toBe(true);
  });

  test('E1: the server sees it: endpoint, handshake, bytes', async () => {
    const { peers } = await server.tunnel.read();
    const seen = peers.find((peer) => peer.publicKey === alice.peer.publicKey)!;
    expect(seen.endpoint).toMatch(/^198\.18\.\d+\.1:\d+$/);
    expect(seen.lastHandshakeAt!.getTime()).toBeGreaterThan(Date.now() - 60_000);
    expect(seen.receivedBytes).toBeGreaterThan(0);
    expect(seen.sentBytes).toBeGreaterThan(0);
  });

  test('reaches the internet under the server’s address', async () => {
    expect(await alice.client.tcp(uplink.there.address4, 80)).toEqual({
      kind: 'open',
      said: expect.stringContaining(uplink.here.address4),
    });
    expect(await alice.client.udp(uplink.there.address4, 9000)).toMatchObject({ kind: 'open' });
    expect(await alice.client.tcp(uplink.there.address6, 80)).toEqual({
      kind: 'open',
      said: uplink.here.address6,
    });
  });
});

describe('F-S21: devices are walled in', () => {
  test('the server’s resolver answers', async () => {
    for (const address of [SERVER4, SERVER6]) {
      expect((await alice.client.udp(address, 53)).kind).toBe('open');
      expect((await alice.client.tcp(address, 53)).kind).toBe('open');
    }
  });

  test.each([
    ['its tunnel address', () => SERVER4],
    ['its tunnel address, IPv6', () => SERVER6],
    ['its address on the uplink', () => uplink.here.address4],
    ['its address on the uplink, IPv6', () => uplink.here.address6],
  ])('no other port of the server answers on %s', async (_, address) => {
    const answers = await Promise.all([5432, 80].map((port) => alice.client.tcp(address(), port)));
    expect(answers).toEqual([
      { kind: 'silent', said: '' },
      { kind: 'silent', said: '' },
    ]);
    expect((await alice.client.udp(address(), 9000)).kind).toBe('silent');
  });

  test('the ports are open to the server itself, so the wall is what silences them', async () => {
    const { stdout } = await server.namespace.exec(['bash', '-c', `cat < /dev/tcp/${SERVER4}/5432`]);
    expect(stdout).toContain(SERVER4);
  });

  test.each(['10.66.0.3', 'fd00:66::3'])('no device reaches another at %s', async (address) => {
    const [ping, tcp, udp] = await Promise.all([
      alice.client.ping(address),
      alice.client.tcp(address, 80),
      alice.client.udp(address, 9000),
    ]);
    expect([ping, tcp.kind, udp.kind]).toEqual([false, 'silent', 'silent']);
  });

  test('nobody outside opens a connection to a device', async () => {
    await internet.exec(['ip', 'route', 'add', '10.66.0.0/16', 'via', uplink.here.address4]);
    const ask = ['timeout', '1', 'bash', '-c', 'cat < /dev/tcp/10.66.0.3/80'] as const;
    expect((await internet.exec([...ask], { okCodes: [124] })).stdout).toBe('');
  });

  test('the cloud’s metadata service is out of reach', async () => {
    expect((await alice.client.tcp('169.254.169.254', 80)).kind).toBe('silent');
    const { stdout } = await server.namespace.exec(['bash', '-c', 'cat < /dev/tcp/169.254.169.254/80']);
    expect(stdout).not.toBe('');
  });

  test('a packet under another device’s address gets nowhere', async () => {
    await alice.namespace.exec(['ip', 'address', 'add', '10.66.0.3/32', 'dev', alice.client.device]);
    const ping = [
      'ping',
      '-n',
      '-q',
      '-c',
      '1',
      '-W',
      '1',
      '-I',
      '10.66.0.3',
      uplink.there.address4,
    ] as const;
    expect((await alice.namespace.exec([...ping], { okCodes: [1] })).exitCode).toBe(1);
    expect(await alice.client.ping(uplink.there.address4)).toBe(true);
  });
});

describe('a change on the server', () => {
  test('that moves an address to another device cuts the first one off, and is seen', async () => {
    const thief = { ...bob.peer, allowedIps: [...bob.peer.allowedIps, '10.66.0.2/32'].sort() };
    await server.tunnel.apply({ remove: [], add: [thief] });
    expect(await alice.client.ping(SERVER4)).toBe(false);
    const { peers } = await server.tunnel.read();
    expect(peers.find((peer) => peer.publicKey === alice.peer.publicKey)!.allowedIps).toEqual([
      'fd00:66::2/128',
    ]);
    await server.tunnel.apply({ remove: [], add: [bob.peer, alice.peer] });
    expect(await alice.client.ping(SERVER4)).toBe(true);
  });

  test('that adds others leaves a running device alone', async () => {
    const before = await alice.client.lastHandshake();
    const other = await enrol(server, 4);
    await server.tunnel.apply({ remove: [other.peer.publicKey], add: [] });
    await other.namespace.dispose();
    await server.tunnel.ensureUp();
    expect(await alice.client.ping(SERVER4)).toBe(true);
    expect(await alice.client.lastHandshake()).toBe(before);
  });

  test('that removes a device cuts it off at once, and putting it back lets it in', async () => {
    await server.tunnel.apply({ remove: [alice.peer.publicKey], add: [] });
    expect(await alice.client.ping(SERVER4)).toBe(false);
    expect(await bob.client.ping(SERVER4)).toBe(true);
    await server.tunnel.apply({ remove: [], add: [alice.peer] });
    await alice.client.reconnect();
    await eventually(() => alice.client.ping(SERVER4));
  });
});
