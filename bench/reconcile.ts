/**
 * What it costs to compare a WireGuard interface with the database and to mend what differs. See bench/README.md. Needs root.
 *
 *   ./build.sh bench reconcile           1,000, 10,000 and 100,000 peers; drift 0, 0.1 % and 10 %
 *   ./build.sh bench reconcile --quick   1,000 and 10,000, fewer rounds
 *   ./build.sh bench reconcile --large   100,000 alone
 */
import postgres from 'postgres';
import { parseDatabaseUrl } from '../src/server/adapters/postgres/address.ts';
import { createNodeStore } from '../src/server/adapters/postgres/stores/node-store.ts';
import { createProcessRunner } from '../src/server/adapters/process/process-runner.ts';
import { systemClock } from '../src/server/adapters/system/clock.ts';
import { createKeyMaker } from '../src/server/adapters/wireguard/key-maker.ts';
import { createWireguardTunnel } from '../src/server/adapters/wireguard/wireguard-tunnel.ts';
import { LOCAL_NODE, type PublicKey } from '../src/server/core/ids.ts';
import type { ServerInterface } from '../src/server/core/server-interface.ts';
import { databaseOn } from '../tests/support/database.ts';
import { anyCall, createDoorKit } from '../tests/support/door-kit.ts';
import { type SeededPeers, seedPeers } from '../tests/support/seed-peers.ts';
import { migrated, startDurablePostgres } from './support/durable-postgres.ts';
import { createFakeNode } from './support/fake-node.ts';
import { median, megabytes, milliseconds, pairedRatio, times } from './support/figures.ts';
import { isInside, runInside, words } from './support/inside-namespace.ts';
import type { ReconcileFigures } from './support/reconcile-child.ts';
import { CONTENDERS, type ContenderName, type ReconcileSite } from './support/reconcile-contenders.ts';
import { inRounds } from './support/rounds.ts';
import { check, createScoreboard } from './support/scoreboard.ts';

/** wireguard-go holds 65,536 peers at most. */
const MOST_REAL = 60_000;
const DRIFTS = [0, 0.001, 0.1] as const;
const PLANS = {
  default: { sizes: [1_000, 10_000, 100_000], rounds: 5 },
  quick: { sizes: [1_000, 10_000], rounds: 3 },
  large: { sizes: [100_000], rounds: 5 },
} as const;

/** What holds the peers, real or not. */
interface Node {
  readonly kind: string;
  readonly path: string;
  /** Loses these, and gives those another address. */
  drift(lost: readonly string[], changed: ReadonlyMap<string, string>): Promise<void>;
  live(): Promise<ReadonlyMap<string, string>>;
  close(): Promise<void>;
}

type Figures = ReadonlyMap<string, readonly ReconcileFigures[]>;

if (!isInside()) process.exit(await runInside(import.meta.path));

const wish = (words()[0]?.replace(/^--/, '') ?? 'default') as keyof typeof PLANS;
const plan = PLANS[wish];
if (plan === undefined) throw new Error(`no such size: ${wish}; there is ${Object.keys(PLANS).join(', ')}`);
const board = createScoreboard((text) => void process.stdout.write(text));
const postgresServer = await startDurablePostgres();
try {
  for (const size of plan.sizes) await measureSize(size);
} finally {
  await postgresServer.dispose();
}
process.exit(board.finish());

async function measureSize(size: number): Promise<void> {
  const url = await migrated(postgresServer, `reconcile_${size}`);
  const server = serverInterface();
  const wanted = await fill(url, size);
  const node = size > MOST_REAL ? fakeNode(wanted) : await realNode(server, wanted);
  const site: ReconcileSite = { url, path: node.path, server };
  const contenders = CONTENDERS.map((name) => ({ name, ...startChild(name, site) }));
  try {
    // The first run of a process is that of a process that has just started.
    for (const each of contenders) await each.run();
    const all: (readonly [number, Figures])[] = [];
    for (const share of DRIFTS) {
      const figures = await inRounds(plan.rounds, contenders, async (contender) => {
        await drift(node, wanted, Math.round(size * share));
        const taken = await contender.run();
        await expectWanted(node, wanted, `${contender.name}, ${size}, ${share}`);
        return taken;
      });
      all.push([share, figures]);
      process.stderr.write('.');
    }
    show(size, node.kind, all);
  } finally {
    for (const each of contenders) await each.stop();
    await node.close();
  }
}

/** Half of what drifts is lost, the other half has an address of nobody. */
async function drift(node: Node, wanted: SeededPeers, count: number): Promise<void> {
  if (count === 0) return;
  const keys = [...wanted.keys()];
  const start = Math.floor(Math.random() * (keys.length - count));
  const hit = keys.slice(start, start + count);
  const lost = hit.slice(0, Math.ceil(count / 2));
  const changed = hit
    .slice(lost.length)
    .map((key, at) => [key, `192.168.${at >> 8}.${at & 255}/32`] as const);
  await node.drift(lost, new Map(changed));
}

async function expectWanted(node: Node, wanted: SeededPeers, after: string): Promise<void> {
  const live = await node.live();
  check(live.size === wanted.size, `${after}: ${live.size} peers in place of ${wanted.size}`);
  for (const [key, allowed] of wanted) check(live.get(key) === allowed, `${after}: ${key} is not as wanted`);
}

