/** A user's device: a client interface made from nothing but the `.conf` that was delivered. */
import type { PublicKey } from '../../src/server/core/ids.ts';
import { eventually } from './eventually.ts';
import type { Namespace } from './netns.ts';

export interface WireguardClient {
  readonly device: string;
  /** Waits for a handshake (one later than those seen so far) while knocking at the server. */
  handshake(options?: { readonly withinMs?: number }): Promise<void>;
  /** Seconds since 1970 of the last handshake; 0 for never. */
  lastHandshake(): Promise<number>;
  /** Whether one echo came back within a second. */
  ping(address: string): Promise<boolean>;
  /** What a TCP connection meets: `open` with what the other side said, `refused`, or `silent` after a second. */
  tcp(address: string, port: number): Promise<Answer>;
  /** One datagram; `open` with the answer, or `silent`. A port nobody listens on is `refused`. */
  udp(address: string, port: number): Promise<Answer>;
  /** Forgets the session, as off and on again does; a new handshake follows at once and not after WireGuard's 15 seconds. */
  reconnect(): Promise<void>;
  down(): Promise<void>;
}

export interface Answer {
  readonly kind: 'open' | 'refused' | 'silent';
  readonly said: string;
}

let clients = 0;

/** Brings the interface up in the namespace, with wireguard-go and routes for its AllowedIPs; DNS is left alone. */
export async function wireguardClient(namespace: Namespace, confText: string): Promise<WireguardClient> {
  const device = `wgc${++clients}`;
  const conf = readConf(confText);
  await namespace.exec(['setsid', '--wait', 'wireguard-go', device]);
  await configure(namespace, device, conf);
  const lines = [
    ...conf.addresses.map((address) => `address add ${address} dev ${device}`),
    `link set dev ${device} mtu ${conf.mtu} up`,
    ...conf.allowedIps.map((network) => `route add ${network} dev ${device}`),
  ];
  await namespace.exec(['ip', '-batch', '-'], { input: `${lines.join('\n')}\n` });
  return clientOn(namespace, device, conf);
}

async function configure(namespace: Namespace, device: string, conf: ClientSettings): Promise<void> {
  await namespace.exec(['wg', 'setconf', device, '/dev/stdin'], { input: conf.forWg });
}

function clientOn(namespace: Namespace, device: string, conf: ClientSettings): WireguardClient {
  let seen = 0;
  const lastHandshake = async (): Promise<number> => {
    const { stdout } = await namespace.exec(['wg', 'show', device, 'latest-handshakes']);
    return Number(stdout.split(`${conf.serverPublicKey}\t`)[1]?.split('\n')[0] ?? 0);
  };
  return {
    device,
    lastHandshake,
    async handshake({ withinMs = 10_000 } = {}) {
      await eventually(async () => (await lastHandshake()) > seen, { withinMs });
      seen = await lastHandshake();
    },
    async ping(address) {
      const argv = ['ping', '-n', '-q', '-c', '1', '-W', '1', address] as const;
      return (await namespace.exec([...argv], { okCodes: [0, 1, 2] })).exitCode === 0;
    },
    tcp: (address, port) => ask(namespace, `exec 3<>/dev/tcp/${address}/${port} && cat <&3`),
    udp: (address, port) =>
      ask(namespace, `exec 3<>/dev/udp/${address}/${port} && echo hi >&3 && head -n 1 <&3`),
    reconnect: () => configure(namespace, device, conf),
    async down() {
      await namespace.exec(['ip', 'link', 'delete', 'dev', device]);
    },
  };
}

/** `timeout` ends with 124. Bash says in words whether a connection was refused. */
async function ask(namespace: Namespace, script: string): Promise<Answer> {
  const argv = ['timeout', '1', 'bash', '-c', script] as const;
  const { stdout, stderr, exitCode } = await namespace.exec([...argv], { okCodes: [0, 1, 124] });
  if (stdout !== '') return { kind: 'open', said: stdout.trim() };
  return { kind: exitCode === 1 && /refused/i.test(stderr) ? 'refused' : 'silent', said: '' };
}

interface ClientSettings {
  readonly forWg: string;
  readonly addresses: readonly string[];
  readonly mtu: string;
  readonly allowedIps: readonly string[];
  readonly serverPublicKey: PublicKey;
}

/** `wg` knows nothing of Address, DNS and MTU: those are wg-quick's. */
function readConf(text: string): ClientSettings {
  const value = (key: string): string => new RegExp(`^${key} *= *(.+)$`, 'm').exec(text)?.[1] ?? '';
  const list = (key: string): string[] =>
    value(key)
      .split(/ *, */)
      .filter((item) => item !== '');
  return {
    forWg: text.replace(/^(Address|DNS|MTU) *=.*\n/gm, ''),
    addresses: list('Address'),
    mtu: value('MTU') || '1420',
    allowedIps: list('AllowedIPs'),
    serverPublicKey: value('PublicKey') as PublicKey,
  };
}
