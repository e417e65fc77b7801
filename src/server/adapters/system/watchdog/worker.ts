/**
 * The watchdog's own thread; a second entry point of the compiled program. It never returns to an event loop: it sleeps,
 * looks, and sleeps again, until the board is closed.
 */
import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { createWatch, type Judgement } from '../../../core/watchdog.ts';
import { endProcessWithin, takesWrite } from '../libc.ts';
import { type Board, createBoard } from './board.ts';
import { monotonicMs } from './monotonic.ts';
import { appendFreeze, type FreezeLine } from './report-file.ts';

/** What the main thread hands over. */
export interface WatchdogData {
  readonly memory: SharedArrayBuffer;
  readonly alarmMs: number;
  /** Null: the process is never ended. */
  readonly endMs: number | null;
  readonly reportPath: string;
}

/** A freeze shorter than this is told and not kept. Milliseconds. */
const KEPT_MS = 1_000;
const STDERR = 2;
/** A disk that hangs must not save a process that hangs. Seconds. */
const LAST_WORDS_SECONDS = 3;

type Open = Pick<FreezeLine, 'id' | 'since' | 'running'>;

function watch(data: WatchdogData): void {
  const board = createBoard(data.memory);
  const { look } = createWatch(data);
  let open: Open | null = null;
  for (let goOn = true; goOn; ) {
    const judged = look(monotonicMs(), board.beats(), board.beatAgeMs());
    board.looked(judged.notCountedMs);
    if (judged.verdict !== 'fine') open = tell(data, board, judged, open);
    goOn = board.wait(judged.againInMs);
  }
}

function tell(data: WatchdogData, board: Board, { verdict, stoodMs }: Judgement, known: Open | null) {
  const ms = Math.round(stoodMs);
  const open = known ?? opened(board, ms);
  if (verdict === 'went-on') {
    if (ms >= KEPT_MS) keep(data, { ...open, ms, state: 'went-on' });
    return null;
  }
  if (verdict === 'end') endProcess(data, { ...open, ms, state: 'ended-process' });
  say(ms >= KEPT_MS ? 'error' : 'warn', { ...open, ms, msg: 'the event loop stands still' });
  if (ms >= KEPT_MS) keepStanding(data, { ...open, ms, state: 'stands' });
  return open;
}

/** Should the disk hold this thread up until the end is due, the kernel brings it. */
function keepStanding(data: WatchdogData, line: FreezeLine): void {
  if (data.endMs !== null) endProcessWithin(Math.ceil((data.endMs - line.ms) / 1_000) + LAST_WORDS_SECONDS);
  keep(data, line);
  endProcessWithin(0);
}

function opened(board: Board, ms: number): Open {
  const since = new Date(Date.now() - ms).toISOString();
  const running = board.latest().map(({ what, agoMs }) => ({ what, agoMs: Math.max(0, agoMs - ms) }));
  return { id: `${since}-${process.pid}`, since, running };
}

function endProcess(data: WatchdogData, line: FreezeLine): void {
  endProcessWithin(LAST_WORDS_SECONDS);
  const msg = 'the event loop stood still for WATCHDOG_SECONDS: the process ends, to be started again';
  say('error', { ...line, msg });
  keep(data, line);
  process.kill(process.pid, 'SIGKILL');
}

function keep({ reportPath }: WatchdogData, line: FreezeLine): void {
  try {
    appendFreeze(reportPath, line);
  } catch (error) {
    say('error', { error: String(error), msg: 'the report of a freeze could not be written' });
  }
}

/** In the form of the log, which cannot speak now. An output that takes nothing must not hold the watchdog up. */
function say(level: 'warn' | 'error', fields: Readonly<Record<string, unknown>>): void {
  const line = `${JSON.stringify({ level, time: new Date().toISOString(), part: 'watchdog', ...fields })}\n`;
  try {
    if (takesWrite(STDERR)) writeSync(STDERR, line);
  } catch {
    // Nobody listens.
  }
}

watch(workerData as WatchdogData);
