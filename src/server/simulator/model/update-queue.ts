import type { Update } from './telegram-types.ts';

/** Updates older than this are forgotten, as with Telegram. */
const KEEP_MS = 24 * 3_600_000;
/** Kinds a bot gets only when it asks for them by name. */
const ONLY_BY_NAME = new Set(['chat_member', 'message_reaction', 'message_reaction_count']);

export interface QueuedUpdate {
  readonly update: Update;
  /** Updates of one chat are delivered in order; null for those that belong to none. */
  readonly chatId: number | null;
  readonly addedAtMs: number;
}

export interface UpdateQueue {
  /** Adds an update, or returns null when the bot did not allow its kind. */
  add(kind: string, body: unknown, chatId: number | null, nowMs: number): Update | null;
  /** Delivers an update once more whatever is confirmed: a duplicate, as after a lost confirmation. */
  again(queued: QueuedUpdate): void;
  /** A raw object under the next id: for malformed updates. */
  addRaw(fields: Readonly<Record<string, unknown>>, nowMs: number): Update;
  /** The first `limit` unconfirmed ones. `offset` confirms all below it; a negative one keeps the last few only. */
  read(offset: number, limit: number, nowMs: number): readonly Update[];
  /** All unconfirmed ones, oldest first. */
  pending(): readonly QueuedUpdate[];
  /** Forgets one: a webhook took it. */
  confirm(updateId: number): void;
  clear(): void;
  /** An empty list means the default: all kinds but those given only by name. */
  allow(kinds: readonly string[]): void;
  allowed(): readonly string[];
  /** Moves the counter: a gap forwards, a reset backwards. */
  setNextId(id: number): void;
  nextId(): number;
}

/** The bot's queue of updates, ids and confirmation as getUpdates documents them. Pure: takes `now`. */
export function createUpdateQueue(firstId: number): UpdateQueue {
  let queue: QueuedUpdate[] = [];
  let repeats: QueuedUpdate[] = [];
  let nextId = firstId;
  let allowedKinds: readonly string[] = [];

  const isAllowed = (kind: string) =>
    allowedKinds.length === 0 ? !ONLY_BY_NAME.has(kind) : allowedKinds.includes(kind);

  const append = (
    fields: Readonly<Record<string, unknown>>,
    chatId: number | null,
    nowMs: number,
  ): Update => {
    const update: Update = { update_id: nextId, ...fields };
    nextId += 1;
    queue.push({ update, chatId, addedAtMs: nowMs });
    return update;
  };

  const dropExpired = (nowMs: number): void => {
    const first = queue[0];
    if (first && nowMs - first.addedAtMs > KEEP_MS)
      queue = queue.filter((q) => nowMs - q.addedAtMs <= KEEP_MS);
  };

  return {
    add: (kind, body, chatId, nowMs) => (isAllowed(kind) ? append({ [kind]: body }, chatId, nowMs) : null),
    again: (queued) => void repeats.push(queued),
    addRaw: (fields, nowMs) => append(fields, null, nowMs),
    read(offset, limit, nowMs) {
      dropExpired(nowMs);
      if (offset < 0) queue = queue.slice(offset);
      else if (offset > 0 && offset <= nextId) queue = unconfirmed(queue, offset);
      // An offset beyond the next id stems from before a reset of the ids: it confirms nothing.
      const repeated = repeats.splice(0, limit);
      return [...repeated, ...queue.slice(0, limit - repeated.length)].map((q) => q.update);
    },
    pending: () => (repeats.length > 0 ? [...repeats, ...queue] : queue),
    confirm(updateId) {
      for (const list of [repeats, queue]) {
        const at = list.findIndex((q) => q.update.update_id === updateId);
        if (at < 0) continue;
        list.splice(at, 1);
        return;
      }
    },
    clear: () => {
      queue = [];
      repeats = [];
    },
    allow: (kinds) => {
      allowedKinds = kinds;
    },
    allowed: () => allowedKinds,
    setNextId: (id) => {
      nextId = id;
    },
    nextId: () => nextId,
  };
}

function unconfirmed(queue: QueuedUpdate[], offset: number): QueuedUpdate[] {
  const first = queue.findIndex((q) => q.update.update_id >= offset);
  if (first === 0) return queue;
  return first < 0 ? [] : queue.filter((q) => q.update.update_id >= offset);
}
