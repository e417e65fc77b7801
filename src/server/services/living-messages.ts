import type { IssueId } from '../core/ids.ts';
import type { Clock } from '../core/ports/clock.ts';

/**
 * The "preparing" messages being sent by this process right now. The delivery turns such a message into "ready",
 * and may get there before Telegram has answered the sending of it.
 */
export interface LivingMessages {
  /** A message for this issue is about to be sent. */
  expect(id: IssueId): void;
  /** It was sent. */
  sent(id: IssueId, messageId: number): void;
  /** Its message id; null when none is expected, or when it takes too long. */
  wait(id: IssueId): Promise<number | null>;
}

/** Longer than any healthy answer; then a message of its own says "ready". */
const WAIT_MS = 3000;
/** A bound for messages nobody ever waits for. */
const MOST = 10_000;

type Expected = PromiseWithResolvers<number | null>;

export function createLivingMessages(clock: Clock): LivingMessages {
  const expected = new Map<IssueId, Expected>();

  function forgetOldest(): void {
    const oldest = expected.keys().next();
    if (expected.size >= MOST && !oldest.done) expected.delete(oldest.value);
  }

  return {
    expect(id) {
      forgetOldest();
      expected.set(id, Promise.withResolvers());
    },
    sent: (id, messageId) => expected.get(id)?.resolve(messageId),
    async wait(id) {
      const message = expected.get(id);
      if (!message) return null;
      const patience = new AbortController();
      const tooLong = clock.sleep(WAIT_MS, patience.signal).then(
        () => null,
        () => null,
      );
      const messageId = await Promise.race([message.promise, tooLong]);
      patience.abort();
      expected.delete(id);
      return messageId;
    },
  };
}
