import { LOOP_RED_MS, type LoopRecord } from './loop-record.ts';
import type { Activity } from './ports/activity.ts';
import type { Clock } from './ports/clock.ts';
import type { Log } from './ports/log.ts';

/**
 * Does one piece of work again and again. This is the only place where the program turns in the background: no error ends
 * a loop, neither one of its work nor one beside it, and each tells how it fares.
 */
export interface SupervisedLoop {
  /** Starting twice is safe, also after a stop. */
  start(): void;
  /** Aborts the running turn's signal and resolves when the turn has ended. Repeating is safe, also before `start`. */
  stop(): Promise<void>;
  /** Resolves when the loop has ended by itself, or was stopped. */
  ended(): Promise<void>;
  /** Its work said that there is no more. */
  isDone(): boolean;
  /** For a turn that is a success before it is over, or as long as it lasts. */
  succeeded(): void;
  record(): LoopRecord;
}

/** `again`: the next turn comes at once; `done`: there will be none. Otherwise the pause comes first. */
export type Turned = 'again' | 'done' | undefined;

export interface SupervisedLoopDeps {
  readonly name: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Told of every turn, where turns are few enough to be worth it. */
  readonly activity?: Activity;
  /** One turn. What it throws is counted, and the loop goes on. */
  // biome-ignore lint/suspicious/noConfusingVoidType: most turns return nothing
  work(signal: AbortSignal): Promise<Turned | void> | Turned | void;
  /** Between two turns, in milliseconds. A function may wait as it likes; `failure` is what the turn threw, or null. */
  readonly pause: number | ((signal: AbortSignal, failure: unknown) => Promise<void>);
  /**
   * A turn that takes longer has its signal aborted and is left behind, and the loop begins again. Only for work
   * that does no harm when it wakes up later beside the next turn. Absent: a turn may take as long as it likes.
   */
  readonly turnLimitMs?: number;
  readonly redAfterMs?: number;
  /** The record so far of a loop that is built anew at each start. */
  readonly loopBook?: LoopBook;
  /** In place of a line in the log for the first of many failures in a row. */
  failed?(error: unknown, failuresInRow: number): void;
}

/** The first of so many failures in a row is said, and each time that many more have come. */
const SAY_EVERY = 30;
/** What broke beside its work may break again at once: it must not keep the machine busy. */
const RESTART_PAUSE_MS = 1_000;

export function createSupervisedLoop(deps: SupervisedLoopDeps): SupervisedLoop {
  const { name, clock, log } = deps;
  const book = deps.loopBook ?? createLoopBook(deps);
  const sayFailure = deps.failed ?? sayNowAndThen(deps);
  let stopping = new AbortController();
  let running: Promise<void> | null = null;
  let done = false;

  /** `failure` null: it went well. */
  async function turn(signal: AbortSignal): Promise<{ turned: Turned; failure: unknown }> {
    deps.activity?.began('loop', name);
    try {
      const turned = (await limited(deps, book, signal)) ?? undefined;
      book.succeeded();
      return { turned, failure: null };
    } catch (error) {
      if (signal.aborted) return { turned: 'again', failure: null };
      sayFailure(error, book.failed());
      return { turned: undefined, failure: error };
    }
  }

  async function turns(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const { turned, failure } = await turn(signal);
      done = turned === 'done';
      if (done) return;
      if (turned === 'again') continue;
      if (typeof deps.pause === 'function') await deps.pause(signal, failure);
      else await clock.sleep(deps.pause, signal);
    }
  }

  async function run(signal: AbortSignal): Promise<void> {
    for (let over = false; !over; ) {
      try {
        await turns(signal);
        over = true;
      } catch (error) {
        over = signal.aborted;
        if (over) return;
        book.restarted();
        log.error({ loop: name, error }, 'a loop broke and is begun again');
        await clock.sleep(RESTART_PAUSE_MS, signal).catch(() => undefined);
      }
    }
  }

  return {
    start() {
      if (running) return;
      stopping = new AbortController();
      running = run(stopping.signal);
    },
    async stop() {
      stopping.abort();
      await running;
      running = null;
    },
    ended: () => running ?? Promise.resolve(),
    isDone: () => done,
    succeeded: book.succeeded,
    record: book.record,
  };
}

/** What happened to a loop, kept by whoever runs it. */
export interface LoopBook {
  succeeded(): void;
  /** Answers how many failures in a row that makes. */
  failed(): number;
  /** A turn is over, well or not. */
  turned(): void;
  restarted(): void;
  record(): LoopRecord;
}

export function createLoopBook({
  name,
  clock,
  redAfterMs = LOOP_RED_MS,
}: Pick<SupervisedLoopDeps, 'name' | 'clock' | 'redAfterMs'>): LoopBook {
  let succeededAt: number | null = null;
  let turnedAt: number | null = null;
  let failuresInRow = 0;
  let restarts = 0;
  const age = (since: number | null) => (since === null ? null : clock.monotonicMs() - since);
  return {
    succeeded() {
      succeededAt = clock.monotonicMs();
      failuresInRow = 0;
    },
    failed: () => ++failuresInRow,
    turned() {
      turnedAt = clock.monotonicMs();
    },
    restarted() {
      restarts += 1;
    },
    record: (): LoopRecord => ({
      name,
      lastSuccessAgeMs: age(succeededAt),
      failuresInRow,
      restarts,
      lastTurnAgeMs: age(turnedAt),
      redAfterMs,
    }),
  };
}

/** The turn, left behind when it takes longer than it may: only then it has not turned, whatever it does later. */
async function limited(
  { name, clock, log, turnLimitMs, work }: SupervisedLoopDeps,
  book: LoopBook,
  signal: AbortSignal,
) {
  if (turnLimitMs === undefined) return Promise.try(work, signal).finally(book.turned);
  // Of its own: a loop that is told to stop gives its turn that long to end, too.
  const late = clock.deadline(turnLimitMs);
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  const leave = () => reject(late.reason);
  late.addEventListener('abort', leave, { once: true });
  const working = Promise.try(work, clock.deadline(turnLimitMs, signal));
  working.catch(() => undefined);
  try {
    const turned = await Promise.race([working, tooLate]);
    book.turned();
    return turned;
  } catch (error) {
    if (late.aborted) {
      book.restarted();
      log.error({ loop: name, turnLimitMs }, 'a turn of a loop hung and was left behind');
    } else book.turned();
    throw error;
  } finally {
    late.removeEventListener('abort', leave);
  }
}

function sayNowAndThen({ name, log }: SupervisedLoopDeps) {
  return (error: unknown, failuresInRow: number) => {
    if (failuresInRow % SAY_EVERY !== 1) return;
    log.warn({ loop: name, failuresInRow, error }, 'a loop failed and goes on');
  };
}
