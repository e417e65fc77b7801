import { AppError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports/clock.ts';

/**
 * Makes senders queue once Telegram says "too many" to several chats at once.
 *
 * Telegram's overall limit is "about 30 messages a second" (https://core.telegram.org/bots/faq), and more for some
 * bots, so nothing is held back until it complains. Then, instead of a thousand calls each trying again every
 * second, they go in order of arrival at a pace that is sure to be allowed, until the complaints have stopped for
 * a while. One chat that is told to wait brakes nobody else.
 */
export interface Brake {
  /**
   * Resolves when the call may go: at once while nobody complains. Throws AppError `unavailable` (`slow-down`,
   * with `retryAfterMs`) when the line is longer than `longestMs`, and the signal's reason.
   */
  pass(longestMs: number, signal?: AbortSignal): Promise<void>;
  /** Telegram asked this chat's call to wait a little. */
  refused(chat: unknown): void;
}

const PER_SECOND = 25;
const CHATS_THAT_MATTER = 3;
const COMPLAINT_MS = 1_000;
const BRAKED_MS = 10_000;

export function createBrake(clock: Clock): Brake {
  const complaints = new Map<unknown, number>();
  let brakedUntilMs = 0;
  let nextAtMs = 0;
  return {
    async pass(longestMs, signal) {
      const now = clock.monotonicMs();
      if (now >= brakedUntilMs && now >= nextAtMs) return;
      const at = Math.max(now, nextAtMs);
      if (at - now > longestMs) throw tooLong(at - now);
      nextAtMs = at + 1_000 / PER_SECOND;
      await clock.sleep(at - now, signal);
    },
    refused(chat) {
      const now = clock.monotonicMs();
      for (const [known, at] of complaints) if (now - at > COMPLAINT_MS) complaints.delete(known);
      complaints.set(chat, now);
      if (complaints.size >= CHATS_THAT_MATTER) brakedUntilMs = now + BRAKED_MS;
    },
  };
}

function tooLong(waitMs: number): AppError {
  return new AppError('unavailable', 'Too many messages wait to be sent.', {
    details: { chat: 'slow-down' },
    retryAfterMs: Math.ceil(waitMs),
  });
}
