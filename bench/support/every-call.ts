/**
 * Each call to the outside in turn is answered with 200, headers, and no (or half a) body, while people use the bot. Who
 * asks for something that the stalled call itself brings cannot hear, and their chat goes on when the call has given up:
 * they are counted apart. Everybody else must not notice.
 */
import { telegramCall } from '../../src/server/adapters/telegram/calls.ts';
import type { Asked } from '../../tests/support/crowd.ts';
import { eventually } from '../../tests/support/eventually.ts';
import { milliseconds } from './figures.ts';
import { type AditScene, aditScene } from './incident-rig.ts';
import { type HealthFigures, metricsOf, probeHealth, type WaitFigures, waitsOf } from './incident-watch.ts';
import { check, type Scoreboard } from './scoreboard.ts';

interface Target {
  /** Its name in metrics and breakers. */
  readonly call: string;
  readonly deadlineMs: number;
  /** Telegram's method, or the node's question. */
  readonly where: { readonly method: string } | { readonly question: string };
  /** Whether what somebody asked for comes by this very call. */
  brings(asked: Asked): boolean;
  /** How long it may keep the next answer of the same chat waiting. */
  readonly holdsMs: number;
}

const typed = ({ wish }: Asked) => wish.startsWith('/');
const nobody = () => false;
/** `holdsMs`: the limit of the body, over all tries. */
const telegram = (method: string, brings: Target['brings'] = nobody, holdsMs = 0): Target => ({
  call: `telegram.${method}`,
  deadlineMs: telegramCall(method)!.deadline,
  where: { method },
  brings,
  holdsMs,
});
const node = (call: string, question: string, deadlineMs = 5_000): Target => ({
  call: `xray_api.${call}`,
  deadlineMs,
  where: { question },
  brings: nobody,
  holdsMs: 0,
});

const TARGETS: readonly Target[] = [
  node('list', 'GET /v1/users'),
  node('put', 'PUT /v1/users'),
  node('remove', 'POST /v1/users/removals'),
  node('traffic', 'GET /v1/traffic', 3_000),
  telegram('sendDocument'),
  telegram('sendPhoto'),
  telegram('answerCallbackQuery'),
  telegram('editMessageText', (asked) => !typed(asked), 5_000),
  telegram('sendMessage', typed, 1_500),
  telegram('getUpdates', () => true),
];

const WARM_UP_MS = 15_000;
/** Until the last stalled call has given up and its breaker has let a probe through. */
const AFTER_MS = 25_000;
/** A short fault waits for its call this much longer: traffic is counted every half minute. */
const RAREST_MS = 40_000;
const PATIENCE_MS = 15_000;
const LOOK_EVERY_MS = 500;
const REST_WITHIN_MS = 120_000;
/** Over the deadline by no more than this. */
const SLACK_MS = 250;

interface Seen {
  readonly target: Target;
  readonly stalled: number;
  readonly opened: boolean;
  /** Longest try that was made. */
  readonly longestMs: number;
  readonly others: WaitFigures;
  readonly hit: WaitFigures;
  readonly health: HealthFigures;
}

export async function runEveryCall(board: Scoreboard, faultMs: number): Promise<void> {
  await using scene = await aditScene({ patienceMs: PATIENCE_MS, logLevel: 'debug' });
  scene.crowd.go();
  await Bun.sleep(WARM_UP_MS);
  const all: Seen[] = [];
  for (const target of TARGETS) {
    all.push(await stall(scene, target, faultMs / TARGETS.length));
    process.stderr.write('.');
  }
  process.stderr.write('\n');
  await scene.crowd.stop();
  await everythingDelivered(scene);
  show(board, all, faultMs / TARGETS.length);
}

