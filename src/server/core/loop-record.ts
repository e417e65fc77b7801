/** What a loop has to show for itself: a loop may never die in silence. */
export interface LoopRecord {
  readonly name: string;
  /** Null: never yet. */
  readonly lastSuccessAgeMs: number | null;
  readonly failuresInRow: number;
  /** How often the loop itself had to be begun again: it broke beside its work, or hung in it. */
  readonly restarts: number;
  /** Since a turn ended, well or not; null: none has yet. A loop that hangs shows here, one that fails does not. */
  readonly lastTurnAgeMs: number | null;
  /** Without a success for longer than this it is red. */
  readonly redAfterMs: number;
}

/** What most loops are given before they are red, in milliseconds. */
export const LOOP_RED_MS = 120_000;
/** A loop that never had a success is red after so many failures. */
const FAILURES_BEFORE_FIRST = 5;

export function isRed({ lastSuccessAgeMs: age, failuresInRow, redAfterMs }: LoopRecord): boolean {
  return age === null ? failuresInRow >= FAILURES_BEFORE_FIRST : age > redAfterMs;
}
