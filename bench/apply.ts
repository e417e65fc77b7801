/**
 * What it costs to bring new peers onto a live WireGuard interface. See bench/README.md. Needs root.
 *
 *   ./build.sh bench apply            with 1,000, 10,000 and 50,000 peers present
 *   ./build.sh bench apply --full     rewriting everything also with 50,000 present; more rounds
 *   ./build.sh bench apply --quick    small
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createProcessRunner } from '../src/server/adapters/process/process-runner.ts';
import { systemClock } from '../src/server/adapters/system/clock.ts';
import { sweepTemps, writeFileDurably } from '../src/server/adapters/system/durable-file.ts';
import { withFileLock } from '../src/server/adapters/system/flock.ts';
import { createConfigFile } from '../src/server/adapters/wireguard/config-file.ts';
import { detectBackend } from '../src/server/adapters/wireguard/detect-backend.ts';
import { createKeyMaker } from '../src/server/adapters/wireguard/key-maker.ts';
import { createWireguardTunnel } from '../src/server/adapters/wireguard/wireguard-tunnel.ts';
import type { Tunnel, TunnelConfigFile, TunnelPeer } from '../src/server/core/ports/tunnel.ts';
import { parseServerConfig } from '../src/server/core/server-config.ts';
import type { ServerInterface } from '../src/server/core/server-interface.ts';
import { anyCall, createDoorKit } from '../tests/support/door-kit.ts';
import {
  type ApplyContender,
  ONE_SET_EACH,
  OURS,
  oneSetEach,
  ours,
  REWRITE,
  rewriteAll,
} from './support/apply-contenders.ts';
import { median, milliseconds, pairedRatio, times } from './support/figures.ts';
import { isInside, runInside, words } from './support/inside-namespace.ts';
import { inRounds } from './support/rounds.ts';
import { check, createScoreboard } from './support/scoreboard.ts';
import { checkInterface, somePeers } from './support/tunnel-peers.ts';

interface Plan {
  readonly present: readonly number[];
  /** Beyond this, rewriting everything takes minutes. */
  readonly mostRewritten: number;
  readonly many: number;
  readonly rounds: {
    readonly one: number;
    readonly many: number;
    readonly rewrite: number;
    readonly stages: number;
  };
}

const PLANS: Readonly<Record<string, Plan>> = {
  default: {
    present: [1_000, 10_000, 50_000],
    mostRewritten: 10_000,
    many: 1_000,
    rounds: { one: 25, many: 5, rewrite: 2, stages: 7 },
  },
  full: {
    present: [1_000, 10_000, 50_000],
    mostRewritten: 50_000,
    many: 1_000,
    rounds: { one: 51, many: 9, rewrite: 3, stages: 15 },
  },
  quick: {
    present: [500, 2_000],
    mostRewritten: 2_000,
    many: 200,
    rounds: { one: 7, many: 3, rewrite: 1, stages: 3 },
  },
};

/** Milliseconds of each round. */
type Times = ReadonlyMap<string, readonly number[]>;

interface Stages {
  readonly present: number;
  readonly added: number;
  readonly apply: number;
  readonly read: number;
  readonly file: number;
}

if (!isInside()) process.exit(await runInside(import.meta.path));

