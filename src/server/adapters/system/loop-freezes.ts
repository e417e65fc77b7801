import type { Freeze } from '../../core/ports/vitals.ts';
import type { Board } from './watchdog/board.ts';

export interface LoopFreezes {
  /** The last times the loop stood still, those of earlier lives of the program among them, newest first. */
  read(): readonly Freeze[];
  /** The latest a timer was since the last question, in milliseconds. */
  takeLongestLateMs(): number;
  stop(): void;
}

export interface LoopFreezesOptions {
  /** Beats on it, and reads from it what began last and when the whole process was held up. */
  readonly board: Board;
  /** Freezes of earlier lives, newest first. */
  readonly earlier: readonly Freeze[];
  /** Told of each freeze when it is over. */
  onFreeze(freeze: Freeze): void;
}

export const BEAT_MS = 20;
/** What is longer than this is a freeze. */
export const FREEZE_MS = 100;
const KEPT = 20;

/**
 * The heartbeat: a beat every 20 ms, which the watchdog reads from its own thread. Beside that it notices how late it
 * comes itself: so a block is told after it with its exact length, a short one too. Time in which the whole process was
 * stopped is no freeze.
 */
export function createLoopFreezes({ board, earlier, onFreeze }: LoopFreezesOptions): LoopFreezes {
  let freezes = earlier.slice(0, KEPT);
  let longest = 0;
  let last = performance.now();
  let notCountedMs = board.notCountedMs();

  function beat(): void {
    const now = performance.now();
    const heldUp = board.notCountedMs();
    const late = Math.max(0, now - last - BEAT_MS - Math.max(0, heldUp - notCountedMs));
    last = now;
    notCountedMs = heldUp;
    longest = Math.max(longest, late);
    if (late > FREEZE_MS) frozen(late);
    board.beat();
  }

  function frozen(ms: number): void {
    const running = board
      .latest()
      .map(({ what, agoMs }) => ({ what, agoMs: Math.round(Math.max(0, agoMs - ms)) }));
    const freeze: Freeze = { at: Date.now(), ms, running, end: 'went-on' };
    freezes = [freeze, ...freezes].slice(0, KEPT);
    onFreeze(freeze);
  }

  board.beat();
  const timer = setInterval(beat, BEAT_MS);
  timer.unref();
  return {
    read: () => freezes,
    takeLongestLateMs() {
      // A block that goes on now would else be told a second later.
      const taken = Math.max(longest, performance.now() - last - BEAT_MS);
      longest = 0;
      return Math.max(0, taken);
    },
    stop: () => clearInterval(timer),
  };
}
