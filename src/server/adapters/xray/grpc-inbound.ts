import { AppError } from '../../core/errors.ts';
import { createGroupCommit } from '../../core/group-commit.ts';
import { checkChange, type InboundChange, mergeChanges } from '../../core/inbound-change.ts';
import { createLane } from '../../core/lane.ts';
import type { Random } from '../../core/ports/clock.ts';
import type { Inbound, InboundState } from '../../core/ports/inbound.ts';
import type { Log } from '../../core/ports/log.ts';
import type { MachineClock } from '../../core/ports/machine-clock.ts';
import type { KnownBoot } from './boot.ts';
import { createBootWatch } from './boot-watch.ts';
import { unlessGone, whenAllHaveGone } from './callers.ts';
import { changeUsers, type InboundPlace } from './change-users.ts';
import { type CallsDeps, createCalls } from './grpc-door.ts';
import type { Journal } from './journal.ts';
import { entryAfter, hasExactly, type JournalEntry, liveUsersOf, NOTHING } from './journal-entry.ts';
import { listUsers, readTraffic } from './server-state.ts';
import { NO_INBOUND } from './translate.ts';

export interface GrpcInboundDeps extends CallsDeps {
  /** First part of message names: `xray`, or `v2ray.core`. */
  readonly prefix: string;
  readonly tag: string;
  /** Of this inbound alone. */
  readonly journal: Journal;
  /**
   * Puts the users of the journal back by itself when the server has started anew. False: they are gone then, and
   * whoever knows who is wanted puts them back.
   */
  readonly restores: boolean;
  readonly machineClock: MachineClock;
  readonly random: Random;
  readonly log: Log;
}

export interface GrpcInbound extends Inbound {
  /**
   * Looks whether the server has started anew, and does what every other call does first: forgets its users, or puts
   * them back. One small call while nothing has happened: fit for every second.
   */
  look(signal?: AbortSignal): Promise<{ readonly bootId: string; readonly restored: number }>;
  close(): void;
}

/** A thousand additions take a tenth of a second; this is for servers that are slow and not stuck. */
const MS_PER_USER = 5;
const MOST_CHANGES = 1000;

/** What every call begins with: the journal as it is, for the start of the server that runs now. */
interface Turn {
  readonly entry: JournalEntry;
  readonly now: KnownBoot;
  readonly restored: number;
}

interface Wish {
  readonly change: InboundChange;
  readonly signal: AbortSignal | undefined;
}

/** An inbound of an Xray or v2ray, by its own API. One call at a time looks or changes; changes that wait go together. */
export function createGrpcInbound(deps: GrpcInboundDeps): GrpcInbound {
  const place: InboundPlace = { ...deps, calls: createCalls(deps) };
  const { journal } = deps;
  const boots = createBootWatch(deps, place);
  const lane = createLane();
  /** Whether this server lists users itself; null: not asked yet. */
  let lists: boolean | null = null;

  function inTurn<T>(
    caller: AbortSignal | undefined,
    size: number,
    work: (turn: Turn, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    return lane.run(async () => {
      const { users } = await journal.read();
      const longest = deps.timeoutMs * 2 + (users.size + size) * MS_PER_USER;
      const signal = deps.clock.deadline(longest, caller);
      return work(await settled(signal), signal);
    });
  }

  async function settled(signal: AbortSignal): Promise<Turn> {
    const entry = await journal.read();
    const now = await boots.look(entry.boot, signal);
    if (entry.boot?.id === now.id) return { entry, now, restored: 0 };
    lists = null;
    const users = deps.restores ? entry.users : NOTHING.users;
    await changeUsers(place, { remove: [], add: [...users.values()] }, signal);
    const boot = users.size > 0 ? await boots.stillSame(now, signal) : now;
    const next = { ...NOTHING, boot, users };
    await journal.write(next);
    deps.log.info({ inbound: deps.tag, boot: now.id, restored: users.size }, 'a new start of Xray');
    return { entry: next, now, restored: users.size };
  }

  /** A server that lists its users needs nobody to remember them, unless they are to be put back. */
  const keepsUsers = () => deps.restores || lists !== true;

  async function changeNow(change: InboundChange, { entry, now }: Turn, signal: AbortSignal): Promise<void> {
    try {
      await changeUsers(place, change, signal, (user) => keepsUsers() && hasExactly(entry, user));
      const after = await boots.stillSame(now, signal);
      if (keepsUsers()) await journal.write(entryAfter(entry, after, change, true));
    } catch (error) {
      deps.log.warn({ inbound: deps.tag, error }, 'users could not be changed');
      if (keepsUsers() && mayHaveHappened(error)) await remember(entryAfter(entry, now, change, false));
      throw error;
    }
  }

  /** The failure that brought us here is told; a disk that fails too has told so itself. */
  const remember = (entry: JournalEntry) => journal.write(entry).catch(() => undefined);

  const changes = createGroupCommit<Wish, void>(async (wishes) => {
    const present = wishes.filter((wish) => !wish.signal?.aborted);
    const merged = mergeChanges(present.map((wish) => wish.change));
    const size = merged.remove.length + merged.add.length;
    if (size > 0) {
      await inTurn(whenAllHaveGone(present), size, (turn, signal) => changeNow(merged, turn, signal));
    }
    return wishes.map(() => undefined);
  }, MOST_CHANGES);

  async function read({ entry, now }: Turn, signal: AbortSignal): Promise<InboundState> {
    const listed = lists === false ? null : await listUsers(place, signal);
    lists = listed !== null;
    if (listed === null) return { bootId: now.id, users: liveUsersOf(entry) };
    const after = await boots.stillSame(now, signal);
    // Nobody writes it from here on: what it knows would grow old.
    if (!keepsUsers() && entry.users.size > 0) await journal.write({ ...NOTHING, boot: after });
    return { bootId: now.id, users: listed };
  }

  async function traffic({ now }: Turn, signal: AbortSignal) {
    const users = await readTraffic(place, signal);
    await boots.stillSame(now, signal);
    return { bootId: now.id, users };
  }

  return {
    kind: 'grpc',
    read: (signal) => unlessGone(signal, () => inTurn(signal, 0, read)),
    traffic: (signal) => unlessGone(signal, () => inTurn(signal, 0, traffic)),
    look: (signal) =>
      unlessGone(signal, () =>
        inTurn(signal, 0, async ({ now, restored }) => ({ bootId: now.id, restored })),
      ),
    async apply(change, signal) {
      checkChange(change);
      await unlessGone(signal, () => changes.submit({ change, signal }));
    },
    close: () => place.calls.close(),
  };
}

/** Nothing was sent to an inbound that is not there. */
const mayHaveHappened = (error: unknown) =>
  !(error instanceof AppError && error.details.reason === NO_INBOUND);