async function fill(url: string, size: number): Promise<SeededPeers> {
  const database = databaseOn(parseDatabaseUrl(url), { statementTimeoutMs: 60_000 });
  const admin = postgres(url, { max: 1, onnotice: () => {} });
  try {
    const endpoint = '192.0.2.1:51820';
    const { publicKey } = createKeyMaker().keyPair();
    const pools = [{ cidr4: '10.64.0.0/14', cidr6: null }];
    await createNodeStore(database).register({ id: LOCAL_NODE, publicKey, endpoint, pools });
    const peers = await seedPeers(admin, size);
    await admin.unsafe('vacuum analyze');
    return peers;
  } finally {
    await Promise.all([database.close(1_000), admin.end()]);
  }
}

function fakeNode(wanted: SeededPeers): Node {
  const fake = createFakeNode(createKeyMaker().keyPair().publicKey);
  for (const [key, allowed] of wanted) fake.peers.set(key, allowed);
  fake.publish();
  return {
    kind: 'a wg that prints a file',
    path: fake.path,
    async drift(lost, changed) {
      for (const key of lost) fake.peers.delete(key);
      for (const [key, allowed] of changed) fake.peers.set(key, allowed);
      fake.publish();
    },
    live: async () => fake.peers,
    close: async () => fake.close(),
  };
}

async function realNode(server: ServerInterface, wanted: SeededPeers): Promise<Node> {
  const kit = createDoorKit();
  const runner = createProcessRunner({
    ...kit,
    book: anyCall(120_000),
    baseEnv: { PATH: process.env.PATH ?? '' },
  });
  const tunnel = createWireguardTunnel({
    runner,
    clock: systemClock,
    kind: 'userspace',
    settings: server,
    commandTimeoutMs: 60_000,
  });
  await tunnel.ensureUp();
  const put = (peers: Iterable<readonly [string, string]>) =>
    [...peers].map(([key, allowed]) => ({ publicKey: key as PublicKey, allowedIps: [allowed] }));
  await tunnel.apply({ remove: [], add: put(wanted) });
  return {
    kind: 'wireguard-go',
    path: process.env.PATH ?? '',
    drift: (lost, changed) => tunnel.apply({ remove: lost as readonly PublicKey[], add: put(changed) }),
    live: async () =>
      new Map((await tunnel.read()).peers.map((peer) => [peer.publicKey as string, peer.allowedIps.join()])),
    close: () => tunnel.remove(),
  };
}

function startChild(name: ContenderName, site: ReconcileSite) {
  const script = new URL('./support/reconcile-child.ts', import.meta.url).pathname;
  const child = Bun.spawn([process.execPath, script, JSON.stringify([name, site])], {
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'inherit',
  });
  const lines = linesOf(child.stdout);
  return {
    async run(): Promise<ReconcileFigures> {
      child.stdin.write('run\n');
      child.stdin.flush();
      const { value, done } = await lines.next();
      if (done) throw new Error(`${name} ended`);
      return JSON.parse(value) as ReconcileFigures;
    },
    async stop(): Promise<void> {
      child.stdin.end();
      await child.exited;
    },
  };
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    const parts = text.split('\n');
    text = parts.pop() ?? '';
    yield* parts;
  }
}

function of(figures: Figures, name: ContenderName, part: keyof ReconcileFigures): readonly number[] {
  return (figures.get(name) ?? []).map((each) => each[part]);
}

function show(size: number, kind: string, all: readonly (readonly [number, Figures])[]): void {
  board.section(`${size.toLocaleString('en')} peers, ${kind} (median; block and memory: worst)`);
  board.table([
    ['drift', 'way', 'time', 'longest block', 'peak memory', 'statements'],
    ...all.flatMap(([share, figures]) =>
      CONTENDERS.map((name) => [
        `${share * 100} %`,
        name,
        milliseconds(median(of(figures, name, 'ms'))),
        milliseconds(Math.max(...of(figures, name, 'blockedMs'))),
        megabytes(Math.max(...of(figures, name, 'peakBytes'))),
        String(median(of(figures, name, 'statements'))),
      ]),
    ),
  ]);
  // Smaller ones are quick whatever one does.
  if (size >= 100_000) for (const [share, figures] of all) judge(size, share, figures);
}

function judge(size: number, share: number, figures: Figures): void {
  const ours = of(figures, 'ours', 'ms');
  const name = `${size.toLocaleString('en')} peers, ${share * 100} % drift`;
  board.atMost(`${name}: loop blocked`, Math.max(...of(figures, 'ours', 'blockedMs')), 10, milliseconds);
  if (share === 0) {
    const ratio = pairedRatio(of(figures, 'load everything', 'ms'), ours);
    board.atLeast(`${name}: less time than loading everything`, ratio, 3, times);
  }
  const rivals = CONTENDERS.slice(1).map((rival) => of(figures, rival, 'ms'));
  const quickest = ours.map((_, round) => Math.min(...rivals.map((each) => each[round] ?? Number.NaN)));
  board.atMost(`${name}: time of the quickest other way`, pairedRatio(ours, quickest), 1.4, times);
}

function serverInterface(): ServerInterface {
  return {
    name: 'wg0',
    privateKey: createKeyMaker().keyPair().privateKey,
    listenPort: 51820,
    address4: '10.64.0.1/14',
    address6: null,
    mtu: 1420,
    nat: false,
    dnsToHost: false,
  };
}
