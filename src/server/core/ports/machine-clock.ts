/** The clock that all programs of one machine share: unlike wall time it never jumps. */
export interface MachineClock {
  /** Another one after each start of the machine; then `nowMs` begins anew too. */
  readonly machineBoot: string;
  /** Milliseconds of CLOCK_MONOTONIC, the same in every process. */
  nowMs(): number;
}
