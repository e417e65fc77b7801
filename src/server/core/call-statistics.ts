import type { CallRates } from './ports/vitals.ts';

/** Counts calls by name over the last five minutes, in steps of five seconds. Memory is bounded by the names. */
export interface CallStatistics {
  /** `reason` is null for a call that went well. A call that never ran (breaker open) has `ms` null. */
  record(name: string, call: CountedCall): void;
  names(): readonly string[];
  /** Zeros for a name that was never used. */
  of(name: string, monotonicMs: number): CallRates;
}

export interface CountedCall {
  readonly ms: number | null;
  readonly reason: string | null;
  /** Epoch milliseconds, to be shown. */
  readonly at: number;
  /** For the steps: wall time may jump. */
  readonly monotonicMs: number;
}

const STEP_MS = 5_000;
const STEPS = 60;
/** Upper edges of what durations are told apart by: half a millisecond to a minute, each 1.6 times the one before. */
const EDGES = Array.from({ length: 26 }, (_, index) => 0.5 * 1.6 ** index);
/** Names beyond these are counted together: a name that carries an id must not eat the memory. */
const MOST_NAMES = 64;
const REST = 'other';

interface Step {
  /** Which step of time the counts belong to; -1: none. */
  number: number;
  total: number;
  failures: number;
  readonly durations: Uint32Array;
}

interface Counter {
  readonly steps: readonly Step[];
  lastAt: number | null;
  lastFailure: CallRates['lastFailure'];
}

export function createCallStatistics(): CallStatistics {
  const counters = new Map<string, Counter>();

  function counterOf(name: string): Counter {
    const known = counters.get(name);
    if (known) return known;
    if (counters.size >= MOST_NAMES && name !== REST) return counterOf(REST);
    const made = emptyCounter();
    counters.set(name, made);
    return made;
  }

  return {
    record: (name, call) => count(counterOf(name), call),
    names: () => [...counters.keys()],
    of: (name, monotonicMs) => summary(counters.get(name) ?? NOTHING, monotonicMs),
  };
}

const emptyCounter = (): Counter => ({
  steps: Array.from({ length: STEPS }, emptyStep),
  lastAt: null,
  lastFailure: null,
});
const emptyStep = (): Step => ({
  number: -1,
  total: 0,
  failures: 0,
  durations: new Uint32Array(EDGES.length + 1),
});
const NOTHING = emptyCounter();

function count(counter: Counter, call: CountedCall): void {
  const number = Math.floor(call.monotonicMs / STEP_MS);
  const step = counter.steps[number % STEPS]!;
  if (step.number !== number) {
    step.number = number;
    step.total = 0;
    step.failures = 0;
    step.durations.fill(0);
  }
  step.total += 1;
  counter.lastAt = call.at;
  if (call.ms !== null) step.durations[slotOf(call.ms)]! += 1;
  if (call.reason === null) return;
  step.failures += 1;
  counter.lastFailure = { at: call.at, reason: call.reason };
}

function slotOf(ms: number): number {
  const slot = EDGES.findIndex((edge) => ms <= edge);
  return slot < 0 ? EDGES.length : slot;
}

function summary(counter: Counter, monotonicMs: number): CallRates {
  const newest = Math.floor(monotonicMs / STEP_MS);
  const steps = Array.from({ length: STEPS }, (_, index) => {
    const number = newest - STEPS + 1 + index;
    const step = counter.steps[((number % STEPS) + STEPS) % STEPS]!;
    return step.number === number ? step : null;
  });
  const perStep = steps.map((step) => step?.total ?? 0);
  const lastMinute = perStep.slice(-60_000 / STEP_MS);
  return {
    perMinute: sum(lastMinute),
    total: sum(perStep),
    failures: sum(steps.map((step) => step?.failures ?? 0)),
    p95Ms: quantile(steps, 0.95),
    lastAt: counter.lastAt,
    lastFailure: counter.lastFailure,
    history: perStep,
    historyStepMs: STEP_MS,
  };
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);

/** The upper edge of the slot that holds the quantile: true to a factor of 1.6. Null without any duration. */
function quantile(steps: readonly (Step | null)[], share: number): number | null {
  const merged = EDGES.map((_, slot) => sum(steps.map((step) => step?.durations[slot] ?? 0)));
  const beyond = sum(steps.map((step) => step?.durations[EDGES.length] ?? 0));
  const wanted = Math.ceil((sum(merged) + beyond) * share);
  if (wanted === 0) return null;
  let reached = 0;
  for (const [slot, many] of merged.entries()) {
    reached += many;
    if (reached >= wanted) return EDGES[slot]!;
  }
  return EDGES.at(-1)! * 1.6;
}
