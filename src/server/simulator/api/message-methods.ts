import { z } from 'zod';
import { badRequest } from '../model/api-error.ts';
import { type ChatState, inlineOf, type MessageContent } from '../model/chats.ts';
import { formatText } from '../model/formatted-text.ts';
import { parseReplyMarkup } from '../model/reply-markup.ts';
import type {
  FormattedText,
  InlineKeyboard,
  Message,
  MessageEntity,
  ReplyMarkup,
} from '../model/telegram-types.ts';
import { knownChat, ownMessage, takeTurn, writableChat } from './chat-methods.ts';
import { type ApiMethod, type Call, defineMethod } from './method.ts';
import {
  chatId,
  entities,
  flag,
  given,
  ignored,
  integer,
  rawJson,
  replyParameters,
  text,
} from './parameters.ts';

/** After parsing of markup; counted in UTF-16 units, the tightest reading of "characters". */
const MAX_TEXT = 4096;
const MAX_CAPTION = 1024;

const replyMarkup = rawJson('reply keyboard markup JSON object');
const textFields = {
  text,
  parse_mode: text,
  entities,
  link_preview_options: given,
  disable_web_page_preview: given,
};
const target = { chat_id: chatId, message_id: integer(0, 0, 2 ** 31) };

const sendMessage = defineMethod(
  'sendMessage',
  z.object({
    ...ignored,
    ...textFields,
    chat_id: chatId,
    reply_markup: replyMarkup,
    reply_parameters: replyParameters,
    reply_to_message_id: integer(0, 0, 2 ** 31),
    allow_sending_without_reply: flag,
  }),
  (call, p) => {
    const content = messageText(p.text, p.parse_mode, p.entities);
    const markup = parseReplyMarkup(p.reply_markup);
    const chat = writableChat(call, p.chat_id);
    const reply = repliedTo(chat, p.reply_parameters);
    return deliver(call, chat, { ...content, ...reply }, markup);
  },
);

const editMessageText = defineMethod(
  'editMessageText',
  z.object({ ...textFields, ...target, business_connection_id: given, reply_markup: replyMarkup }),
  (call, p) => {
    const content = messageText(p.text, p.parse_mode, p.entities);
    const keyboard = editedKeyboard(p.reply_markup);
    const message = ownMessage(call, knownChat(call, p.chat_id), p.message_id);
    if (message.text === undefined) throw badRequest('there is no text in the message to edit');
    return replace(call, message, { ...withoutText(message), ...content }, keyboard);
  },
);

const editMessageCaption = defineMethod(
  'editMessageCaption',
  z.object({
    ...target,
    business_connection_id: given,
    caption: text,
    parse_mode: text,
    caption_entities: entities,
    show_caption_above_media: flag,
    reply_markup: replyMarkup,
  }),
  (call, p) => {
    const content = captionOf(p.caption, p.parse_mode, p.caption_entities);
    const keyboard = editedKeyboard(p.reply_markup);
    const message = ownMessage(call, knownChat(call, p.chat_id), p.message_id);
    if (message.text !== undefined) throw badRequest('there is no caption in the message to edit');
    return replace(call, message, { ...withoutCaption(message), ...content }, keyboard);
  },
);

const editMessageReplyMarkup = defineMethod(
  'editMessageReplyMarkup',
  z.object({ ...target, business_connection_id: given, reply_markup: replyMarkup }),
  (call, p) => {
    const keyboard = editedKeyboard(p.reply_markup);
    const message = ownMessage(call, knownChat(call, p.chat_id), p.message_id);
    return replace(call, message, withoutKeyboard(message), keyboard);
  },
);

/** Text of a message, or Telegram's refusal. */
function messageText(
  raw: string,
  parseMode: string,
  given: readonly MessageEntity[] | undefined,
): MessageContent {
  if (raw === '') throw badRequest('message text is empty');
  const formatted = formatText({ text: raw, parseMode, entities: given });
  if (formatted.text === '') throw badRequest('text must be non-empty');
  if (formatted.text.length > MAX_TEXT) throw badRequest('message is too long');
  return { text: formatted.text, ...entitiesAs('entities', formatted) };
}

/** Caption of a file; an empty one is none. */
export function captionOf(
  raw: string,
  parseMode: string,
  given: readonly MessageEntity[] | undefined,
): MessageContent {
  if (raw === '') return {};
  const formatted = formatText({ text: raw, parseMode, entities: given });
  if (formatted.text.length > MAX_CAPTION) throw badRequest('message caption is too long');
  if (formatted.text === '') return {};
  return { caption: formatted.text, ...entitiesAs('caption_entities', formatted) };
}

function entitiesAs(field: 'entities' | 'caption_entities', formatted: FormattedText): MessageContent {
  return formatted.entities.length > 0 ? { [field]: formatted.entities } : {};
}

export function repliedTo(
  chat: ChatState,
  reply: { message_id: number; allow_sending_without_reply?: boolean | undefined } | undefined,
): MessageContent {
  if (!reply) return {};
  const message = chat.messages.get(reply.message_id);
  if (message) return { reply_to_message: { ...message, reply_to_message: undefined } };
  if (reply.allow_sending_without_reply) return {};
  throw badRequest('message to be replied not found');
}

/** Puts a message of the bot into the chat and tells the world. */
export function deliver(
  call: Call,
  chat: ChatState,
  content: MessageContent,
  markup: ReplyMarkup | undefined,
): Message {
  takeTurn(call, chat);
  const message = call.world.chats.fromBot(chat.chat.id, content, markup, call.nowMs);
  call.world.emit({ kind: 'message', chatId: chat.chat.id, message });
  return message;
}

function editedKeyboard(raw: unknown): InlineKeyboard | undefined {
  const markup = parseReplyMarkup(raw);
  if (markup && markup.kind !== 'inline') throw badRequest('inline keyboard expected');
  return inlineOf(markup);
}

function replace(
  call: Call,
  before: Message,
  content: Message,
  keyboard: InlineKeyboard | undefined,
): Message {
  const { reply_markup: _, edit_date: __, ...rest } = content;
  const after = { ...rest, ...(keyboard && { reply_markup: keyboard }) };
  if (JSON.stringify(visible(before)) === JSON.stringify(visible(after))) {
    const same = 'specified new message content and reply markup are exactly the same as a current content';
    throw badRequest(`message is not modified: ${same} and reply markup of the message`);
  }
  const message = { ...after, edit_date: Math.floor(call.nowMs / 1000) };
  call.world.chats.replace(message);
  call.world.emit({ kind: 'edited', chatId: message.chat.id, message });
  return message;
}

function visible(message: Message): unknown {
  const {
    text: body,
    entities: marks,
    caption,
    caption_entities: captionMarks,
    reply_markup: keyboard,
  } = message;
  return [body, marks, caption, captionMarks, keyboard];
}

function withoutText({ text: _, entities: __, ...message }: Message): Message {
  return message;
}

function withoutCaption({ caption: _, caption_entities: __, ...message }: Message): Message {
  return message;
}

function withoutKeyboard({ reply_markup: _, ...message }: Message): Message {
  return message;
}

export const messageMethods: readonly ApiMethod[] = [
  sendMessage,
  editMessageText,
  editMessageCaption,
  editMessageReplyMarkup,
];
