/** One contender in a process of its own: for each line on standard input it runs once and prints what it took. */
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { memoryOf } from './process-figures.ts';
import { type ContenderName, createContender, type ReconcileSite } from './reconcile-contenders.ts';

export interface ReconcileFigures {
  readonly ms: number;
  /** The longest time nothing else could run. */
  readonly blockedMs: number;
  /** Above what the process had when the run began. Bytes. */
  readonly peakBytes: number;
  readonly statements: number;
}

const [name, site] = JSON.parse(process.argv[2]!) as [ContenderName, ReconcileSite];
const contender = createContender(name, site);
for await (const _ of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await measure())}\n`);
}
process.exit(0);

async function measure(): Promise<ReconcileFigures> {
  Bun.gc(true);
  // proc(5): 5 sets the peak of the resident memory back to what it is.
  writeFileSync('/proc/self/clear_refs', '5');
  const before = memoryOf(process.pid).resident;
  const statements = contender.statements();
  const beat = watchLoop();
  const startedAt = performance.now();
  await contender.run();
  const ms = performance.now() - startedAt;
  return {
    ms,
    blockedMs: beat.stop(),
    peakBytes: memoryOf(process.pid).peak - before,
    statements: contender.statements() - statements,
  };
}

/**
 * A timer as short as there is; how late it comes is how long the loop was blocked. What the process did not run in that time
 * somebody else on the machine took: it is not counted.
 */
function watchLoop() {
  let longest = 0;
  let last = performance.now();
  let used = process.cpuUsage();
  function look(): void {
    const spent = process.cpuUsage(used);
    const ran = (spent.user + spent.system) / 1_000;
    longest = Math.max(longest, Math.min(performance.now() - last - 1, ran));
    last = performance.now();
    used = process.cpuUsage();
  }
  const timer = setInterval(look, 1);
  return {
    stop() {
      clearInterval(timer);
      look();
      return longest;
    },
  };
}
