/**
 * A main loop with its watchdog, from the sources, and something that blocks it.
 * Arguments: report file, end after ms or `never`, then what to do: `tight MS` a loop that computes, `native MS` a call
 * that waits without turning, `idle`. Says the moment a block begins, and `over` when it could go on.
 */
import { createLoopFreezes } from '../../../src/server/adapters/system/loop-freezes.ts';
import { createBoard } from '../../../src/server/adapters/system/watchdog/board.ts';
import { createWatchdog } from '../../../src/server/adapters/system/watchdog/watchdog.ts';
import { createRecordingLog } from '../recording-log.ts';

const [reportPath = '', end = 'never', how = 'idle', ms = '0'] = process.argv.slice(2);
const program = new URL('../../../src/server/adapters/system/watchdog/worker.ts', import.meta.url);
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

const board = createBoard();
createLoopFreezes({ board, earlier: [], onFreeze: (freeze) => say({ freeze }) });
const endMs = end === 'never' ? null : Number(end);
createWatchdog({ board, program, endMs, reportPath, log: createRecordingLog([]) }).start();

function block(): void {
  const until = performance.now() + Number(ms);
  if (how === 'native') Bun.sleepSync(Number(ms));
  else while (performance.now() < until) Math.sqrt(until);
}

const timer = setInterval(() => {
  if (board.lookAgeMs() === null) return;
  clearInterval(timer);
  board.began('job', 'the culprit');
  say({ began: Date.now(), pid: process.pid });
  if (how !== 'idle') block();
  say({ over: Date.now() });
}, 50);
setInterval(() => undefined, 1_000);
