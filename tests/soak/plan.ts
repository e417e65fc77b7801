/** What goes wrong, and when: drawn from a seed before anything starts, so that the same seed means the same faults. */
import { createSeededRandom } from '../support/seeded-random.ts';

export interface PlannedFault<Name extends string = string> {
  readonly name: Name;
  /** From the beginning of the faults. Milliseconds. */
  readonly atMs: number;
  /** How long it lasts, for faults that last. Milliseconds. */
  readonly holdMs: number;
  /** Seed of whatever else the fault has to choose. */
  readonly dice: number;
}

export interface PlanOptions<Name extends string> {
  readonly seed: number;
  readonly forMs: number;
  readonly names: readonly Name[];
  /** Shortest and longest pause between two beginnings. Milliseconds. */
  readonly pauseMs: readonly [number, number];
  readonly holdMs: readonly [number, number];
}

/** Faults may overlap. Names are dealt like cards: none comes a third time before each has come twice. */
export function drawPlan<Name extends string>(options: PlanOptions<Name>): readonly PlannedFault<Name>[] {
  const random = createSeededRandom(options.seed);
  const between = ([least, most]: readonly [number, number]) => least + random.integer(most - least + 1);
  const plan: PlannedFault<Name>[] = [];
  let deck: Name[] = [];
  for (let atMs = between(options.pauseMs); atMs < options.forMs; atMs += between(options.pauseMs)) {
    if (deck.length === 0) deck = [...options.names];
    const [name] = deck.splice(random.integer(deck.length), 1);
    const holdMs = Math.min(between(options.holdMs), options.forMs - atMs);
    plan.push({ name: name!, atMs, holdMs, dice: random.integer(2 ** 31) });
  }
  return plan;
}
