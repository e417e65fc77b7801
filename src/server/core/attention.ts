import { isRed } from './loop-record.ts';
import type { BotVitals, NodeVitals, PoolVitals, Vitals } from './ports/vitals.ts';

/** One thing an operator should look at now. `bad`: users feel it; `warn`: they soon will. */
export type Attention = { readonly severity: 'warn' | 'bad' } & (
  | { readonly kind: 'database-away'; readonly ageMs: number; readonly problem: string }
  | { readonly kind: 'database-waiting'; readonly waiting: number; readonly max: number }
  | { readonly kind: 'jobs-stuck'; readonly count: number; readonly oldestMs: number }
  | { readonly kind: 'jobs-dead'; readonly count: number }
  | { readonly kind: 'peers-late'; readonly count: number; readonly oldestMs: number }
  | {
      readonly kind: 'pool-low';
      readonly poolId: number;
      readonly pool: string;
      readonly free: number;
      readonly total: number;
      /** Null: at this rate it does not run out, or nobody knows. */
      readonly daysLeft: number | null;
    }
  | { readonly kind: 'breaker-open'; readonly call: string; readonly sinceMs: number }
  | { readonly kind: 'loop-lag'; readonly p99Ms: number; readonly maxMs: number }
  /** `ageMs` null: it never succeeded. */
  | { readonly kind: 'reconcile-overdue'; readonly node: string; readonly ageMs: number | null }
  | { readonly kind: 'reconcile-refused'; readonly node: string; readonly count: number }
  | { readonly kind: 'node-not-held'; readonly node: string }
  | { readonly kind: 'bot-failing'; readonly failed: number; readonly total: number }
  | { readonly kind: 'bot-away'; readonly ageMs: number }
  | { readonly kind: 'bot-unauthorized' }
  | { readonly kind: 'bot-conflict' }
  | { readonly kind: 'no-second-factor'; readonly count: number }
  /** A background loop without a success for too long; `ageMs` null: it never had one. */
  | { readonly kind: 'loop-silent'; readonly name: string; readonly ageMs: number | null }
);

/** From when on something wants to be looked at. */
export const ATTENTION_TARGETS = {
  /** A pool with less than this share free is low. */
  poolFreeShare: 0.1,
  poolDaysLeft: 14,
  /** Below either of these it is bad. */
  poolFreeShareBad: 0.02,
  poolDaysLeftBad: 3,
  poolWaitingMs: 5_000,
  loopP99Ms: 100,
  loopMaxMs: 500,
  loopMaxBadMs: 2_000,
  /** Comparisons that may be missed before one is overdue. */
  reconcileTurns: 3,
  botFailedShare: 0.05,
  botFailedAtLeast: 3,
} as const;

const T = ATTENTION_TARGETS;

/**
 * What is wrong, the worst first. A reading that is stale says nothing: what the database cannot confirm now is not
 * claimed.
 */
export function attentionOf(vitals: Vitals): readonly Attention[] {
  const found = [
    ...database(vitals),
    ...bot(vitals.bot),
    ...nodes(vitals),
    ...work(vitals),
    ...pools(vitals),
    ...calls(vitals),
    ...loop(vitals),
    ...silentLoops(vitals),
    ...operators(vitals),
  ];
  return found.toSorted((a, b) => weight(a) - weight(b));
}

const weight = (item: Attention) => (item.severity === 'bad' ? 0 : 1);

function database({
  database: { reachable, lastAnswerAgeMs, problem, waiting, waitingMs, max },
}: Vitals): Attention[] {
  if (!reachable) {
    const ageMs = lastAnswerAgeMs ?? 0;
    return [{ severity: 'bad', kind: 'database-away', ageMs, problem: problem ?? 'no answer' }];
  }
  // In a burst somebody always waits a moment; it is trouble when it does not end.
  if (waiting === 0 || waitingMs < T.poolWaitingMs) return [];
  return [{ severity: waiting >= max ? 'bad' : 'warn', kind: 'database-waiting', waiting, max }];
}

function bot({ mode, state, lastAnswerAgeMs, updates }: BotVitals): Attention[] {
  if (mode === 'off') return [];
  if (state === 'unauthorized') return [{ severity: 'bad', kind: 'bot-unauthorized' }];
  if (state === 'conflict') return [{ severity: 'bad', kind: 'bot-conflict' }];
  if (state === 'unreachable') return [{ severity: 'bad', kind: 'bot-away', ageMs: lastAnswerAgeMs ?? 0 }];
  const { failures, total } = updates;
  if (failures < T.botFailedAtLeast || failures / total < T.botFailedShare) return [];
  return [{ severity: 'warn', kind: 'bot-failing', failed: failures, total }];
}

