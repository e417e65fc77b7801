import type { Freeze } from '../../core/ports/vitals.ts';

export interface LoopFreezes {
  /** The last times the loop stood still, newest first. */
  read(): readonly Freeze[];
  /** The latest a timer was since the last question, in milliseconds. */
  takeLongestLateMs(): number;
  stop(): void;
}

const BEAT_MS = 20;
const FREEZE_MS = 100;
const KEPT = 20;

/**
 * A beat every 20 ms that notices how late it comes: a block of the event loop is told after it, with its end and its
 * length. Costs a timer, and nothing else.
 */
export function createLoopFreezes(): LoopFreezes {
  let freezes: readonly Freeze[] = [];
  let longest = 0;
  let last = performance.now();

  function beat(): void {
    const now = performance.now();
    const late = Math.max(0, now - last - BEAT_MS);
    last = now;
    longest = Math.max(longest, late);
    if (late > FREEZE_MS) freezes = [{ at: Date.now(), ms: late }, ...freezes].slice(0, KEPT);
  }

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
