import type { ChatRefusal } from '../../core/chat-failure.ts';
import { AppError, type ErrorCode } from '../../core/errors.ts';

/** The body of every answer of the Bot API (https://core.telegram.org/bots/api#making-requests). */
export type TelegramAnswer =
  | { readonly ok: true; readonly result: unknown }
  | {
      readonly ok: false;
      readonly error_code: number;
      readonly description: string;
      readonly parameters?: { readonly retry_after?: number };
    };

export type TelegramRefusal = Extract<TelegramAnswer, { ok: false }>;

/**
 * Refusals that mean "it already is as you want it". The Bot API has no codes for them, only these sentences.
 */
const HARMLESS = [
  'message is not modified',
  'message to delete not found',
  'query is too old and response timeout expired or query id is invalid',
];
const GONE = [
  'message to edit not found',
  "message can't be edited",
  'message_id_invalid',
  // A picture with buttons: what comes next is a message of its own.
  'there is no text in the message to edit',
];
const LOST_CHAT = ['chat not found', 'user is deactivated', 'bot was blocked', "can't initiate conversation"];

export function isHarmless(refusal: TelegramRefusal): boolean {
  return refusal.error_code === 400 && mentions(refusal, HARMLESS);
}

/** Seconds the Bot API asks to wait, or null. */
export function retryAfterSeconds(refusal: TelegramRefusal): number | null {
  return refusal.parameters?.retry_after ?? null;
}

/** Translates once, here: nobody else reads Telegram's codes. */
export function refusalError(method: string, refusal: TelegramRefusal): AppError {
  const [code, chat] = classify(refusal);
  const seconds = retryAfterSeconds(refusal);
  return new AppError(code, `Telegram refused ${method}`, {
    details: { chat, method, telegramCode: refusal.error_code, description: refusal.description },
    retryAfterMs: seconds === null ? undefined : seconds * 1000,
  });
}

function classify(refusal: TelegramRefusal): [ErrorCode, ChatRefusal] {
  const code = refusal.error_code;
  if (code === 429) return ['unavailable', 'slow-down'];
  if (code >= 500) return ['unavailable', 'other'];
  // A malformed token is answered by 404, a revoked one by 401.
  if (code === 401 || code === 404) return ['forbidden', 'unauthorized'];
  if (code === 409) return ['conflict', 'conflict'];
  if (code === 403 || mentions(refusal, LOST_CHAT)) return ['forbidden', 'blocked'];
  if (mentions(refusal, GONE)) return ['not_found', 'message-gone'];
  return ['invalid', 'other'];
}

function mentions(refusal: TelegramRefusal, sentences: readonly string[]): boolean {
  const text = refusal.description.toLowerCase();
  return sentences.some((each) => text.includes(each));
}
