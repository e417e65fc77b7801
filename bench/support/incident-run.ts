/** One replay of the incident: people at work, the fault, the healing, and what was seen meanwhile. */
import type { Sql } from 'postgres';
import type { Asked } from '../../tests/support/crowd.ts';
import { eventually } from '../../tests/support/eventually.ts';
import type { SilentNode } from '../../tests/support/silent-node.ts';
import type { SimulatorControl } from '../../tests/support/simulator-control.ts';
import { type AditScene, aditScene, formerScene, type Scene } from './incident-rig.ts';
import { type HealthFigures, metricsOf, probeHealth, type WaitFigures, waitsOf } from './incident-watch.ts';

/** What is told of both. */
export interface Former {
  readonly waits: WaitFigures;
  /** Share. */
  readonly withinTwo: number;
  readonly unasked: number;
  /** Longest time in which nobody got an answer, up to the end of the waiting. */
  readonly silenceMs: number;
  readonly health: HealthFigures;
  readonly loopLagMs: number;
  readonly node: { readonly count: number; readonly longestMs: number; readonly open: number };
}

export interface Ours extends Former {
  readonly attention: readonly string[];
  readonly refused: number;
  /** Share of the fault's time. */
  readonly breakerOpen: number;
  readonly notReady: number;
  readonly wireguard: { readonly asked: number; readonly delivered: number; readonly longestMs: number };
  readonly vless: {
    readonly promised: number;
    readonly delivered: number;
    readonly twice: number;
    readonly lastMs: number;
  };
}

/** From the first call without a body to the healing. */
interface Window {
  readonly from: Date;
  readonly to: Date;
}

const WARM_UP_MS = 15_000;
/** How long people go on waiting when the node is well again. */
const AFTER_MS = 60_000;
const LOOK_EVERY_MS = 1_000;
const DELIVERED_WITHIN_MS = 90_000;
const TWO_SECONDS_MS = 2_000;

export async function runFormer(faultMs: number): Promise<Former> {
  await using scene = await formerScene({ patienceMs: faultMs + AFTER_MS });
  const seen = await throughFault(scene, faultMs, async () => undefined);
  const { loopLagMs } = (await (await fetch(`${scene.base}/healthz`)).json()) as { loopLagMs: number };
  return { ...seen, loopLagMs };
}

export async function runOurs(faultMs: number): Promise<Ours> {
  await using scene = await aditScene({ patienceMs: faultMs + AFTER_MS });
  const looks = createLooks(scene);
  const seen = await throughFault(scene, faultMs, looks.look);
  await everythingDelivered(scene.sql);
  return {
    ...seen,
    // By now the last of them has ended too.
    node: nodeFigures(scene.node),
    ...(await looks.told()),
    wireguard: await wireguardIn(scene.sql, seen.window),
    vless: { ...(await vlessIn(scene.sql, seen.window)), twice: await linksTwice(scene) },
  };
}

/** Warm-up, fault, healing; `look` is called each second of the fault. */
async function throughFault(
  { node, crowd, base }: Scene,
  faultMs: number,
  look: () => Promise<void>,
): Promise<Omit<Former, 'loopLagMs'> & { readonly window: Window }> {
  const patienceMs = faultMs + AFTER_MS;
  crowd.go();
  await Bun.sleep(WARM_UP_MS);
  const health = probeHealth(base);
  const begunAt = performance.now();
  const unaskedBefore = crowd.unasked();
  const from = new Date();
  node.silence();
  for (let turn = 1; performance.now() - begunAt < faultMs; turn += 1) {
    await look();
    await Bun.sleep(Math.max(0, begunAt + turn * LOOK_EVERY_MS - performance.now()));
  }
  node.heal();
  const healedAt = performance.now();
  const to = new Date();
  const unasked = crowd.unasked() - unaskedBefore;
  await crowd.stop();
  const asked = crowd.asked().filter(({ at }) => at >= begunAt && at < healedAt);
  return {
    window: { from, to },
    waits: waitsOf(asked, patienceMs),
    withinTwo:
      asked.filter(({ waitMs }) => waitMs !== null && waitMs <= TWO_SECONDS_MS).length / asked.length,
    unasked,
    silenceMs: longestSilence(asked, begunAt, performance.now()),
    health: await health.stop(),
    node: nodeFigures(node),
  };
}

