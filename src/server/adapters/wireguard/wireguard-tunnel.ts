import type { parseDumpHead } from '../../core/dump.ts';
import { createDumpScan, type ScanListener } from '../../core/dump-scan.ts';
import { AppError } from '../../core/errors.ts';
import type { PublicKey } from '../../core/ids.ts';
import { type BucketDigest, bucketOf, createDigest } from '../../core/peer-digest.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { ProcessRunner } from '../../core/ports/process-runner.ts';
import type { BriefPeer, LivePeer, Tunnel, TunnelPeer, TunnelState } from '../../core/ports/tunnel.ts';
import { renderServerPeer } from '../../core/server-config.ts';
import { checkedInterface, type ServerInterface } from '../../core/server-interface.ts';
import { createTurns } from '../../core/turns.ts';
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
    digest: (signal) => digest(context, signal),
    readSome: (buckets, signal) => readSome(context, buckets, signal),
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

/** Digested in pieces of a size that leaves the others their turn; a whole line is never longer. */
const PIECE_BYTES = 64 * 1024;

/** Reads the dump as it comes. AppError `unavailable` while the interface has no key. */
async function scan(
  { command, server, clock }: Context,
  onPeer: ScanListener['onPeer'],
  signal?: AbortSignal,
): Promise<Pick<TunnelState, 'publicKey' | 'listenPort'>> {
  const turns = createTurns(clock);
  let head: ReturnType<typeof parseDumpHead> | null = null;
  const scanning = createDumpScan({
    onPeer,
    onHead: (found) => {
      head = found;
    },
  });
  await command({
    argv: ['wg', 'show', server.name, 'dump'],
    name: 'wg.show',
    maxOutputBytes: MOST_DUMP_BYTES,
    signal,
    async consume(bytes) {
      for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
        scanning.feed(bytes.subarray(start, start + PIECE_BYTES));
        await turns.breathe(signal);
      }
    },
  });
  scanning.end();
  return withKey(head, server.name);
}

function withKey(head: ReturnType<typeof parseDumpHead> | null, name: string) {
  if (head === null || head.publicKey === null) throw new AppError('unavailable', `${name} has no key yet`);
  return { publicKey: head.publicKey, listenPort: head.listenPort };
}

async function read(context: Context, signal?: AbortSignal): Promise<TunnelState> {
  const peers: LivePeer[] = [];
  const head = await scan(context, (_, look) => void peers.push(look.whole()), signal);
  return { ...head, peers };
}

async function digest(context: Context, signal?: AbortSignal): Promise<BucketDigest> {
  const building = createDigest();
  await scan(context, (hash) => building.add(hash), signal);
  return building.buckets();
}

async function readSome(
  context: Context,
  buckets: ReadonlySet<number>,
  signal?: AbortSignal,
): Promise<readonly BriefPeer[]> {
  const peers: BriefPeer[] = [];
  await scan(
    context,
    (hash, look) => {
      if (buckets.has(bucketOf(hash))) peers.push(look.brief());
    },
    signal,
  );
  return peers;
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
  const { command, server, clock, commandTimeoutMs } = context;
  const input = sections.join('');
  await clock.sleep(0, signal);
  await command({
    argv: ['wg', 'addconf', server.name, '/dev/stdin'],
    input,
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
