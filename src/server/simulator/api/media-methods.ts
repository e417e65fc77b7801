import { z } from 'zod';
import { badRequest } from '../model/api-error.ts';
import type { ChatState, MessageContent } from '../model/chats.ts';
import type { FileKind, StoredFile, Upload } from '../model/file-store.ts';
import { parseReplyMarkup } from '../model/reply-markup.ts';
import { takeTurn, writableChat } from './chat-methods.ts';
import { captionOf, deliver, repliedTo } from './message-methods.ts';
import { type ApiMethod, type Call, defineMethod } from './method.ts';
import {
  chatId,
  entities,
  entity,
  flag,
  given,
  ignored,
  json,
  rawJson,
  replyParameters,
  text,
} from './parameters.ts';

const captionFields = { caption: text, parse_mode: text, caption_entities: entities };
const shared = {
  ...ignored,
  ...captionFields,
  chat_id: chatId,
  reply_markup: rawJson('reply keyboard markup JSON object'),
  reply_parameters: replyParameters,
};

const sendDocument = defineMethod(
  'sendDocument',
  z.object({ ...shared, document: text, thumbnail: given, disable_content_type_detection: flag }),
  (call, p) => send(call, 'document', p.document, p),
);

const sendPhoto = defineMethod(
  'sendPhoto',
  z.object({ ...shared, photo: text, show_caption_above_media: flag, has_spoiler: flag }),
  (call, p) => send(call, 'photo', p.photo, p),
);

interface MediaRequest {
  readonly chat_id: number | null;
  readonly caption: string;
  readonly parse_mode: string;
  readonly caption_entities: z.output<typeof entities>;
  readonly reply_markup: unknown;
  readonly reply_parameters: z.output<typeof replyParameters>;
}

function send(call: Call, kind: FileKind, named: string, p: MediaRequest): unknown {
  const caption = captionOf(p.caption, p.parse_mode, p.caption_entities);
  const markup = parseReplyMarkup(p.reply_markup);
  const source = sourceOf(call, kind, named);
  if (!source) throw badRequest(`there is no ${kind} in the request`);
  const chat = writableChat(call, p.chat_id);
  const reply = repliedTo(chat, p.reply_parameters);
  const file = take(call, kind, source);
  return deliver(call, chat, { ...contentOf(file), ...caption, ...reply }, markup);
}

/** An upload, or the file_id to send again; null when the request names neither. */
function sourceOf(call: Call, field: string, named: string): Upload | string | null {
  const part = /^attach:\/\/(.+)$/.exec(named)?.[1];
  if (part !== undefined) return call.uploads.get(part) ?? null;
  return call.uploads.get(field) ?? (named || null);
}

function take(call: Call, kind: FileKind, source: Upload | string): StoredFile {
  if (typeof source !== 'string') return call.world.files.save(kind, source);
  // TDLib takes whatever has a dot for a URL; nothing outside can be reached from here.
  if (source.includes('.')) throw badRequest('failed to get HTTP URL content');
  return call.world.files.reuse(kind, source);
}

function contentOf(file: StoredFile): MessageContent {
  const ids = { file_id: file.fileId, file_unique_id: file.uniqueId, file_size: file.bytes.length };
  if (file.kind === 'photo') return { photo: [{ ...ids, width: file.width, height: file.height }] };
  return { document: { file_name: file.fileName, mime_type: file.mimeType, ...ids } };
}

const inputMedia = z.object({
  type: z.string(),
  media: z.string(),
  caption: z.string().optional(),
  parse_mode: z.string().optional(),
  caption_entities: z.array(entity).optional(),
});

const sendMediaGroup = defineMethod(
  'sendMediaGroup',
  z.object({
    ...ignored,
    chat_id: chatId,
    media: json(z.array(inputMedia), 'InputMedia'),
    reply_parameters: replyParameters,
  }),
  (call, p) => {
    const media = p.media ?? [];
    const kinds = media.map((item) => albumKind(item.type));
    const captions = media.map((m) => captionOf(m.caption ?? '', m.parse_mode ?? '', m.caption_entities));
    if (media.length === 0) throw badRequest('there are no messages to send');
    if (media.length > 10) throw badRequest('too many messages to send as an album');
    if (new Set(kinds).size > 1) throw badRequest("document can't be mixed with other media types");
    const chat = writableChat(call, p.chat_id);
    const reply = repliedTo(chat, p.reply_parameters);
    const files = media.map((item, i) => albumFile(call, kinds[i] ?? 'document', item.media));
    takeTurn(call, chat, media.length);
    const contents = files.map((file, i) => ({ ...contentOf(file), ...captions[i], ...reply }));
    return deliverAlbum(call, chat, contents);
  },
);

function albumKind(type: string): FileKind {
  if (type === 'document' || type === 'photo') return type;
  if (type === 'animation') {
    throw badRequest('can\'t parse InputMedia: type "animation" can\'t be used in sendMediaGroup');
  }
  throw badRequest(`can't parse InputMedia: type "${type}" is unsupported`);
}

function albumFile(call: Call, kind: FileKind, named: string): StoredFile {
  const source = sourceOf(call, '', named);
  if (!source) throw badRequest("can't parse InputMedia: media not found");
  return take(call, kind, source);
}

function deliverAlbum(call: Call, chat: ChatState, contents: readonly MessageContent[]): unknown {
  const group = contents.length > 1 ? { media_group_id: `${call.nowMs}${chat.chat.id}` } : {};
  return contents.map((content) => {
    const message = call.world.chats.fromBot(chat.chat.id, { ...content, ...group }, undefined, call.nowMs);
    call.world.emit({ kind: 'message', chatId: chat.chat.id, message });
    return message;
  });
}

const getFile = defineMethod('getFile', z.object({ file_id: text }), (call, p) => {
  if (p.file_id === '') throw badRequest('file_id not specified');
  const file = call.world.files.downloadable(p.file_id);
  return {
    file_id: file.fileId,
    file_unique_id: file.uniqueId,
    file_size: file.bytes.length,
    file_path: file.path,
  };
});

export const mediaMethods: readonly ApiMethod[] = [sendDocument, sendPhoto, sendMediaGroup, getFile];
