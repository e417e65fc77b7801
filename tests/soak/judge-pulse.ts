import type { House } from './house.ts';

const LIMIT_MS = 250;
/** Asked this close to a fault, the moment it began cannot be told. */
const EDGE_MS = 60;

/**
 * Counts the misses while Adit was meant to be well. The machine's are those that a server which does nothing missed too, and
 * those that would be none without the time Adit was ready to run and had no processor.
 */
export function judgePulse({ pulse, supervisor }: House): string {
  const late = pulse.slow.filter((each) => !each.ok || each.ms > LIMIT_MS);
  const meant = late.filter((each) =>
    supervisor.meantToBeWell(each.at - EDGE_MS, each.at + each.ms + EDGE_MS),
  );
  const machine = meant.filter(
    (each) => each.witnessMs > LIMIT_MS / 2 || (each.ok && each.ms - each.queuedMs <= LIMIT_MS),
  );
  if (late.length === meant.length && supervisor.starts() > 1) {
    throw new Error(`of ${supervisor.starts()} starts nothing was seen: the pulse itself is not well`);
  }
  const own = meant.filter((each) => !machine.includes(each));
  const worst = (beats: typeof meant) => Math.max(0, ...beats.map((each) => each.ms));
  const said = `${pulse.asked()} asked; ${own.length} misses, worst ${worst(own)} ms; ${late.length - meant.length} while it was down; ${machine.length} more for want of a processor, worst ${worst(machine)} ms`;
  if (own.length > 0) {
    const examples = own
      .slice(0, 8)
      .map((each) => `${new Date(each.at).toISOString()} ${JSON.stringify(each)}`);
    throw new Error([said, ...examples].join('\n    '));
  }
  return said;
}
