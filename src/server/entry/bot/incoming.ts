import type { Update } from 'grammy/types';
import type { AccountProfile } from '../../core/access.ts';
import { COMMANDS, type Command } from '../../core/bot-buttons.ts';
import { accountId, chatId, type UpdateId, updateId } from '../../core/ids.ts';
import type { Language } from '../../core/ports/words.ts';

/** The kinds of updates we ask Telegram for; anything else that comes is ignored. */
export const ALLOWED_UPDATES = ['message', 'callback_query', 'my_chat_member'] as const;

interface From {
  readonly updateId: UpdateId;
  readonly profile: AccountProfile;
}

/** An update, reduced to what we answer to. */
export type Incoming =
  | (From & { readonly kind: 'command'; readonly command: Command })
  | (From & { readonly kind: 'text'; readonly text: string })
  /** `messageId`: the message the button is under; null when Telegram no longer shows it to bots. */
  | (From & {
      readonly kind: 'button';
      readonly queryId: string;
      readonly data: string;
      readonly messageId: number | null;
    })
  | (From & { readonly kind: 'membership'; readonly blocked: boolean });

/** Somebody to answer to. */
export type Asking = Exclude<Incoming, { kind: 'membership' }>;

/**
 * What the update asks; null for groups, channels, edits, other bots and kinds unknown to us. It comes from a
 * foreign server, so nothing is taken for granted but an object.
 */
export function readUpdate(update: Update): Incoming | null {
  if (!Number.isSafeInteger(update?.update_id)) return null;
  if (update.message) return readMessage(update, update.message);
  if (update.callback_query) return readButtonPress(update, update.callback_query);
  if (update.my_chat_member) return readMembership(update, update.my_chat_member);
  return null;
}

function readMessage(update: Update, message: NonNullable<Update['message']>): Incoming | null {
  if (message.chat?.type !== 'private') return null;
  const from = readSender(update, message.from);
  if (!from) return null;
  const text = textOf(message.text);
  const word = /^\/([a-z]+)(?:@\w+)?(?=\s|$)/i.exec(text)?.[1]?.toLowerCase();
  const command = COMMANDS.find((each) => each === word);
  return command ? { ...from, kind: 'command', command } : { ...from, kind: 'text', text };
}

function readButtonPress(update: Update, query: NonNullable<Update['callback_query']>): Incoming | null {
  const from = readSender(update, query.from);
  if (!from || typeof query.id !== 'string') return null;
  const message = query.message;
  if (message && message.chat?.type !== 'private') return null;
  // A date of 0 marks a message too old for bots (InaccessibleMessage).
  const messageId = message && message.date !== 0 ? message.message_id : null;
  return { ...from, kind: 'button', queryId: query.id, data: textOf(query.data), messageId };
}

function readMembership(update: Update, change: NonNullable<Update['my_chat_member']>): Incoming | null {
  if (change.chat?.type !== 'private') return null;
  const from = readSender(update, change.from);
  return from && { ...from, kind: 'membership', blocked: change.new_chat_member?.status === 'kicked' };
}

type Sender = NonNullable<Update['message']>['from'];

function readSender(update: Update, sender: Sender): From | null {
  if (!sender || sender.is_bot || !Number.isSafeInteger(sender.id) || sender.id <= 0) return null;
  return {
    updateId: updateId(update.update_id),
    profile: {
      id: accountId(sender.id),
      // In a private chat the chat has the id of its user.
      chatId: chatId(sender.id),
      languageHint: languageOf(sender.language_code),
      name: cutTo(256, `${textOf(sender.first_name)} ${textOf(sender.last_name)}`.trim()),
      username: textOf(sender.username) || null,
    },
  };
}

function languageOf(code: unknown): Language {
  return String(code ?? '')
    .toLowerCase()
    .split('-')[0] === 'ru'
    ? 'ru'
    : 'en';
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Whole characters, so that no emoji is cut in two. */
function cutTo(limit: number, text: string): string {
  return [...text.slice(0, limit * 2)].slice(0, limit).join('').toWellFormed();
}
