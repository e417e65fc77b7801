import type { CallStatistics } from '../core/call-statistics.ts';
import type { LoopRecord } from '../core/loop-record.ts';
import type { Activity } from '../core/ports/activity.ts';
import type { Breakers } from '../core/ports/breaker.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Log } from '../core/ports/log.ts';
import type {
  BotVitals,
  CallVitals,
  DatabaseVitals,
  LoopVitals,
  NodeVitals,
  Vitals,
  VitalsEvent,
  VitalsReader,
  VitalsView,
} from '../core/ports/vitals.ts';
import { createSupervisedLoop } from '../core/supervised-loop.ts';
import { noticeChanges } from './notice-changes.ts';
import { createRepeatedReading, type RepeatedReading } from './take-reading.ts';
import { createVitalsHistory } from './vitals-history.ts';

/**
 * Takes one picture of the program a second, from memory alone, and keeps the past of its numbers. Beside it a second
 * loop asks the database what only that knows: one question after the other on one connection at most, each as often
 * as it is cheap. When the database is away the pictures go on, with the last answers marked stale.
 */
export interface SampleVitals extends VitalsView {
  start(): void;
  stop(): Promise<void>;
  records(): readonly LoopRecord[];
  /** Called after each picture, until the answer is called. A listener that throws does not stop the others. */
  onSample(listener: (vitals: Vitals) => void): () => void;
}

export interface SampleVitalsDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly activity?: Activity;
  readonly reader: VitalsReader;
  readonly breakers: Pick<Breakers, 'states'>;
  readonly calls: CallStatistics;
  /** What is at hand in this process; none of these waits or throws. */
  readonly sources: VitalsSources;
}

export interface VitalsSources {
  database(): Omit<DatabaseVitals, 'waitingMs'>;
  loop(): LoopVitals;
  /** The longest the loop was late since the last question. */
  takeLongestLateMs(): number;
  bot(): Omit<BotVitals, 'updates'>;
  nodes(): readonly NodeVitals[];
  loops(): readonly LoopRecord[];
  liveViewers(): number;
}

/** Updates and done jobs are counted beside the calls, under these names. */
export const UPDATES = 'update';
export const JOBS_DONE = 'job-done';

const SAMPLE_MS = 1_000;
const READ_WAIT_MS = 3_000;
/** All questions of a turn together; each has its own deadline. */
const READ_LIMIT_MS = 30_000;
const EVENTS = 30;
const SECOND = 1_000;

export function createSampleVitals(deps: SampleVitalsDeps): SampleVitals {
  const { clock, log } = deps;
  const questions = createQuestions(deps);
  const history = createVitalsHistory();
  const listeners = new Set<(vitals: Vitals) => void>();
  const since = createSince();
  let seen: readonly VitalsEvent[] = [];
  let current: Vitals | null = null;

  function sample(): void {
    const before = current;
    const taken = picture(deps, questions, since);
    seen = [...noticeChanges(before, taken), ...seen].slice(0, EVENTS);
    current = { ...taken, events: withSeen(taken.events, seen) };
    history.add(clock.monotonicMs(), current, deps.sources);
    for (const listener of listeners) tell(listener, current);
  }

  function tell(listener: (vitals: Vitals) => void, vitals: Vitals): void {
    try {
      listener(vitals);
    } catch (error) {
      log.error({ error }, 'a listener of the vitals failed');
    }
  }

  const { activity } = deps;
  const often = { clock, log, activity, pause: SAMPLE_MS };
  const sampling = createSupervisedLoop({ ...often, name: 'vitals:sample', work: sample });
  const reading = createSupervisedLoop({
    ...often,
    name: 'vitals:read',
    turnLimitMs: READ_LIMIT_MS,
    work: (signal) => askAll(Object.values(questions), clock, signal),
  });

  return {
    start() {
      sampling.start();
      reading.start();
    },
    stop: async () => void (await Promise.all([sampling.stop(), reading.stop()])),
    records: () => [sampling.record(), reading.record()],
    onSample(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    latest: () => current ?? picture(deps, questions, since),
    brief: history.brief,
    recent: history.recent,
    daily: history.daily,
  };
}

type Questions = ReturnType<typeof createQuestions>;

function createQuestions({ clock, reader }: SampleVitalsDeps) {
  const every = <T>(seconds: number, read: (now: Date) => Promise<T>): RepeatedReading<T> =>
    createRepeatedReading({ clock, everyMs: seconds * SECOND, waitMs: READ_WAIT_MS, read });
  return {
    jobs: every(2, reader.jobs),
    peers: every(2, reader.peers),
    events: every(5, (now) => reader.events(now, EVENTS)),
    addresses: every(10, reader.addresses),
    operators: every(60, reader.operators),
  };
}

/** In turn; the first that fails ends the round, for the others would wait for the same database. */
async function askAll(
  questions: readonly RepeatedReading<unknown>[],
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  for (const question of questions) await question.turn(clock.now(), signal);
}

function picture(deps: SampleVitalsDeps, questions: Questions, since: Since): Vitals {
  const { clock, sources } = deps;
  const monotonicMs = clock.monotonicMs();
  const database = sources.database();
  return {
    at: clock.now().getTime(),
    database: { ...database, waitingMs: since.ms('waiting', database.waiting > 0, monotonicMs) ?? 0 },
    loop: sources.loop(),
    jobs: questions.jobs.current(),
    jobsDonePerMinute: deps.calls.of(JOBS_DONE, monotonicMs).perMinute,
    addresses: questions.addresses.current(),
    peers: questions.peers.current(),
    operators: questions.operators.current(),
    events: questions.events.current(),
    calls: callsOf(deps, since, monotonicMs),
    bot: { ...sources.bot(), updates: deps.calls.of(UPDATES, monotonicMs) },
    nodes: sources.nodes(),
    loops: sources.loops(),
  };
}

function callsOf({ breakers, calls }: SampleVitalsDeps, since: Since, monotonicMs: number): CallVitals[] {
  const states = new Map(breakers.states().map(({ name, state }) => [name, state]));
  const names = new Set([...calls.names(), ...states.keys()]);
  for (const name of [UPDATES, JOBS_DONE]) names.delete(name);
  return [...names].toSorted().map((name) => {
    const breaker = states.get(name) ?? 'closed';
    const refusingMs = since.ms(`breaker:${name}`, breaker !== 'closed', monotonicMs);
    return { name, breaker, refusingMs, rates: calls.of(name, monotonicMs) };
  });
}

interface Since {
  /** For how long `holds` has been so at every look; null while it is not. */
  ms(name: string, holds: boolean, monotonicMs: number): number | null;
}

function createSince(): Since {
  const began = new Map<string, number>();
  return {
    ms(name, holds, monotonicMs) {
      if (!holds) {
        began.delete(name);
        return null;
      }
      const start = began.get(name) ?? monotonicMs;
      began.set(name, start);
      return monotonicMs - start;
    },
  };
}

function withSeen(told: Vitals['events'], seen: readonly VitalsEvent[]): Vitals['events'] {
  const all = [...seen, ...(told.value ?? [])].toSorted((a, b) => b.at - a.at).slice(0, EVENTS);
  return { ...told, value: all };
}
