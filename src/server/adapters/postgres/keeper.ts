import { toAppError } from '../../core/errors.ts';
import type { LoopRecord } from '../../core/loop-record.ts';
import type { Activity } from '../../core/ports/activity.ts';
import type { Clock, Random } from '../../core/ports/clock.ts';
import type { Log } from '../../core/ports/log.ts';
import { createSupervisedLoop } from '../../core/supervised-loop.ts';
import { PING_LIMIT_MS } from './calls.ts';
import type { HealthRecord } from './health.ts';
import type { Pool, PooledSession } from './pool.ts';
import type { Timed } from './timed.ts';

/**
 * Looks after the pool in the background: asks every connection that has been quiet whether it is still there
 * (a half-open one never says), keeps the least number warm, and lets old ones go.
 */
export interface Keeper {
  /** One round; never throws. The loop calls it every `KEEP_EVERY_MS`, tests call it straight. */
  runOnce(): Promise<void>;
  record(): LoopRecord;
  start(): void;
  /** Repeating is safe, also before `start`. */
  stop(): Promise<void>;
}

export interface KeeperDeps {
  readonly pool: Pool;
  readonly poolMin: number;
  readonly health: HealthRecord;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly activity?: Activity;
  readonly timed: Timed;
}

export const KEEP_EVERY_MS = 3_000;
/** A database that is away is an answer, too: only a round that does not end is none. */
export const PROBE_LOOP = 'database:probe';
const PROBE_LIMIT_MS = 20_000;
const IDLE_LIMIT_MS = 60_000;
const LIFETIME_MS = 45 * 60_000;

export function createKeeper(deps: KeeperDeps): Keeper {
  const { pool, poolMin, health, clock, random, log, activity, timed } = deps;

  const askWhether = timed('postgres.ping', ({ session }: PooledSession) =>
    session.query('SELECT 1', [], { limitMs: PING_LIMIT_MS }),
  );

  async function ping(pooled: PooledSession): Promise<void> {
    try {
      await askWhether(pooled);
      health.answered();
    } catch (error) {
      health.failed(toAppError(error));
    }
  }

  /** Ages differ a little so that a whole pool does not renew itself in the same second. */
  function isOld({ openedAtMs }: PooledSession): boolean {
    return clock.monotonicMs() - openedAtMs > LIFETIME_MS + random.integer(LIFETIME_MS / 3);
  }

  async function retireOld(): Promise<void> {
    for (const pooled of pool.idle()) {
      const { idle, in_use } = pool.stats();
      const spare = idle + in_use > poolMin && clock.monotonicMs() - pooled.usedAtMs > IDLE_LIMIT_MS;
      if (spare || isOld(pooled)) await pool.retire(pooled);
    }
  }

  async function runOnce(): Promise<void> {
    const quietSince = clock.monotonicMs() - KEEP_EVERY_MS / 2;
    const quiet = pool.idle().filter(({ usedAtMs }) => usedAtMs < quietSince);
    const kept = pool.kept().filter(({ session }) => !session.isBusy);
    await Promise.all([...quiet, ...kept].map(ping));
    await retireOld();
    try {
      if ((await pool.warm(Math.max(1, poolMin))) > 0) health.answered();
    } catch (error) {
      const failure = toAppError(error);
      health.failed(failure);
      log.warn({ details: failure.details, reason: failure.message }, 'database not reachable, trying again');
    }
  }

  const loop = createSupervisedLoop({
    name: PROBE_LOOP,
    clock,
    log,
    activity,
    pause: KEEP_EVERY_MS,
    turnLimitMs: PROBE_LIMIT_MS,
    work: runOnce,
  });
  return { runOnce, record: loop.record, start: loop.start, stop: loop.stop };
}
