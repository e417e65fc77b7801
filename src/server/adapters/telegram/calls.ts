import type { CallRule } from '../../core/call-rules.ts';

const SEND_MS = 10_000;
const UPLOAD_MS = 30_000;
/** What a long poll gets on top of the time it asks Telegram to wait. */
export const POLL_SLACK_MS = 10_000;
/** The longest poll worth asking for: Telegram itself ends them at 50 s. */
const LONGEST_POLL_MS = 50_000;

/**
 * Once it says 200, Telegram has done it: the few hundred bytes that say so come in the same packet. A chat goes on in
 * order, so what holds it up is short; a batch of updates, and what may not be sent twice, is given longer.
 */
const SCREEN_BODY_MS = 1_500;
const BODY_MS = 5_000;
const SCREENS: readonly string[] = ['sendMessage', 'editMessageText', 'answerCallbackQuery'];

/** Doing these twice is the same as doing them once. */
const REPEATABLE = 2;
const ONCE = 0;

const METHODS = [
  ['getMe', SEND_MS, REPEATABLE, 'who the bot is'],
  ['getUpdates', LONGEST_POLL_MS + POLL_SLACK_MS, ONCE, 'what users wrote; the next poll is the repeat'],
  ['setWebhook', SEND_MS, REPEATABLE, 'to bring updates to us'],
  ['deleteWebhook', SEND_MS, REPEATABLE, 'to let us poll'],
  ['setMyCommands', SEND_MS, REPEATABLE, 'to show the menu'],
  ['setMyShortDescription', SEND_MS, REPEATABLE, 'to show what the bot is'],
  ['sendMessage', SEND_MS, ONCE, 'to tell a user'],
  ['editMessageText', SEND_MS, REPEATABLE, 'to change what was told'],
  ['deleteMessage', SEND_MS, REPEATABLE, 'to take back a config that is dead'],
  ['answerCallbackQuery', SEND_MS, REPEATABLE, 'to confirm a pressed button'],
  ['sendDocument', UPLOAD_MS, ONCE, 'to bring a config; its job repeats it'],
  ['sendPhoto', UPLOAD_MS, ONCE, 'to bring a QR; its job repeats it'],
] as const;

export type TelegramMethod = (typeof METHODS)[number][0];

const nameOf = (method: string): string => `telegram.${method}`;

export const TELEGRAM_CALLS = METHODS.map(([method, deadline, retries, why]) => ({
  name: nameOf(method),
  door: 'http',
  asks: `Telegram, ${why}`,
  deadline,
  bodyWithinMs: SCREENS.includes(method) ? SCREEN_BODY_MS : BODY_MS,
  retries,
})) satisfies readonly CallRule[];

const byName = new Map(TELEGRAM_CALLS.map((rule) => [rule.name, rule]));

/** Undefined for a method that has no rule; the door refuses it. */
export const telegramCall = (method: string) => byName.get(nameOf(method));
