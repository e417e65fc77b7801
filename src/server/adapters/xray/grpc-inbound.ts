import { AppError } from '../../core/errors.ts';
import { createGroupCommit } from '../../core/group-commit.ts';
import { checkChange, type InboundChange, mergeChanges } from '../../core/inbound-change.ts';
import { createLane } from '../../core/lane.ts';
import { calledOff } from '../../core/outside-call.ts';
import type { Random } from '../../core/ports/clock.ts';
import type { Inbound } from '../../core/ports/inbound.ts';
import type { Log } from '../../core/ports/log.ts';
import type { MachineClock } from '../../core/ports/machine-clock.ts';
import { type BootSample, firstSeen, type KnownBoot, seenAgain } from './boot.ts';
import { type CallsDeps, createCalls } from './calls.ts';
import { changeUsers, type InboundPlace } from './change-users.ts';
import type { Journal } from './journal.ts';
import { entryAfter, type JournalEntry, liveUsersOf } from './journal-entry.ts';
import { listUsers, readTraffic, readUptime } from './server-state.ts';

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

/** An inbound of an Xray or v2ray, by its own API. One call at a time looks or changes; changes that wait go together. */
export function createGrpcInbound(deps: GrpcInboundDeps): GrpcInbound {
  const place: InboundPlace = { ...deps, calls: createCalls(deps) };
  const { journal, clock } = deps;
  const lane = createLane();
  let latest: KnownBoot | null = null;
  /** Whether this server lists users itself; null: not asked yet. */
  let lists: boolean | null = null;

  const whole = (size: number, caller?: AbortSignal) =>
    clock.deadline(deps.timeoutMs * 2 + size * MS_PER_USER, caller);

  async function boot(known: KnownBoot | null, signal: AbortSignal): Promise<KnownBoot> {
    const sample = await sampleBoot(deps, place, signal);
    latest = (known && seenAgain(known, sample)) ?? firstSeen(deps.random.uuid(), sample);
    return latest;
  }

  /** What was just done was done to this start of the server, and none of it to a later one. */
  async function stillSame(before: KnownBoot, signal: AbortSignal): Promise<KnownBoot> {
    const after = await boot(before, signal);
    if (after.id === before.id) return after;
    throw new AppError('unavailable', 'The Xray was started anew meanwhile.', {
      details: { reason: 'restarted' },
    });
  }

  async function settled(signal: AbortSignal) {
    const entry = await journal.read();
    const now = await boot(latest ?? entry.boot, signal);
    if (entry.boot?.id === now.id) return { entry, now, restored: 0 };
    lists = null;
    const users = deps.restores ? entry.users : new Map();
    await changeUsers(place, { remove: [], add: [...users.values()] }, signal);
    const next = {
      boot: users.size > 0 ? await stillSame(now, signal) : now,
      users,
      doubtful: new Set<string>(),
    };
    await journal.write(next);
    deps.log.info({ inbound: deps.tag, boot: now.id, restored: users.size }, 'a new start of Xray');
    return { entry: next, now, restored: users.size };
  }

  const change = createGroupCommit<InboundChange, void>(async (changes) => {
    const merged = mergeChanges(changes);
    await lane.run(() => changeNow(merged));
    return changes.map(() => undefined);
  }, MOST_CHANGES);

  async function changeNow(merged: InboundChange): Promise<void> {
    const { users } = await journal.read();
    const signal = whole(users.size + merged.remove.length + merged.add.length);
    const { entry, now } = await settled(signal);
    try {
      await changeUsers(place, merged, signal);
      const after = await stillSame(now, signal);
      if (keepsUsers()) await journal.write(entryAfter(entry, after, merged, true));
    } catch (error) {
      if (keepsUsers()) await underDoubt(entryAfter(entry, now, merged, false), error);
      throw error;
    }
  }

  /** A server that lists its users needs nobody to remember them, unless they are to be put back. */
  const keepsUsers = () => deps.restores || lists !== true;

  async function underDoubt(entry: JournalEntry, error: unknown): Promise<void> {
    deps.log.warn({ inbound: deps.tag, error }, 'a change of users was not answered');
    await journal.write(entry).catch(() => undefined);
  }

  async function read(caller?: AbortSignal) {
    const { users } = await journal.read();
    const signal = whole(users.size, caller);
    const { entry, now } = await settled(signal);
    const listed = lists === false ? null : await listUsers(place, signal);
    lists = listed !== null;
    if (listed === null) return { bootId: now.id, users: liveUsersOf(entry) };
    await stillSame(now, signal);
    return { bootId: now.id, users: listed };
  }

  async function traffic(caller?: AbortSignal) {
    const { users: remembered } = await journal.read();
    const signal = whole(remembered.size, caller);
    const { now } = await settled(signal);
    const users = await readTraffic(place, signal);
    await stillSame(now, signal);
    return { bootId: now.id, users };
  }

  async function look(caller?: AbortSignal) {
    const { users } = await journal.read();
    const { now, restored } = await settled(whole(users.size, caller));
    return { bootId: now.id, restored };
  }

  return {
    kind: 'grpc',
    read: (signal) =>
      unlessGone(
        signal,
        lane.run(() => read(signal)),
      ),
    traffic: (signal) =>
      unlessGone(
        signal,
        lane.run(() => traffic(signal)),
      ),
    look: (signal) =>
      unlessGone(
        signal,
        lane.run(() => look(signal)),
      ),
    async apply(wanted, signal) {
      checkChange(wanted);
      if (signal?.aborted) throw calledOff(signal);
      await unlessGone(signal, change.submit(wanted));
    },
    close: () => place.calls.close(),
  };
}

async function sampleBoot(
  { clock, machineClock }: Pick<GrpcInboundDeps, 'clock' | 'machineClock'>,
  place: InboundPlace,
  signal: AbortSignal,
): Promise<BootSample> {
  const sentAtMs = machineClock.nowMs();
  const stats = await readUptime(place, signal);
  const receivedAtMs = machineClock.nowMs();
  const { machineBoot } = machineClock;
  return { ...stats, machineBoot, sentAtMs, receivedAtMs, wallMs: clock.now().getTime() };
}

/** Whoever has gone away is not waited for; what they asked for may still be done. */
async function unlessGone<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (signal === undefined) return work;
  const gone = Promise.withResolvers<never>();
  const leave = () => gone.reject(calledOff(signal));
  if (signal.aborted) leave();
  signal.addEventListener('abort', leave, { once: true });
  try {
    return await Promise.race([work, gone.promise]);
  } finally {
    signal.removeEventListener('abort', leave);
    work.catch(() => undefined);
  }
}
