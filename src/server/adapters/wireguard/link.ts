import { AppError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { ServerInterface } from '../../core/server-interface.ts';
import { addressesOf } from '../../core/server-interface.ts';
import type { Command } from './commands.ts';

/** What `ip` knows of the interface. */
export interface LinkState {
  readonly up: boolean;
  readonly mtu: number;
  /** With prefix, IPv4 first; link-local ones, which the kernel makes by itself, are left out. */
  readonly addresses: readonly string[];
}

const DAEMON_END_MS = 2_000;
const DAEMON_POLL_MS = 10;

/** The daemon's control socket. A killed daemon leaves it behind. */
export const socketPath = (name: string): string => `/var/run/wireguard/${name}.sock`;

/** Null when there is no such interface. */
export async function readLink(
  command: Command,
  name: string,
  signal?: AbortSignal,
): Promise<LinkState | null> {
  const result = await command({
    argv: ['ip', '-json', 'address', 'show', 'dev', name],
    name: 'ip.show',
    okCodes: [0, 1],
    signal,
  });
  if (result.exitCode === 0) return parseLink(result.stdout);
  if (/does not exist/i.test(result.stderr)) return null;
  throw new AppError('internal', `ip cannot read ${name}`, { details: { stderr: result.stderr } });
}

/** Makes the interface; it has no key and is down. */
export async function makeLink(
  command: Command,
  kind: 'kernel' | 'userspace',
  name: string,
  signal?: AbortSignal,
): Promise<void> {
  if (kind === 'kernel') {
    await command({ argv: ['ip', 'link', 'add', 'dev', name, 'type', 'wireguard'], name: 'ip.link', signal });
    return;
  }
  // It takes over the socket of a dead daemon by itself, and refuses that of a living one.
  // A session of its own takes the daemon out of the process group that the runner kills; without LOG_LEVEL
  // it also lets go of our pipes. So it outlives Adit, on purpose: tunnels go on while Adit is upgraded.
  await command({ argv: ['setsid', '--wait', 'wireguard-go', name], name: 'wireguard-go', signal });
}

/** Addresses, MTU and "up", by one program and only where they differ. */
export async function bringLink(
  command: Command,
  server: ServerInterface,
  link: LinkState,
  signal?: AbortSignal,
): Promise<void> {
  const wanted = addressesOf(server);
  const lines = [
    ...link.addresses
      .filter((address) => !wanted.includes(address))
      .map((address) => `address del ${address}`),
    ...wanted
      .filter((address) => !link.addresses.includes(address))
      .map((address) => `address add ${address}`),
  ].map((line) => `${line} dev ${server.name}\n`);
  if (!link.up || link.mtu !== server.mtu) lines.push(`link set dev ${server.name} mtu ${server.mtu} up\n`);
  if (lines.length === 0) return;
  await command({ argv: ['ip', '-batch', '-'], input: lines.join(''), name: 'ip.batch', signal });
}

/** Takes the interface away; the daemon ends with it. Repeating is safe. */
export async function dropLink(
  command: Command,
  clock: Clock,
  kind: 'kernel' | 'userspace',
  name: string,
): Promise<void> {
  if ((await readLink(command, name)) !== null) {
    await command({ argv: ['ip', 'link', 'delete', 'dev', name], name: 'ip.link' });
  }
  if (kind === 'userspace') await awaitDaemonEnd(command, clock, name);
}

/**
 * The daemon removes its socket as the last thing it does, a moment after its interface went. A new one started
 * before that would lose its own socket. One that was killed or stands still never does: then it is removed here.
 */
async function awaitDaemonEnd(command: Command, clock: Clock, name: string): Promise<void> {
  const end = clock.monotonicMs() + DAEMON_END_MS;
  while (clock.monotonicMs() < end) {
    const socket = await command({
      argv: ['test', '-S', socketPath(name)],
      name: 'wg.socket',
      okCodes: [0, 1],
    });
    if (socket.exitCode === 1) return;
    await clock.sleep(DAEMON_POLL_MS);
  }
  await command({ argv: ['rm', '-f', socketPath(name)], name: 'wg.socket' });
}

interface IpLink {
  readonly flags: readonly string[];
  readonly mtu: number;
  readonly addr_info: readonly {
    readonly local: string;
    readonly prefixlen: number;
    readonly scope: string;
  }[];
}

function parseLink(json: string): LinkState {
  const link = (JSON.parse(json) as readonly IpLink[]).find((entry) => Array.isArray(entry.addr_info));
  if (link === undefined) throw new AppError('internal', 'ip printed no interface');
  const own = link.addr_info.filter((entry) => entry.scope !== 'link');
  return {
    up: link.flags.includes('UP'),
    mtu: link.mtu,
    addresses: own.map((entry) => `${entry.local}/${entry.prefixlen}`),
  };
}
