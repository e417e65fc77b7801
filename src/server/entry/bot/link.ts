import { chatRefusal } from '../../core/chat-failure.ts';
import { AppError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Log } from '../../core/ports/log.ts';

/** How the bot stands with Telegram. */
export type LinkState = 'connecting' | 'running' | 'unauthorized' | 'conflict' | 'unreachable';

/** Keeps the state of the connection, and knows how long to wait after a failure. */
export interface Link {
  readonly state: LinkState;
  succeeded(): void;
  /** Speaks once for each kind of trouble and resolves when it is time to try again. */
  failed(error: unknown, signal: AbortSignal): Promise<void>;
}

const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;
/** A revoked token does not heal by itself: a slow look now and then, no crash loop (F-G5). */
const UNAUTHORIZED_MS = 60_000;

const TROUBLE = {
  unauthorized: 'Telegram does not know the bot token: check BOT_TOKEN. Trying again once a minute',
  conflict: 'another process takes updates with the same bot token: stop one of them. Trying again',
  unreachable: 'Telegram does not answer. Trying again',
} as const;

export function createLink({ clock, log }: { clock: Clock; log: Log }): Link {
  let state: LinkState = 'connecting';
  let delayMs = FIRST_MS;
  return {
    get state() {
      return state;
    },
    succeeded() {
      if (state !== 'running') log.info({}, 'Telegram answers');
      state = 'running';
      delayMs = FIRST_MS;
    },
    async failed(error, signal) {
      const trouble = troubleOf(error);
      if (state !== trouble) {
        const speak = trouble === 'unauthorized' ? log.error : log.warn;
        speak.call(log, { err: error }, TROUBLE[trouble]);
        delayMs = FIRST_MS;
      }
      state = trouble;
      await clock.sleep(waitMs(trouble, error, delayMs), signal);
      delayMs = Math.min(LONGEST_MS, delayMs * 2);
    },
  };
}

function troubleOf(error: unknown): keyof typeof TROUBLE {
  const refusal = chatRefusal(error);
  return refusal === 'unauthorized' || refusal === 'conflict' ? refusal : 'unreachable';
}

function waitMs(trouble: keyof typeof TROUBLE, error: unknown, delayMs: number): number {
  if (trouble === 'unauthorized') return UNAUTHORIZED_MS;
  const asked = error instanceof AppError ? (error.retryAfterMs ?? 0) : 0;
  return Math.max(asked, delayMs);
}
