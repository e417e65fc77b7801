import type { Update } from 'grammy/types';
import { isPassing } from '../../core/errors.ts';
import type { UpdateId } from '../../core/ids.ts';
import type { Activity } from '../../core/ports/activity.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Metrics } from '../../core/ports/metrics.ts';
import type { Inbox } from '../../core/ports/store.ts';
import type { RateDecision } from '../../core/rate-limiter.ts';
import type { Handled } from './conversation.ts';
import type { Courtesy } from './courtesy.ts';
import type { Dispatcher } from './dispatcher.ts';
import { type Incoming, readUpdate } from './incoming.ts';
import type { Settler } from './settler.ts';

export interface IntakeDeps {
  readonly inbox: Inbox;
  readonly settler: Settler;
  readonly dispatcher: Dispatcher;
  readonly limit: (user: number, nowMs: number) => RateDecision;
  readonly courtesy: Courtesy;
  readonly converse: (incoming: Incoming) => Promise<Handled>;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly activity?: Activity;
  readonly maxWaiting: number;
}

/** The way of updates from Telegram to the conversation. */
export interface Intake {
  /**
   * Resolves when the new ones among them are stored (so that Telegram may forget them) and in their lanes, or
   * their senders were told that they cannot be served. Never throws. Repeating is safe.
   */
  take(updates: readonly Update[]): Promise<void>;
  /**
   * Handles again what was stored and never settled: the rest of a crash. Begins nothing more once the signal aborts.
   * Throws when the inbox is away.
   */
  replay(signal: AbortSignal): Promise<void>;
}

interface Arrival {
  readonly incoming: Incoming;
  readonly update: Update;
  readonly atMs: number;
}

const REPLAY_PAGE = 1_000;

interface IntakeState extends IntakeDeps {
  /** Updates in a lane now: a replay leaves them alone. */
  readonly inHand: Set<UpdateId>;
}

export function createIntake(given: IntakeDeps): Intake {
  const deps: IntakeState = { ...given, inHand: new Set() };
  return {
    async take(updates) {
      const atMs = deps.clock.monotonicMs();
      const arrivals = updates.flatMap((update) => admit(deps, update, atMs));
      const room = Math.max(0, deps.maxWaiting - deps.dispatcher.waiting);
      for (const each of arrivals.slice(room)) turnAway(deps, each);
      const stored = await store(deps, arrivals.slice(0, room));
      for (const each of stored) dispatch(deps, each);
      void deps.settler.payDebts();
    },
    replay: (signal) => replay(deps, signal),
  };
}

/** Leaves out what is not for us, and what comes too fast; neither is stored. */
function admit(deps: IntakeDeps, update: Update, atMs: number): Arrival[] {
  const incoming = readUpdate(update);
  if (!incoming) {
    deps.metrics.update('ignored');
    return [];
  }
  if (incoming.kind !== 'membership') {
    const decision = deps.limit(incoming.profile.id, atMs);
    if (decision !== 'pass') deps.metrics.update('limited');
    if (decision === 'notice') deps.courtesy.tell(incoming, 'slow-down');
    if (decision === 'silence') deps.courtesy.hush(incoming);
    if (decision !== 'pass') return [];
  }
  return [{ incoming, update, atMs }];
}

function turnAway(deps: IntakeDeps, { incoming }: Arrival): void {
  deps.metrics.update('overloaded');
  if (incoming.kind !== 'membership') deps.courtesy.tell(incoming, 'busy');
}

/** The new ones, stored. One that the inbox cannot take does not keep the others out. */
async function store(deps: IntakeState, arrivals: readonly Arrival[]): Promise<readonly Arrival[]> {
  if (arrivals.length === 0) return [];
  try {
    const fresh = await deps.inbox.accept(
      arrivals.map(({ incoming, update }) => ({ id: incoming.updateId, payload: update })),
    );
    return arrivals.filter((each) => isFresh(deps, each, fresh));
  } catch (error) {
    if (isPassing(error) || arrivals.length === 1) return refuse(deps, arrivals, error);
    const oneByOne = await Promise.all(arrivals.map((each) => store(deps, [each])));
    return oneByOne.flat();
  }
}

function isFresh(deps: IntakeDeps, { incoming }: Arrival, fresh: ReadonlySet<UpdateId>): boolean {
  if (fresh.has(incoming.updateId)) return true;
  deps.metrics.update('repeat');
  return false;
}

/**
 * The database is away (A2): say so and go on, rather than let Telegram pile the updates up. Perhaps only its
 * answer was lost: what it stored must not come to life at the next start, long after its sender gave up.
 */
function refuse(deps: IntakeState, arrivals: readonly Arrival[], error: unknown): readonly Arrival[] {
  deps.log.warn(
    { err: error, updates: arrivals.length },
    'updates could not be stored; their senders are told',
  );
  for (const { incoming } of arrivals) {
    deps.metrics.update('failed');
    if (incoming.kind === 'membership') continue;
    deps.courtesy.tell(incoming, 'try-later');
    if (!deps.inHand.has(incoming.updateId)) deps.settler.owe(incoming.updateId);
  }
  return [];
}

function dispatch(deps: IntakeState, arrival: Arrival): void {
  const { incoming, atMs } = arrival;
  const accepted = deps.dispatcher.submit(incoming.profile.chatId, async () => {
    deps.activity?.began('update', incoming.kind);
    const outcome = await deps.converse(incoming);
    deps.inHand.delete(incoming.updateId);
    deps.metrics.update(outcome, (deps.clock.monotonicMs() - atMs) / 1000);
  });
  if (accepted) {
    deps.inHand.add(incoming.updateId);
    return;
  }
  turnAway(deps, arrival);
  void deps.settler.settle(incoming.updateId);
}

async function replay(deps: IntakeState, signal: AbortSignal): Promise<void> {
  const seen = new Set<UpdateId>();
  while (!signal.aborted) {
    const stored = await deps.inbox.unsettled(REPLAY_PAGE);
    const unseen = stored.filter((each) => !seen.has(each.id) && !deps.inHand.has(each.id));
    if (unseen.length === 0) return;
    deps.log.info({ updates: unseen.length }, 'handling updates left behind by an earlier run');
    for (const { id, payload } of unseen) {
      seen.add(id);
      const incoming = readUpdate(payload as Update);
      if (incoming) dispatch(deps, { incoming, update: payload as Update, atMs: deps.clock.monotonicMs() });
      else await deps.settler.settle(id);
    }
    await deps.dispatcher.idle();
  }
}
