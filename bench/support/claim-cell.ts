import type postgres from 'postgres';
import type { ClaimContender } from './claim-contenders.ts';
import { type ClaimPool, checkClaims, giveBack } from './claim-pool.ts';
import type { ClaimSite } from './claim-site.ts';
import { check } from './scoreboard.ts';

export interface CellOptions {
  readonly clients: number;
  /** Measured time of one contender in one round, at least; single claims may be longer. */
  readonly sliceMs: number;
}

/** A full 2^20 pool makes a reader of everything wait a second: nobody queues for longer than this in one round. */
const LONGEST_QUEUE_MS = 500;

/**
 * Claims a second of one contender, checked. In a full pool, "full" answers a second. The pool is put back behind
 * each burst, outside the measured time, so that every contender meets the same pool. A first claim of each client
 * warms up, and tells how long a queue of slow ones would take.
 */
export async function measureClaims(
  { admin, pool: filled }: ClaimSite,
  contender: ClaimContender,
  { clients, sliceMs }: CellOptions,
): Promise<number> {
  const pool = filled();
  if (pool.free === 0 && !contender.knowsFull) return Number.NaN;
  // Never more than half of what is free, so that a "99 % used" pool stays one.
  const most = pool.free === 0 ? Number.POSITIVE_INFINITY : Math.ceil(pool.free / 2);
  const burst = async (inQueue: number, forMs: number) => {
    const result = await claimFor(contender, inQueue, most, forMs);
    await checkBurst(admin, pool, contender, result);
    await giveBack(admin, result.claimed);
    return result;
  };
  const first = await burst(contender.serial ? 1 : clients, 0);
  const inQueue = contender.serial ? queueFor(first.ms, clients) : clients;
  let [ms, answers] = [0, 0];
  while (ms < sliceMs) {
    const { claimed, refused, ms: took } = await burst(inQueue, sliceMs - ms);
    ms += took;
    answers += claimed.length + refused;
  }
  return answers / (ms / 1000);
}

interface Burst {
  readonly claimed: readonly number[];
  /** Answers "full". */
  readonly refused: number;
  readonly ms: number;
}

async function claimFor(
  contender: ClaimContender,
  clients: number,
  most: number,
  forMs: number,
): Promise<Burst> {
  const claimed: number[] = [];
  let [begun, refused] = [0, 0];
  const startedAt = performance.now();
  const client = async () => {
    do {
      if (begun >= most) return;
      begun += 1;
      const position = await contender.claim();
      if (position === null) refused += 1;
      else claimed.push(position);
    } while (performance.now() - startedAt < forMs);
  };
  await Promise.all(Array.from({ length: clients }, client));
  return { claimed, refused, ms: performance.now() - startedAt };
}

async function checkBurst(admin: postgres.Sql, pool: ClaimPool, contender: ClaimContender, burst: Burst) {
  check(
    pool.free === 0 ? burst.claimed.length === 0 : burst.refused === 0,
    `${contender.name} was wrong about the pool being full`,
  );
  await checkClaims(admin, pool, burst.claimed, contender.keepsAddresses);
}

const queueFor = (msEach: number, clients: number): number =>
  Math.max(1, Math.min(clients, Math.floor(LONGEST_QUEUE_MS / msEach)));
