import { z } from 'zod';
import { badRequest, forbidden, tooManyRequests } from '../model/api-error.ts';
import type { ChatState } from '../model/chats.ts';
import type { Message } from '../model/telegram-types.ts';
import { type ApiMethod, type Call, defineMethod } from './method.ts';
import { chatId, ignored, integer, rawJson, text } from './parameters.ts';

/** The chat a call names: Telegram's refusals for an empty, unknown, blocked or gone one. */
export function writableChat(call: Call, id: number | null): ChatState {
  if (Number.isNaN(id)) throw badRequest('chat_id is empty');
  return call.world.chats.writable(id ?? 0);
}

/** The same for reading and editing, where a block does not matter. */
export function knownChat(call: Call, id: number | null): ChatState {
  if (Number.isNaN(id)) throw badRequest('chat_id is empty');
  return call.world.chats.known(id ?? 0);
}

/** Counts messages against the send limits; 429 when they are over. */
export function takeTurn(call: Call, chat: ChatState, count = 1): void {
  const wait = call.gate.take(chat.chat.id, count, call.monotonicMs);
  if (wait > 0) throw tooManyRequests(wait);
}

/** A message of this bot, for editing. */
export function ownMessage(call: Call, chat: ChatState, messageId: number): Message {
  if (messageId <= 0) throw badRequest('message identifier is not specified');
  const message = chat.messages.get(messageId);
  if (!message) throw badRequest('message to edit not found');
  if (message.from.id !== call.world.bot.id) throw badRequest("message can't be edited");
  return message;
}

const ACTIONS = new Set(
  (
    'typing upload_photo record_video upload_video record_voice upload_voice record_audio upload_audio ' +
    'upload_document choose_sticker pick_up_location find_location record_video_note upload_video_note'
  ).split(' '),
);

/** Telegram lets a bot delete messages for this long (core.telegram.org/bots/api#deletemessage). */
const DELETABLE_MS = 48 * 3_600_000;

const sendChatAction = defineMethod(
  'sendChatAction',
  z.object({ ...ignored, chat_id: chatId, action: text }),
  (call, p) => {
    if (!ACTIONS.has(p.action)) throw badRequest('wrong parameter action in request');
    const chat = writableChat(call, p.chat_id);
    call.world.emit({ kind: 'action', chatId: chat.chat.id, action: p.action });
    return true;
  },
);

const getChat = defineMethod('getChat', z.object({ chat_id: chatId }), (call, p) => ({
  ...knownChat(call, p.chat_id).chat,
  accent_color_id: 0,
  max_reaction_count: 11,
  accepted_gift_types: {},
}));

const deleteMessage = defineMethod(
  'deleteMessage',
  z.object({ chat_id: chatId, message_id: integer(0, 0, 2 ** 31) }),
  (call, p) => {
    const chat = knownChat(call, p.chat_id);
    if (p.message_id === 0) throw badRequest('message identifier is not specified');
    remove(call, chat, p.message_id);
    return true;
  },
);

const deleteMessages = defineMethod(
  'deleteMessages',
  z.object({ chat_id: chatId, message_ids: rawJson('message identifiers JSON object') }),
  (call, p) => {
    const chat = knownChat(call, p.chat_id);
    const ids = Array.isArray(p.message_ids) ? p.message_ids.map(Number) : [];
    if (ids.length === 0) throw badRequest('message identifiers are not specified');
    if (ids.length > 100) throw badRequest('too many message identifiers specified');
    for (const id of ids) if (chat.messages.has(id)) remove(call, chat, id);
    return true;
  },
);

function remove(call: Call, chat: ChatState, messageId: number): void {
  const message = chat.messages.get(messageId);
  if (!message) throw badRequest('message to delete not found');
  if (chat.isDeactivated) throw forbidden('user is deactivated');
  if (call.nowMs - message.date * 1000 > DELETABLE_MS) throw badRequest("message can't be deleted");
  call.world.chats.remove(chat.chat.id, messageId);
  call.world.emit({ kind: 'deleted', chatId: chat.chat.id, messageId });
}

export const chatMethods: readonly ApiMethod[] = [sendChatAction, getChat, deleteMessage, deleteMessages];