async function stall(scene: AditScene, target: Target, ms: number): Promise<Seen> {
  const { crowd, base } = scene;
  const health = probeHealth(base);
  const from = performance.now();
  const said = scene.adit.output().length;
  const fault = await begin(scene, target);
  let opened = false;
  const lasted = () => performance.now() - from;
  while (lasted() < ms || (lasted() < ms + RAREST_MS && (await fault.stalled()) === 0)) {
    opened ||= (await metricsOf(base)).get(`adit_breaker_open{call="${target.call}"}`) === 1;
    await Bun.sleep(LOOK_EVERY_MS);
  }
  const stalled = await fault.stalled();
  await fault.end();
  await Bun.sleep(AFTER_MS);
  const asked = crowd.asked().filter(({ at }) => at >= from && at < performance.now() - PATIENCE_MS);
  const isHit = hitBy(target, asked);
  return {
    target,
    stalled,
    opened,
    longestMs: longestCall(scene.adit.output().slice(said), target.call),
    others: waitsOf(
      asked.filter((each) => !isHit.has(each)),
      PATIENCE_MS,
    ),
    hit: waitsOf(
      asked.filter((each) => isHit.has(each)),
      PATIENCE_MS,
    ),
    health: await health.stop(),
  };
}

async function begin({ node: xray, control }: AditScene, { where }: Target) {
  if ('question' in where) {
    const before = xray.stalled().length;
    xray.silence((call) => call === where.question);
    return {
      stalled: async () => xray.stalled().length - before,
      end: async () => xray.heal(),
    };
  }
  const id = await control.fault({ kind: 'stall_in_body', method: where.method });
  return { stalled: () => control.faultHits(id), end: () => control.clearFaults() };
}

/** Who asked for what the call brings, and whatever they asked while their chat was still held by it. */
function hitBy(target: Target, asked: readonly Asked[]): ReadonlySet<Asked> {
  const hit = new Set<Asked>();
  const heldUntil = new Map<number, number>();
  for (const each of asked) {
    const own = target.brings(each);
    if (own || each.at < (heldUntil.get(each.user) ?? 0)) hit.add(each);
    // A chat goes on in order: what was asked meanwhile is brought after it, by a call of its own.
    const before = Math.max(each.at, heldUntil.get(each.user) ?? 0);
    if (own) heldUntil.set(each.user, before + target.holdsMs + SLACK_MS);
  }
  return hit;
}

/** As the program itself noted each call that failed. */
function longestCall(output: string, call: string): number {
  const lines = output
    .split('\n')
    .filter((line) => line.includes('"http call failed"') && line.includes(call));
  const seconds = lines
    .map((line) => JSON.parse(line))
    .flatMap((line) => (line.call === call ? line.seconds : []));
  return Math.max(0, ...seconds) * 1000;
}

async function everythingDelivered({ sql }: AditScene): Promise<void> {
  const left = async () => {
    const [row] = await sql<{ left: number }[]>`
      select count(*)::int as left from adit.issues i join adit.peers p on p.id = i.peer_id
       where p.wanted and i.delivered_at is null and not exists (
         select from adit.issues n where n.peer_id = i.peer_id and n.created_at > i.created_at)`;
    return row!.left;
  };
  await eventually(async () => (await left()) === 0, { withinMs: REST_WITHIN_MS, everyMs: 500 }).catch(
    () => undefined,
  );
  check((await left()) === 0, 'not everything that was promised was delivered');
}

function show(board: Scoreboard, all: readonly Seen[], eachMs: number): void {
  board.section(`Each call answers 200 and no body for ${eachMs / 1000} s; 50 users, 5 requests a second`);
  const head = [
    '',
    'stalled',
    'longest',
    'breaker',
    'others asked',
    'p95',
    'longest',
    'hit asked',
    'heard',
    'longest',
    'health',
  ];
  board.table([head, ...all.map(rowOf)]);
  for (const { target, others, longestMs, health, stalled } of all) {
    const { call, deadlineMs } = target;
    board.atLeast(`${call}: calls without a body`, stalled, 1, String);
    if (others.asked > 0)
      board.atMost(`${call}: longest wait of the others`, others.max, 2_000, milliseconds);
    board.atMost(`${call}: longest call`, longestMs, deadlineMs + SLACK_MS, milliseconds);
    board.atMost(`${call}: health, longest of all`, health.worstMs, 250, milliseconds);
    board.atMost(`${call}: health failed`, health.failed, 0, String);
  }
}

function rowOf({ target, stalled, opened, longestMs, others, hit, health }: Seen): readonly string[] {
  return [
    target.call,
    String(stalled),
    milliseconds(longestMs),
    opened ? 'opened' : 'closed',
    String(others.asked),
    milliseconds(others.p95),
    milliseconds(others.max),
    String(hit.asked),
    String(hit.asked - hit.unanswered),
    milliseconds(hit.max),
    milliseconds(health.worstMs),
  ];
}
