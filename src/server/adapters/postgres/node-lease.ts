import type { NodeId } from '../../core/ids.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { HeldLease, NodeLease } from '../../core/ports/node-lease.ts';
import type { Database } from './client.ts';
import type { ReservedSql } from './raw-sql.ts';

/** How often a process that waits asks again. Milliseconds. */
const ASK_EVERY_MS = 500;
/** How often the holder proves that its session lives; a dead peer is noticed by the answer that never comes. */
const PROVE_EVERY_MS = 2000;

/**
 * The lease is a session-level advisory lock on a reserved connection: it ends with the session, however that ends,
 * so a killed process never leaves it behind. The connection counts against the pool.
 */
export function createNodeLease(deps: { readonly database: Database; readonly clock: Clock }): NodeLease {
  return {
    async acquire(node, signal) {
      for (;;) {
        const held = await tryOnce(deps, node);
        if (held) return held;
        await deps.clock.sleep(ASK_EVERY_MS, signal);
      }
    },
  };
}

async function tryOnce(
  deps: { readonly database: Database; readonly clock: Clock },
  node: NodeId,
): Promise<HeldLease | null> {
  const session = await deps.database.raw.reserve();
  try {
    const rows = await session.execute('select pg_try_advisory_lock(hashtextextended($1, 0)) as got', [
      `adit:node:${node}`,
    ]);
    if (rows[0]?.got === true) return hold(deps.clock, session);
  } catch (error) {
    await session.release();
    throw error;
  }
  await session.release();
  return null;
}

function hold(clock: Clock, session: ReservedSql): HeldLease {
  const ending = new AbortController();
  const proving = prove(clock, session, ending.signal);
  return {
    lost: Promise.race([session.lost, proving]),
    async release() {
      ending.abort();
      await session.release();
    },
  };
}

/** Resolves at the first question without an answer. */
async function prove(clock: Clock, session: ReservedSql, signal: AbortSignal): Promise<void> {
  try {
    for (;;) {
      await clock.sleep(PROVE_EVERY_MS, signal);
      await session.execute('select 1');
    }
  } catch {
    // Either the holder lets go, or the session no longer answers; both end the lease.
  }
}
