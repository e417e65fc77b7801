import { isPassing } from '../core/errors.ts';
import type { SessionId } from '../core/ids.ts';
import type { Session } from '../core/operators.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { SessionEnds } from '../core/session-ends.ts';
import { within } from './within.ts';

/**
 * Logins found a moment ago, so that an operator goes on seeing the overview while the database is away: pages from
 * memory only, for whatever changes something needs the database itself. A login that ended in this process is
 * forgotten at once; one that ended elsewhere, at the first question the database answers, or when the time is over.
 */
export interface RememberedSessions {
  /** As `find`. While the database is away the answer of before, for ten minutes; then it throws as `find` does. */
  find(token: string, now: Date): Promise<Session | null>;
  /** As the database says now; what it says is remembered. Throws as `find` of the sessions does. */
  ask(token: string, now: Date): Promise<Session | null>;
  /** Of these, the logins that still hold, as far as anybody can tell. Never throws. */
  holding(ids: readonly SessionId[]): Promise<ReadonlySet<SessionId>>;
}

export interface RememberSessionsDeps {
  readonly clock: Clock;
  readonly ends: Pick<SessionEnds, 'onEnded'>;
  find(token: string, now: Date): Promise<Session | null>;
  stillValid(ids: readonly SessionId[], now: Date): Promise<ReadonlySet<SessionId>>;
  /** One-way: what is kept opens nothing. */
  digest(token: string): string;
  /** False while the database is known to be away: then it is not asked, and nobody waits for it. */
  databaseAnswers(): boolean;
}

const KEPT = 1_000;
const KEPT_MS = 600_000;
/** A page must say within a second that the database is away. */
const ANSWER_WITHIN_MS = 500;

interface Memory {
  readonly session: Session;
  readonly foundAtMs: number;
}

export function rememberSessions(deps: RememberSessionsDeps): RememberedSessions {
  const { clock } = deps;
  const memories = new Map<string, Memory>();
  deps.ends.onEnded((ids) => forget((session) => ids.includes(session.id)));

  function forget(ended: (session: Session) => boolean): void {
    for (const [key, { session }] of memories) if (ended(session)) memories.delete(key);
  }

  function keep(key: string, session: Session): void {
    // The newest last: the oldest is the first to go.
    memories.delete(key);
    memories.set(key, { session, foundAtMs: clock.monotonicMs() });
    if (memories.size > KEPT) memories.delete(memories.keys().next().value!);
  }

  function recall(key: string): Session | null {
    const memory = memories.get(key);
    if (!memory) return null;
    if (clock.monotonicMs() - memory.foundAtMs <= KEPT_MS) return memory.session;
    memories.delete(key);
    return null;
  }

  async function ask(token: string, now: Date, key = deps.digest(token)): Promise<Session | null> {
    const session = await deps.find(token, now);
    if (session === null) memories.delete(key);
    else keep(key, session);
    return session;
  }

  return {
    async find(token, now) {
      const key = deps.digest(token);
      const before = recall(key);
      if (before !== null && !deps.databaseAnswers()) return before;
      try {
        return await within(clock.deadline(ANSWER_WITHIN_MS), ask(token, now, key));
      } catch (error) {
        if (before === null || !isPassing(error)) throw error;
        return before;
      }
    },
    ask: (token, now) => ask(token, now),
    async holding(ids) {
      if (!deps.databaseAnswers()) return remembered(ids);
      try {
        const valid = await deps.stillValid(ids, clock.now());
        forget(({ id }) => ids.includes(id) && !valid.has(id));
        return valid;
      } catch {
        return remembered(ids);
      }
    },
  };

  function remembered(ids: readonly SessionId[]): ReadonlySet<SessionId> {
    const since = clock.monotonicMs() - KEPT_MS;
    const fresh = [...memories.values()].filter(({ foundAtMs }) => foundAtMs >= since);
    const known = new Set(fresh.map(({ session }) => session.id));
    return new Set(ids.filter((id) => known.has(id)));
  }
}
