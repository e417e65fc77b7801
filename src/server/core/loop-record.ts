/** What a loop has to show for itself: a loop may never die in silence. */
export interface LoopRecord {
  readonly name: string;
  /** Null: never yet. */
  readonly lastSuccessAgeMs: number | null;
  readonly failuresInRow: number;
}