/** Between two answers to anybody; somebody asks five times a second. */
function longestSilence(asked: readonly Asked[], from: number, to: number): number {
  const answers = asked
    .flatMap(({ at, waitMs }) => (waitMs === null ? [] : [at + waitMs]))
    .toSorted((a, b) => a - b);
  const last = asked.some(({ waitMs }) => waitMs === null) ? [to] : [];
  let [before, longest] = [from, 0];
  for (const at of [...answers, ...last]) {
    longest = Math.max(longest, at - before);
    before = at;
  }
  return longest;
}

function nodeFigures(node: SilentNode): Former['node'] {
  const stalled = node.stalled();
  const now = performance.now();
  const held = stalled.map(({ heldMs, startedAt }) => heldMs ?? now - startedAt);
  return {
    count: stalled.length,
    longestMs: Math.max(0, ...held),
    open: stalled.filter(({ heldMs }) => heldMs === null).length,
  };
}

/** What the operator is told, second by second. */
function createLooks({ base, owner }: AditScene) {
  const said = new Set<string>();
  let [open, notReady, lag, turns] = [0, 0, 0, 0];
  const refusals = (metrics: ReadonlyMap<string, number>) =>
    [...metrics]
      .filter(([name]) => /^adit_call_failures_total\{call="xray_api\..*reason="breaker_open"/.test(name))
      .reduce((total, [, count]) => total + count, 0);
  return {
    async look() {
      turns += 1;
      const metrics = await metricsOf(base);
      if (metrics.get('adit_breaker_open{call="xray_api.put"}') === 1) open += 1;
      lag = Math.max(lag, metrics.get('adit_event_loop_lag_seconds{stat="max"}') ?? 0);
      const ready = await fetch(`${base}/readyz`);
      await ready.text();
      if (ready.status !== 200) notReady += 1;
      if (turns % 5 > 0) return;
      for (const line of await owner.attention()) said.add(line.replaceAll(/\b\d+( \d+)?\b/g, 'n'));
    },
    async told() {
      const refused = refusals(await metricsOf(base));
      return { attention: [...said], refused, breakerOpen: open / turns, notReady, loopLagMs: lag * 1000 };
    },
  };
}

async function everythingDelivered(sql: Sql): Promise<void> {
  const delivered = async () => {
    const [row] = await sql<{ left: number }[]>`
      select count(*)::int as left from adit.issues i join adit.peers p on p.id = i.peer_id
       where p.wanted and i.delivered_at is null`;
    return row!.left === 0;
  };
  // What is not there by then is told as not delivered.
  await eventually(delivered, { withinMs: DELIVERED_WITHIN_MS, everyMs: 200 }).catch(() => undefined);
}

async function wireguardIn(sql: Sql, { from, to }: Window): Promise<Ours['wireguard']> {
  const [row] = await sql<{ asked: number; delivered: number; longest: number | null }[]>`
    select count(*)::int as asked, count(i.delivered_at)::int as delivered,
           extract(epoch from max(i.delivered_at - i.created_at))::float * 1000 as longest
      from adit.issues i join adit.peers p on p.id = i.peer_id
     where p.protocol = 'wireguard' and i.created_at between ${from} and ${to} and (p.wanted or i.delivered_at is not null)`;
  return { asked: row!.asked, delivered: row!.delivered, longestMs: row!.longest ?? Number.NaN };
}

/** Of those that are still wanted: who revoked a device before its link came gets none. */
async function vlessIn(sql: Sql, { from, to }: Window): Promise<Omit<Ours['vless'], 'twice'>> {
  const [row] = await sql<{ promised: number; delivered: number; last: number | null }[]>`
    select count(*)::int as promised, count(i.delivered_at)::int as delivered,
           extract(epoch from max(i.delivered_at) - ${to})::float * 1000 as last
      from adit.issues i join adit.peers p on p.id = i.peer_id
     where p.protocol = 'vless' and i.created_at between ${from} and ${to} and p.wanted`;
  return { promised: row!.promised, delivered: row!.delivered, lastMs: row!.last ?? Number.NaN };
}

/** Links that stand in a chat more than once. */
async function linksTwice({
  control,
  crowd,
}: {
  control: SimulatorControl;
  crowd: Scene['crowd'];
}): Promise<number> {
  let twice = 0;
  for (const id of crowd.ids) {
    const texts = (await control.messages(id)).map(({ text }) => text ?? '');
    const links = texts.flatMap((text) => /vless:\/\/[^@]+@/.exec(text)?.[0] ?? []);
    twice += links.length - new Set(links).size;
  }
  return twice;
}