function nodes({ nodes: all }: Vitals): Attention[] {
  // One lease covers them all: it is told once, and who does not hold it compares nothing either.
  const away = all.find(({ held }) => !held);
  return away ? [{ severity: 'bad', kind: 'node-not-held', node: away.id }] : all.flatMap(node);
}

function node({ id, question, lastSuccessAgeMs, everyMs }: NodeVitals): Attention[] {
  const overdue = lastSuccessAgeMs === null || lastSuccessAgeMs > T.reconcileTurns * everyMs;
  // One that was refused is settled: the peers stay, and nobody is asked about them again.
  const refused = question && question.decision === null ? question.count : 0;
  return [
    ...(overdue
      ? [{ severity: 'bad', kind: 'reconcile-overdue', node: id, ageMs: lastSuccessAgeMs } as const]
      : []),
    ...(refused > 0
      ? [{ severity: 'warn', kind: 'reconcile-refused', node: id, count: refused } as const]
      : []),
  ];
}

function work({ at, jobs, peers }: Vitals): Attention[] {
  const found: Attention[] = [];
  if (jobs.value && !jobs.stale) {
    const { stuckTotal, stuck, counts } = jobs.value;
    const oldestMs = Math.max(0, ...stuck.map((each) => at - each.createdAt));
    if (stuckTotal > 0) found.push({ severity: 'bad', kind: 'jobs-stuck', count: stuckTotal, oldestMs });
    const dead = counts.filter((each) => each.state === 'dead').reduce((sum, each) => sum + each.count, 0);
    if (dead > 0) found.push({ severity: 'warn', kind: 'jobs-dead', count: dead });
  }
  if (peers.value && !peers.stale && peers.value.late > 0) {
    const { late, oldestLateMs } = peers.value;
    found.push({ severity: 'bad', kind: 'peers-late', count: late, oldestMs: oldestLateMs ?? 0 });
  }
  return found;
}

function pools({ addresses }: Vitals): Attention[] {
  return addresses.stale ? [] : (addresses.value ?? []).flatMap(poolLow);
}

function poolLow(pool: PoolVitals): Attention[] {
  const severity = poolStanding(pool);
  if (severity === 'good') return [];
  const { id, cidr4, free, total } = pool;
  return [{ severity, kind: 'pool-low', poolId: id, pool: cidr4, free, total, daysLeft: daysLeft(pool) }];
}

/** How low a pool is, by what is free and by when that ends. */
export function poolStanding(
  pool: Pick<PoolVitals, 'free' | 'total' | 'growthPerDay'>,
): 'good' | Attention['severity'] {
  const days = daysLeft(pool);
  const share = pool.total === 0 ? 0 : pool.free / pool.total;
  if (share >= T.poolFreeShare && (days === null || days >= T.poolDaysLeft)) return 'good';
  return share < T.poolFreeShareBad || (days !== null && days < T.poolDaysLeftBad) ? 'bad' : 'warn';
}

/** Days until no address is free at the growth of the last days; null when it does not grow, or nobody knows. */
export function daysLeft({ free, growthPerDay }: Pick<PoolVitals, 'free' | 'growthPerDay'>): number | null {
  if (free === 0) return 0;
  if (growthPerDay === null || growthPerDay <= 0) return null;
  return free / growthPerDay;
}

function calls({ calls: all }: Vitals): Attention[] {
  return all
    .filter((each) => each.breaker === 'open')
    .map((each) => ({
      severity: 'bad',
      kind: 'breaker-open',
      call: each.name,
      sinceMs: each.refusingMs ?? 0,
    }));
}

function loop({ loop: { p99Ms, maxMs } }: Vitals): Attention[] {
  if (p99Ms < T.loopP99Ms && maxMs < T.loopMaxMs) return [];
  return [{ severity: maxMs >= T.loopMaxBadMs ? 'bad' : 'warn', kind: 'loop-lag', p99Ms, maxMs }];
}

function silentLoops({ loops, database: { reachable } }: Vitals): Attention[] {
  // Nearly every loop asks the database: one line says it, not ten.
  if (!reachable) return [];
  return loops
    .filter(isRed)
    .map(({ name, lastSuccessAgeMs: ageMs }) => ({ severity: 'warn', kind: 'loop-silent', name, ageMs }));
}

function operators({ operators: { value, stale } }: Vitals): Attention[] {
  if (stale || !value || value.withoutSecondFactor === 0) return [];
  return [{ severity: 'warn', kind: 'no-second-factor', count: value.withoutSecondFactor }];
}
