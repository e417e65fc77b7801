/**
 * What open pages cost. See bench/README.md.
 *
 *   ./build.sh bench live            2,000 viewers; the viewers that never read for one minute
 *   ./build.sh bench live --long     those for ten minutes
 *   ./build.sh bench live --quick    a look
 */
import { readFileSync } from 'node:fs';
import { load, openViewers, type ServerKind, startServer } from './support/live-rig.ts';

interface Plan {
  readonly viewers: number;
  readonly seconds: number;
  readonly stalledSeconds: number;
  readonly loadMs: number;
  readonly rounds: number;
}

const PLANS: Readonly<Record<string, Plan>> = {
  default: { viewers: 2_000, seconds: 20, stalledSeconds: 60, loadMs: 2_000, rounds: 5 },
  long: { viewers: 2_000, seconds: 30, stalledSeconds: 600, loadMs: 3_000, rounds: 7 },
  quick: { viewers: 500, seconds: 6, stalledSeconds: 40, loadMs: 800, rounds: 3 },
};

const WARM_UP = 500;
const ONE_PANEL = '/live?panels=loop';
const OVERVIEW = `/live?panels=${'badge attention headline database pools jobs loop calls bot events'.replaceAll(' ', '+')}`;
const FRAGMENT = OVERVIEW.replace('/live', '/overview/panels');

const plan = PLANS[process.argv[2]?.replace('--', '') ?? 'default']!;
const missed: string[] = [];

function target(what: string, reached: boolean, figure: string): void {
  console.log(`  ${reached ? 'PASS' : 'MISS'}  ${what}: ${figure}`);
  if (!reached) missed.push(what);
}

interface Cost {
  /** Share of one core beyond what the server takes with nobody there. */
  readonly core: number;
  readonly kilobytes: number;
  readonly frameBytes: number;
  readonly lateP99: number;
}

/** Code that is compiled and a heap that has grown once are the program's, not a viewer's. */
async function warmUp(port: number, path: string): Promise<void> {
  const viewers = await openViewers(port, { count: WARM_UP, neverRead: 0, path });
  await Bun.sleep(5_000);
  await viewers[Symbol.asyncDispose]();
  await Bun.sleep(2_000);
}

async function costOf(kind: ServerKind, path: string): Promise<Cost> {
  await using server = await startServer(kind);
  await warmUp(server.port, path);
  const empty = await server.figures();
  await Bun.sleep(plan.seconds * 500);
  const idle = await server.figures();
  await using viewers = await openViewers(server.port, { count: plan.viewers, neverRead: 0, path });
  await Bun.sleep(3_000);
  await viewers.figures();
  const before = await server.figures();
  await Bun.sleep(plan.seconds * 1_000);
  const seen = await viewers.figures();
  const after = await server.figures();
  if (after.viewers !== plan.viewers) throw new Error(`${kind}: only ${after.viewers} viewers are left`);
  if (seen.frames < plan.viewers * plan.seconds * 0.9 && kind === 'hub') {
    throw new Error(`hub: ${seen.frames} frames came`);
  }
  const share = (from: typeof empty, to: typeof empty) => (to.cpuMs - from.cpuMs) / (to.atMs - from.atMs);
  return {
    core: share(before, after) - share(empty, idle),
    kilobytes: (after.rss - idle.rss) / plan.viewers / 1_024,
    frameBytes: seen.bytes / seen.frames,
    lateP99: seen.p99,
  };
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

async function viewersCost(): Promise<void> {
  console.log(`\n${plan.viewers} viewers at 1 Hz`);
  const ours = await costOf('hub', ONE_PANEL);
  const each = await costOf('each', ONE_PANEL);
  const whole = await costOf('hub', OVERVIEW);
  const row = (name: string, cost: Cost) =>
    console.log(
      `  ${name.padEnd(34)} ${percent(cost.core).padStart(8)} of a core  ${cost.kilobytes.toFixed(1).padStart(6)} KB each` +
        `  frame ${(cost.frameBytes / 1_024).toFixed(1).padStart(5)} KB  late p99 ${cost.lateP99} ms`,
    );
  row('ours, one panel', ours);
  row('drawn for each viewer, one panel', each);
  row('ours, the whole overview', whole);
  target('one panel for all viewers, at most 3 % of a core', ours.core <= 0.03, percent(ours.core));
  target('at most 8 KB each', ours.kilobytes <= 8, `${ours.kilobytes.toFixed(1)} KB`);
  const ratio = each.core / ours.core;
  target('against drawing for each viewer, at least 6x cheaper', ratio >= 6, `${ratio.toFixed(1)}x`);
}

interface Stalls {
  /** Seconds from a full pipe to the cut, the longest. */
  readonly longest: number;
  readonly cut: number;
}

/** Watches, in the kernel's table, the server's connections whose queue does not empty. */
function watchStalls(port: number) {
  const fullSince = new Map<string, number>();
  const queued = new Map<string, number>();
  const cutAfter: number[] = [];
  const hex = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const timer = setInterval(() => {
    const open = new Set<string>();
    for (const line of readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1)) {
      const [, local, remote, state, queues] = line.trim().split(/\s+/);
      if (!local?.endsWith(hex) || state !== '01') continue;
      open.add(remote!);
      const size = Number.parseInt(queues!.split(':')[0]!, 16);
      const grew = size > 0 && size >= (queued.get(remote!) ?? 0);
      queued.set(remote!, size);
      if (!grew) fullSince.delete(remote!);
      else if (!fullSince.has(remote!)) fullSince.set(remote!, performance.now());
    }
    for (const [remote, since] of fullSince) {
      if (open.has(remote)) continue;
      cutAfter.push((performance.now() - since) / 1_000);
      fullSince.delete(remote);
    }
  }, 500);
  return {
    stop: (): Stalls => {
      clearInterval(timer);
      return { longest: Math.max(0, ...cutAfter), cut: cutAfter.length };
    },
  };
}

