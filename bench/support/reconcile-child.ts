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

/** A timer as short as there is; how late it comes is how long the loop was blocked. */
function watchLoop() {
  let longest = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last - 1);
    last = now;
  }, 1);
  return {
    stop() {
      clearInterval(timer);
      return Math.max(longest, performance.now() - last - 1);
    },
  };
}
