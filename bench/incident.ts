/**
 * The incident replayed: a node that answers `200 OK` and never sends the body, while 50 people use the bot. The compiled
 * binary, and in the same run the bot as it was written then. See docs/incidents.md and bench/README.md.
 *
 *   ./build.sh bench incident                  two times three minutes of fault, ours and the former way
 *   ./build.sh bench incident --minutes 15     the whole length
 *   ./build.sh bench incident --quick          twenty seconds
 *   ./build.sh bench incident --every-call     ours alone: each outside call in turn gets no body (--minutes for all)
 */
import { parseArgs } from 'node:util';
import { runEveryCall } from './support/every-call.ts';
import { milliseconds } from './support/figures.ts';
import { freshBinary } from './support/fresh-binary.ts';
import { type Former, type Ours, runFormer, runOurs } from './support/incident-run.ts';
import { createScoreboard } from './support/scoreboard.ts';

const QUICK_MS = 20_000;
const MINUTE_MS = 60_000;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string' },
    quick: { type: 'boolean', default: false },
    'every-call': { type: 'boolean', default: false },
  },
});
const minutes = Number(values.minutes ?? 3);
if (!(minutes > 0)) throw new Error('--minutes takes a number above 0');
const faultMs = values.quick ? QUICK_MS : minutes * MINUTE_MS;

await freshBinary();
const board = createScoreboard((text) => void process.stdout.write(text));
if (values['every-call']) await runEveryCall(board, faultMs);
else await replay();
process.exit(board.finish());

async function replay(): Promise<void> {
  const ours = await runOurs(faultMs);
  const former = await runFormer(faultMs);
  board.section(`50 users, 5 requests a second; ${faultMs / 1000} s of 200 without a body`);
  board.table([['', 'Adit', 'the former way'], ...rowsOf(ours, former)]);
  board.say(`\nThe overview said meanwhile:\n${ours.attention.map((line) => `  - ${line}`).join('\n')}`);
  setTargets(ours);
}

function rowsOf(ours: Ours, former: Former): readonly (readonly string[])[] {
  const both = (name: string, of: (each: Ours | Former) => string) => [name, of(ours), of(former)];
  const alone = (name: string, what: string) => [name, what, '–'];
  return [
    both('requests asked during the fault', ({ waits }) => String(waits.asked)),
    both('not to be asked, as all 50 waited', ({ unasked }) => String(unasked)),
    both('answered within 2 s', ({ withinTwo }) => `${(withinTwo * 100).toFixed(1)} %`),
    both('wait for the first answer, p50', ({ waits }) => milliseconds(waits.p50)),
    both('p95', ({ waits }) => milliseconds(waits.p95)),
    both('longest', ({ waits }) => `${waits.unanswered > 0 ? '> ' : ''}${milliseconds(waits.max)}`),
    both('never answered', ({ waits }) => String(waits.unanswered)),
    both('longest silence of the bot', ({ silenceMs }) => milliseconds(silenceMs)),
    both('health, longest of all', ({ health }) => milliseconds(health.worstMs)),
    both('health failed', ({ health }) => `${health.failed} of ${health.asked}`),
    both('event loop late at most', ({ loopLagMs }) => milliseconds(loopLagMs)),
    both('calls of the node without a body', ({ node }) => String(node.count)),
    both('longest of them', ({ node }) => `${node.open > 0 ? '> ' : ''}${milliseconds(node.longestMs)}`),
    alone('refused at once by the breaker', String(ours.refused)),
    alone('breaker of the node open', `${(ours.breakerOpen * 100).toFixed(0)} % of the time`),
    alone(
      'WireGuard configs asked / delivered meanwhile',
      `${ours.wireguard.asked} / ${ours.wireguard.delivered}`,
    ),
    alone('WireGuard: longest from wish to config', milliseconds(ours.wireguard.longestMs)),
    alone(
      'VLESS links promised / delivered / twice',
      `${ours.vless.promised} / ${ours.vless.delivered} / ${ours.vless.twice}`,
    ),
    alone('last of them, after the node was well', milliseconds(ours.vless.lastMs)),
    alone('/readyz not 200', String(ours.notReady)),
  ];
}

function setTargets(ours: Ours): void {
  const count = String;
  board.atMost('longest wait of a user', ours.waits.max, 2_000, milliseconds);
  board.atMost('requests never answered', ours.waits.unanswered, 0, count);
  board.atMost('health, longest of all', ours.health.worstMs, 250, milliseconds);
  board.atMost('health failed', ours.health.failed, 0, count);
  board.atMost('longest call of the node (deadline 5 s)', ours.node.longestMs, 5_250, milliseconds);
  board.atMost('calls of the node that never ended', ours.node.open, 0, count);
  board.atLeast('VLESS links promised', ours.vless.promised, 1, count);
  board.atMost('VLESS links not delivered', ours.vless.promised - ours.vless.delivered, 0, count);
  board.atMost('VLESS links delivered twice', ours.vless.twice, 0, count);
  board.atMost('WireGuard configs not delivered', ours.wireguard.asked - ours.wireguard.delivered, 0, count);
}
