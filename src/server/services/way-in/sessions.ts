import type { SessionId } from '../../core/ids.ts';
import { operatorSubject, type Session } from '../../core/operators.ts';
import type { SessionLine } from '../../core/ports/operators.ts';
import { actorOf, type Visitor, type WayInDeps } from './way-in.ts';

/** Logins in force. Throws AppError `unavailable`, `timeout` or `exhausted` when the database is away or busy. */
export interface Sessions {
  /** Null: no such session, or it is over. */
  find(token: string, now: Date): Promise<Session | null>;
  /** Of these, the ones in force now: one statement for all streams of a tick. They count as seen. */
  stillValid(ids: readonly SessionId[], now: Date): Promise<ReadonlySet<SessionId>>;
  list(session: Session, now: Date): Promise<readonly SessionLine[]>;
  logOut(session: Session, visitor: Visitor): Promise<void>;
  /** Ends another of one's own; false: there is none with this id. */
  end(session: Session, id: SessionId, visitor: Visitor): Promise<boolean>;
  /** Ends all of one's own, this one too; answers how many. */
  logOutEverywhere(session: Session, visitor: Visitor): Promise<number>;
}

export function createSessions({ store, tokens, ends }: WayInDeps): Sessions {
  async function end(
    session: Session,
    id: SessionId,
    visitor: Visitor,
    action: 'logout' | 'session-end',
  ): Promise<boolean> {
    const { operator } = session;
    const done = await store.transaction(async (tx) => {
      if (!(await tx.endSession(operator.id, id))) return false;
      const subject = operatorSubject(operator.name);
      const details = { session: id };
      const actor = actorOf(operator, visitor);
      await tx.audit([{ at: visitor.now, actor, action, subject, details }]);
      return true;
    });
    if (done) ends.announce([id]);
    return done;
  }

  return {
    find: (token, now) => store.session(tokens.digest(token), 'full', now),
    stillValid: (ids, now) => store.stillValid(ids, now),
    list: (session, now) => store.sessionsOf(session.operator.id, now),
    async logOut(session, visitor) {
      await end(session, session.id, visitor, 'logout');
    },
    end: (session, id, visitor) => end(session, id, visitor, 'session-end'),
    async logOutEverywhere({ operator }, visitor) {
      const ended = await store.transaction(async (tx) => {
        const ids = await tx.endSessions(operator.id, null);
        const subject = operatorSubject(operator.name);
        const details = { sessions: ids.length };
        const actor = actorOf(operator, visitor);
        await tx.audit([{ at: visitor.now, actor, action: 'logout-everywhere', subject, details }]);
        return ids;
      });
      ends.announce(ended);
      return ended.length;
    },
  };
}
