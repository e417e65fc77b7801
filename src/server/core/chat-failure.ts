import { AppError } from './errors.ts';

/**
 * What a refusal of the messenger means for us. The adapter that talks to Telegram puts one of these in
 * `details.chat` of the AppError it throws; everybody else asks here.
 */
export type ChatRefusal =
  /** The user blocked the bot, or the account is gone. */
  | 'blocked'
  /** The message to edit is no longer there. */
  | 'message-gone'
  /** The token was revoked or never valid. */
  | 'unauthorized'
  /** Somebody else polls with the same token, or a webhook is set. */
  | 'conflict'
  /** Wait for `retryAfterMs`; it was longer than a call may wait. */
  | 'slow-down'
  | 'other';

export function chatRefusal(error: unknown): ChatRefusal | null {
  if (!(error instanceof AppError)) return null;
  return (error.details.chat as ChatRefusal | undefined) ?? null;
}