async function stalled(): Promise<void> {
  const silent = Math.round(plan.viewers * 0.05);
  console.log(
    `\n${plan.viewers} viewers of the whole overview, ${silent} of which never read, ${plan.stalledSeconds} s`,
  );
  await using server = await startServer('hub');
  await Bun.sleep(2_000);
  await using viewers = await openViewers(server.port, {
    count: plan.viewers,
    neverRead: silent,
    path: OVERVIEW,
  });
  const watch = watchStalls(server.port);
  await Bun.sleep(5_000);
  await viewers.figures();
  const sizes: number[] = [];
  for (let part = 0; part < 10; part += 1) {
    await Bun.sleep(plan.stalledSeconds * 100);
    sizes.push((await server.figures()).rss);
  }
  const { viewers: left } = await server.figures();
  const seen = await viewers.figures();
  const { longest, cut } = watch.stop();
  const megabytes = sizes.map((size) => Math.round(size / 1_048_576));
  console.log(
    `  memory, MB: ${megabytes.join(' ')}; viewers left ${left}; others' ticks late p50 ${seen.p50}, p99 ${seen.p99}, max ${seen.max} ms`,
  );
  const growth = (sizes.at(-1)! - sizes[1]!) / sizes[1]!;
  target('memory is flat', growth < 0.1, `${percent(growth)} from the second reading to the last`);
  target('all that never read were cut off, no others', left === plan.viewers - silent, `${left} left`);
  target(
    'within 10 s of being stalled',
    cut >= silent * 0.95 && longest <= 10,
    `${longest.toFixed(1)} s at most, ${cut} seen`,
  );
  target("the others' ticks are on time", seen.p99 < 500, `p99 ${seen.p99} ms`);
}

async function fragments(): Promise<void> {
  console.log('\nfragments a second (the whole overview, 32 connections)');
  await using ours = await startServer('hub');
  await using bare = await startServer('bare');
  await using express = await startServer('express');
  await using ready = await startServer('ready');
  const rate = (server: { readonly port: number }) => load(server.port, FRAGMENT, plan.loadMs);
  const rounds: Record<'ours' | 'bare' | 'express' | 'ready', number>[] = [];
  for (let round = 0; round < plan.rounds; round += 1) {
    rounds.push({
      ours: await rate(ours),
      bare: await rate(bare),
      express: await rate(express),
      ready: await rate(ready),
    });
  }
  const row = (name: keyof (typeof rounds)[0], what: string) =>
    console.log(`  ${what.padEnd(46)} ${Math.round(median(rounds.map((each) => each[name])))}`);
  row('ours', 'ours: login, headers and all; drawn once a tick');
  row('bare', 'bare Bun.serve, drawn for each request');
  row('express', 'Express, drawn for each request');
  row('ready', 'bare Bun.serve, a ready text, no login');
  const toBare = median(rounds.map((each) => each.ours / each.bare));
  const toExpress = median(rounds.map((each) => each.ours / each.express));
  const toReady = median(rounds.map((each) => each.ours / each.ready));
  target('against bare Bun.serve, at least 0.85x', toBare >= 0.85, `${toBare.toFixed(2)}x`);
  target('against Express, at least 5x', toExpress >= 5, `${toExpress.toFixed(1)}x`);
  console.log(`        (${toReady.toFixed(2)}x of a bare server that only hands out the ready text)`);
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;

await viewersCost();
await stalled();
await fragments();
console.log(missed.length === 0 ? '\nall targets reached' : `\nmissed: ${missed.join('; ')}`);
process.exit(missed.length === 0 ? 0 : 1);
