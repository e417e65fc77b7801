import type { Clock } from '../../core/ports/clock.ts';
import type { Deadlines } from './deadlines.ts';
import { createGate } from './gate.ts';
import type { Session } from './session.ts';

/**
 * A bounded pool of sessions. A permit of the gate stands for one connection the server may see: it is given
 * back only when the session is idle again or the server has let go of it, so that the server never counts
 * more than `max` of ours. The most recently used session goes out first; the rest may grow old and be ended.
 */
export interface Pool {
  /** Throws AppError `unavailable` after the longest wait, or what `open` threw. */
  acquire(options?: AcquireOptions): Promise<Lease>;
  /** Opens sessions until `count` exist, as far as permits are free; returns how many. Throws what `open` threw. */
  warm(count: number): Promise<number>;
  /** Sessions nobody uses, the most recently used last. */
  idle(): readonly PooledSession[];
  /** Sessions held for long, see `AcquireOptions`. */
  kept(): readonly PooledSession[];
  /** Ends an idle session; nothing happens when it was taken meanwhile. */
  retire(pooled: PooledSession): Promise<void>;
  stats(): PoolStats;
  /** Refuses new work, waits up to `graceMs` for what is held, then drops it. Repeating is safe. */
  close(graceMs: number): Promise<void>;
}

export interface AcquireOptions {
  /** For long and mostly silent use: the keeper asks now and then whether it is still there. */
  readonly keep?: boolean;
}

export interface Lease {
  readonly session: Session;
  /** Back to the pool, or away when it is lost. Repeating is safe. */
  release(): void;
}

export interface PooledSession {
  readonly session: Session;
  readonly openedAtMs: number;
  usedAtMs: number;
  kept: boolean;
}

export interface PoolStats {
  readonly in_use: number;
  readonly idle: number;
  readonly waiting: number;
  readonly max: number;
}

export interface PoolDeps {
  readonly max: number;
  readonly acquireTimeoutMs: number;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly open: () => Promise<Session>;
}

export function createPool({ max, acquireTimeoutMs, clock, deadlines, open }: PoolDeps): Pool {
  const gate = createGate(max, acquireTimeoutMs, deadlines);
  const idle: PooledSession[] = [];
  const held = new Set<PooledSession>();
  let closing = false;
  let closed = false;

  function takeIdle(): PooledSession | undefined {
    for (let one = idle.pop(); one !== undefined; one = idle.pop()) {
      if (!one.session.isLost) return one;
    }
    return undefined;
  }

  async function openPooled(): Promise<PooledSession> {
    const session = await open();
    const now = clock.monotonicMs();
    const pooled: PooledSession = { session, openedAtMs: now, usedAtMs: now, kept: false };
    void session.lost.then(() => remove(idle, pooled));
    return pooled;
  }

  async function discard(pooled: PooledSession): Promise<void> {
    await pooled.session.end();
    gate.give();
  }

  function release(pooled: PooledSession): void {
    if (!held.delete(pooled)) return;
    pooled.usedAtMs = clock.monotonicMs();
    if (closing || pooled.session.isLost) return void discard(pooled);
    idle.push(pooled);
    gate.give();
  }

  async function acquire({ keep = false }: AcquireOptions = {}): Promise<Lease> {
    await gate.take();
    try {
      const pooled = takeIdle() ?? (await openPooled());
      pooled.kept = keep;
      held.add(pooled);
      if (closed) pooled.session.destroy('closing');
      return { session: pooled.session, release: () => release(pooled) };
    } catch (error) {
      gate.give();
      throw error;
    }
  }

  async function warm(count: number): Promise<number> {
    let opened = 0;
    while (!closing && gate.free > 0 && idle.length + held.size < count) {
      await gate.take();
      try {
        const pooled = await openPooled();
        if (closing) await pooled.session.end();
        else idle.unshift(pooled);
        opened += 1;
      } finally {
        gate.give();
      }
    }
    return opened;
  }

  async function retire(pooled: PooledSession): Promise<void> {
    if (closing || gate.free === 0 || !remove(idle, pooled)) return;
    await gate.take();
    await discard(pooled);
  }

  async function close(graceMs: number): Promise<void> {
    closing = true;
    gate.close();
    const end = clock.monotonicMs() + graceMs;
    while (gate.free < max && clock.monotonicMs() < end) await clock.sleep(20);
    closed = true;
    for (const { session } of held) session.destroy('closing');
    await Promise.all(idle.splice(0).map(({ session }) => session.end()));
  }

  return {
    acquire,
    warm,
    idle: () => [...idle],
    kept: () => [...held].filter(({ kept }) => kept),
    retire,
    stats: () => ({ in_use: max - gate.free, idle: idle.length, waiting: gate.waiting, max }),
    close,
  };
}

function remove<T>(list: T[], item: T): boolean {
  const index = list.indexOf(item);
  if (index >= 0) list.splice(index, 1);
  return index >= 0;
}
