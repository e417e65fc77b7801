import { parseDumpHead, parseDumpPeer, splitDump } from '../../core/dump.ts';
import { AppError } from '../../core/errors.ts';
import type { PublicKey } from '../../core/ids.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { ProcessRunner } from '../../core/ports/process-runner.ts';
import type { Tunnel, TunnelPeer, TunnelState } from '../../core/ports/tunnel.ts';
import { renderServerPeer } from '../../core/server-config.ts';
import { checkedInterface, type ServerInterface } from '../../core/server-interface.ts';
import { NO_PRESHARED_KEY, parsePublicKey } from '../../core/wireguard-key.ts';
import { createBootIdentity } from './boot-identity.ts';
import { type Command, createCommand } from './commands.ts';
import { inTurns } from './in-turns.ts';
import { publicKeyOf } from './key-maker.ts';
import { bringLink, dropLink, makeLink, readLink } from './link.ts';
import { bringFirewall, bringForwarding, dropFirewall } from './routing.ts';

export interface WireguardTunnelOptions {
  readonly runner: ProcessRunner;
  readonly clock: Clock;
  readonly kind: 'kernel' | 'userspace';
  readonly settings: ServerInterface;
  /** For each command. One that handles many peers gets a millisecond more for each. */
  readonly commandTimeoutMs: number;
}

/** Keys in one `wg set`: 64 bytes each, far under the 2 MiB that Linux leaves for arguments. */
const REMOVALS_AT_ONCE = 10_000;
/** A million peers, the most a kernel holds, are 150 MB of dump; what Adit serves is far below. */
const MOST_DUMP_BYTES = 256 * 1024 * 1024;

/**
 * A WireGuard interface, in the kernel or in a `wireguard-go` daemon, worked by `wg`, `ip` and `nft`.
 *
 * `ensureUp` compares before it sets, so a second call changes nothing. An interface that is there is kept, whoever
 * made it (wg-quick, an Adit before); its peers stay. The daemon outlives Adit. AppErrors beyond the port's:
 * `forbidden` without CAP_NET_ADMIN, `invalid` for settings or peers that are not such.
 */
export function createWireguardTunnel(options: WireguardTunnelOptions): Tunnel {
  const server = checkedInterface(options.settings);
  const command = createCommand(withDeadline(options.runner, options.commandTimeoutMs), server.name);
  const boot = createBootIdentity(command, options.kind, server.name);
  const context = { ...options, server, command };
  return {
    kind: options.kind,
    ensureUp: (signal) => ensureUp(context, signal),
    read: (signal) => read(context, signal),
    async traffic(signal) {
      const before = await boot.read(signal);
      const { peers } = await read(context, signal);
      if ((await boot.read(signal)) === before) return { boot: before, peers };
      throw new AppError('unavailable', `${server.name} was made anew while it was read`);
    },
    async apply(change, signal) {
      // Rendered first: a peer that is none is refused before anything is removed.
      const sections = await inTurns(options.clock, change.add, renderPlainPeer, signal);
      await removePeers(context, change.remove.map(parsePublicKey), signal);
      if (sections.length > 0) await putPeers(context, sections, signal);
    },
    async remove() {
      await dropLink(command, options.clock, options.kind, server.name);
      await dropFirewall(command, server.name);
    },
  };
}

interface Context extends WireguardTunnelOptions {
  readonly server: ServerInterface;
  readonly command: Command;
}

/** The firewall stands before the interface comes up, so there is no moment in which peers reach each other. */
async function ensureUp(context: Context, signal?: AbortSignal): Promise<{ created: boolean }> {
  const { command, server, kind } = context;
  const before = await readLink(command, server.name, signal);
  if (before === null) await makeLink(command, kind, server.name, signal);
  const link = before ?? (await readLink(command, server.name, signal));
  if (link === null) throw new AppError('unavailable', `${server.name} went away while it was made`);
  await bringKeyAndPort(context, signal);
  await bringFirewall(command, server, signal);
  await bringLink(command, server, link, signal);
  await bringForwarding(command, server, signal);
  return { created: before === null };
}

/** The key goes by a pipe: argv is readable for everybody on the machine. */
async function bringKeyAndPort({ command, server }: Context, signal?: AbortSignal): Promise<void> {
  const show = async (what: 'public-key' | 'listen-port'): Promise<string> =>
    (await command({ argv: ['wg', 'show', server.name, what], name: 'wg.show', signal })).stdout.trim();
  const port = String(server.listenPort);
  if ((await show('public-key')) === publicKeyOf(server.privateKey) && (await show('listen-port')) === port)
    return;
  await command({
    argv: ['wg', 'set', server.name, 'listen-port', port, 'private-key', '/dev/stdin'],
    input: `${server.privateKey}\n`,
    name: 'wg.set',
    signal,
  });
}

async function read({ command, server, clock }: Context, signal?: AbortSignal): Promise<TunnelState> {
  const { stdout } = await command({
    argv: ['wg', 'show', server.name, 'dump'],
    name: 'wg.show',
    maxOutputBytes: MOST_DUMP_BYTES,
    signal,
  });
  const [headLine, ...peerLines] = splitDump(stdout);
  const head = parseDumpHead(headLine!);
  if (head.publicKey === null) throw new AppError('unavailable', `${server.name} has no key yet`);
  const peers = await inTurns(clock, peerLines, parseDumpPeer, signal);
  return { publicKey: head.publicKey, listenPort: head.listenPort, peers };
}

async function removePeers({ command, server }: Context, keys: readonly PublicKey[], signal?: AbortSignal) {
  for (let start = 0; start < keys.length; start += REMOVALS_AT_ONCE) {
    const some = keys.slice(start, start + REMOVALS_AT_ONCE);
    const words = some.flatMap((key) => ['peer', key, 'remove']);
    await command({ argv: ['wg', 'set', server.name, ...words], name: 'wg.set', signal });
  }
}

/**
 * `addconf` leaves every peer it does not name alone. For one that is present it replaces the allowed-ips, and
 * the zero key takes away a preshared key that somebody set.
 */
async function putPeers(context: Context, sections: readonly string[], signal?: AbortSignal): Promise<void> {
  const { command, server, commandTimeoutMs } = context;
  await command({
    argv: ['wg', 'addconf', server.name, '/dev/stdin'],
    input: sections.join(''),
    timeoutMs: commandTimeoutMs + sections.length,
    name: 'wg.addconf',
    signal,
  });
}

const renderPlainPeer = (peer: TunnelPeer): string =>
  `${renderServerPeer(peer)}PresharedKey = ${NO_PRESHARED_KEY}\n`;

function withDeadline(runner: ProcessRunner, timeoutMs: number): ProcessRunner {
  return { ...runner, run: (request) => runner.run({ timeoutMs, ...request }) };
}
