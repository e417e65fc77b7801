import type { Clock } from '../../core/ports/clock.ts';
import type { LongLived } from '../../core/ports/process-runner.ts';
import { type Child, isRunning, killGroup } from './child-group.ts';

/** How much of a child's last words is kept. */
const TAIL_BYTES = 65_536;
/** How long a pipe may stay open after the leader's end, before we let go of it. */
const DRAIN_MS = 1_000;

/** Watches over a child meant to live: reads its pipes all the time, and clears its group when the leader ends. */
export function watchOver(child: Child, clock: Clock, signal?: AbortSignal): LongLived {
  const tail = createTail();
  const readers = [child.stdout.getReader(), child.stderr.getReader()];
  const drained = Promise.all(readers.map((reader) => drain(reader, tail.add)));
  const kill = () => killGroup(child.pid);
  signal?.addEventListener('abort', kill, { once: true });
  if (signal?.aborted) kill();

  async function untilEnd(): Promise<number> {
    const code = await child.exited;
    signal?.removeEventListener('abort', kill);
    kill();
    await Promise.race([drained, clock.sleep(DRAIN_MS)]);
    for (const reader of readers) void reader.cancel().catch(() => {});
    return code;
  }
  const exited = untilEnd();

  return {
    pid: child.pid,
    exited,
    tail: tail.text,
    async stop(stopSignal, graceMs) {
      if (isRunning(child)) child.kill(stopSignal);
      const grace = new AbortController();
      const patience = clock.sleep(graceMs, grace.signal).then(kill, () => {});
      await Promise.race([child.exited, patience]);
      grace.abort();
      await exited;
    },
  };
}

async function drain(reader: ReadableStreamDefaultReader<Uint8Array>, add: (chunk: Uint8Array) => void) {
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      add(value);
    }
  } catch {
    // The pipe is gone; the child's end says the rest.
  }
}

interface Tail {
  add(chunk: Uint8Array): void;
  text(): string;
}

function createTail(): Tail {
  const chunks: Uint8Array[] = [];
  let total = 0;
  return {
    add(chunk) {
      chunks.push(chunk);
      total += chunk.byteLength;
      while (chunks.length > 1 && total - chunks[0]!.byteLength >= TAIL_BYTES) {
        total -= chunks.shift()!.byteLength;
      }
    },
    text: () => Buffer.concat(chunks).subarray(-TAIL_BYTES).toString('utf8'),
  };
}