const wish = words()[0]?.replace(/^--/, '') ?? 'default';
const plan = PLANS[wish] as Plan;
if (plan === undefined) throw new Error(`no such size: ${wish}; there is ${Object.keys(PLANS).join(', ')}`);
const board = createScoreboard((text) => void process.stdout.write(text));
const folder = await mkdtemp(join(tmpdir(), 'adit-bench-apply-'));
const runner = createProcessRunner({ ...createDoorKit(), book: anyCall(60_000) });
try {
  const { kind } = await detectBackend({ runner });
  if (kind === null) throw new Error('this machine can carry no WireGuard');
  if (kind === 'kernel') await measureBackend('kernel');
  await measureBackend('userspace');
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exit(board.finish());

async function measureBackend(kind: 'kernel' | 'userspace'): Promise<void> {
  const server = serverInterface();
  const tunnel = createWireguardTunnel({
    runner,
    clock: systemClock,
    kind,
    settings: server,
    commandTimeoutMs: 60_000,
  });
  const file = configFile(server);
  await tunnel.ensureUp();
  const all: [number, Times, Times][] = [];
  const stages: Stages[] = [];
  const present: TunnelPeer[] = [];
  for (const count of plan.present) {
    const fill = somePeers(2 + present.length, count - present.length);
    await tunnel.apply({ remove: [], add: fill });
    present.push(...fill);
    const quick = [ours(tunnel), oneSetEach(runner, server)];
    const one = new Map(await timed(tunnel, quick, present, 1, plan.rounds.one));
    if (count <= plan.mostRewritten) {
      const both = [ours(tunnel), rewriteAll(runner, server, folder)];
      one.set(REWRITE, (await timed(tunnel, both, present, 1, plan.rounds.rewrite)).get(REWRITE) ?? []);
    }
    all.push([count, one, await timed(tunnel, quick, present, plan.many, plan.rounds.many)]);
    for (const added of [1, plan.many]) stages.push(await timedStages(tunnel, file, present, added));
    process.stderr.write('.');
  }
  process.stderr.write('\n');
  await tunnel.remove();
  show(kind, all, stages);
}

/** Each round of each contender: peers are added, the interface is compared with what was wanted, they are taken away. */
async function timed(
  tunnel: Tunnel,
  contenders: readonly ApplyContender[],
  present: readonly TunnelPeer[],
  count: number,
  rounds: number,
): Promise<Times> {
  return inRounds(rounds, contenders, async (contender) => {
    const added = somePeers(2 + present.length, count);
    const startedAt = performance.now();
    await contender.add(added, present);
    const ms = performance.now() - startedAt;
    await checkInterface(tunnel, [...present, ...added], contender.name);
    await tunnel.apply({ remove: added.map((peer) => peer.publicKey), add: [] });
    return ms;
  });
}

/** A whole group commit as services/apply-peers does it, its parts timed one by one. */
async function timedStages(
  tunnel: Tunnel,
  file: TunnelConfigFile,
  present: readonly TunnelPeer[],
  count: number,
): Promise<Stages> {
  const rounds = await inRounds(plan.rounds.stages, [{ name: OURS }], async () => {
    const added = somePeers(2 + present.length, count);
    const wanted = [...present, ...added];
    const at = [performance.now()];
    await tunnel.apply({ remove: [], add: added });
    at.push(performance.now());
    const state = await tunnel.read();
    at.push(performance.now());
    await file.write(wanted);
    at.push(performance.now());
    check(state.peers.length === wanted.length, 'the read-back misses peers');
    const written = parseServerConfig(await Bun.file(confPath()).text());
    check(Bun.deepEquals(written.peers, wanted), 'wg0.conf is not what was wanted');
    await checkInterface(tunnel, wanted, 'a group commit');
    await tunnel.apply({ remove: added.map((peer) => peer.publicKey), add: [] });
    return at.slice(1).map((end, part) => end - at[part]!);
  });
  const part = (index: number) => median((rounds.get(OURS) ?? []).map((each) => each[index]!));
  return { present: present.length, added: count, apply: part(0), read: part(1), file: part(2) };
}

function show(kind: string, all: readonly [number, Times, Times][], stages: readonly Stages[]): void {
  const { many } = plan;
  board.section(`${kind}: the interface step alone (median)`);
  board.table([
    ['peers present', `1: ${OURS}`, ONE_SET_EACH, REWRITE, `${many}: ${OURS}`, ONE_SET_EACH],
    ...all.map(([count, one, lots]) => [
      count.toLocaleString('en'),
      ...[OURS, ONE_SET_EACH, REWRITE].map((name) => milliseconds(median(one.get(name) ?? []))),
      ...[OURS, ONE_SET_EACH].map((name) => milliseconds(median(lots.get(name) ?? []))),
    ]),
  ]);
  board.section(`${kind}: a whole group commit, part by part (median)`);
  board.table([
    ['present + added', 'interface', 'read-back', 'wg0.conf', 'all'],
    ...stages.map((each) => [
      `${each.present.toLocaleString('en')} + ${each.added.toLocaleString('en')}`,
      ...[each.apply, each.read, each.file, sumOf(each)].map(milliseconds),
    ]),
  ]);
  judge(kind, all, stages);
}

function judge(kind: string, all: readonly [number, Times, Times][], stages: readonly Stages[]): void {
  const [least, most] = [all[0]!, all.at(-1)!];
  for (const [count, one] of all) {
    const rewritten = one.get(REWRITE);
    if (count !== 10_000 || !rewritten) continue;
    const ratio = median(rewritten) / median(one.get(OURS) ?? []);
    board.atLeast(`${kind}: 1 peer with 10,000 present, less time than rewriting`, ratio, 1000, times);
  }
  const against = Math.min(
    ...all.map(([, , many]) => pairedRatio(many.get(ONE_SET_EACH) ?? [], many.get(OURS) ?? [])),
  );
  board.atLeast(
    `${kind}: ${plan.many} peers, less time than ${plan.many} \`wg set\` (worst)`,
    against,
    15,
    times,
  );
  for (const [index, added] of [
    [1, 1],
    [2, plan.many],
  ] as const) {
    const cost = (from: readonly [number, Times, Times]) => median((from[index] as Times).get(OURS) ?? []);
    const name = `${kind}: ${added} added, ${most[0]} present against ${least[0]}`;
    board.atMost(`${name}, interface`, cost(most) / cost(least), 1.5, times);
    const whole = stages.filter((each) => each.added === added).map(sumOf);
    board.atMost(`${name}, whole commit`, whole.at(-1)! / whole[0]!, 1.5, times);
  }
}

function sumOf({ apply, read, file }: Stages): number {
  return apply + read + file;
}

function serverInterface(): ServerInterface {
  return {
    name: 'wg0',
    privateKey: createKeyMaker().keyPair().privateKey,
    listenPort: 51820,
    address4: '10.66.0.1/16',
    address6: 'fd00:66::1/64',
    mtu: 1420,
    nat: false,
    dnsToHost: false,
  };
}

function configFile(server: ServerInterface): TunnelConfigFile {
  return createConfigFile({
    path: confPath(),
    lockPath: `${confPath()}.lock`,
    server,
    lockTimeoutMs: 5_000,
    clock: systemClock,
    withFileLock,
    writeFileDurably,
    sweepTemps,
  });
}

function confPath(): string {
  return join(folder, 'ours.conf');
}
