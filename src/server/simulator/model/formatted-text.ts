import { badRequest } from './api-error.ts';
import { parseHtml } from './html-text.ts';
import { parseMarkdownV2 } from './markdown-text.ts';
import type { FormattedText, MessageEntity } from './telegram-types.ts';

/** What a bot's request says about one piece of text. */
export interface TextRequest {
  readonly text: string;
  readonly parseMode: string | undefined;
  readonly entities: readonly MessageEntity[] | undefined;
}

const ENTITY_TYPES = new Set(
  (
    'mention hashtag cashtag bot_command url email phone_number bold italic underline strikethrough spoiler ' +
    'blockquote expandable_blockquote code pre text_link text_mention custom_emoji'
  ).split(' '),
);

/** Text as it will stand in the message: markup read, control characters and outer blanks gone. */
export function formatText(request: TextRequest): FormattedText {
  const mode = (request.parseMode ?? '').toLowerCase();
  const parsed = parseByMode(mode, request);
  return tidy(parsed);
}

function parseByMode(mode: string, request: TextRequest): FormattedText {
  switch (mode) {
    case 'html':
      return parseHtml(request.text);
    case 'markdownv2':
      return parseMarkdownV2(request.text);
    case 'markdown':
      throw badRequest("can't parse entities: [simulator] legacy Markdown is not spoken here; use HTML");
    case '':
    case 'none':
      return { text: request.text, entities: checkEntities(request.text, request.entities ?? []) };
    default:
      throw badRequest('unsupported parse_mode');
  }
}

function checkEntities(text: string, entities: readonly MessageEntity[]): readonly MessageEntity[] {
  for (const entity of entities) {
    if (!ENTITY_TYPES.has(entity.type))
      throw badRequest("can't parse MessageEntity: Unsupported type specified");
    if (entity.offset < 0) throw badRequest(`receive an entity with incorrect offset ${entity.offset}`);
    if (entity.length < 0) throw badRequest(`receive an entity with incorrect length ${entity.length}`);
    if (entity.offset > text.length) {
      throw badRequest(`entity begins after the end of the text at UTF-16 offset ${entity.offset}`);
    }
    const end = entity.offset + entity.length;
    if (end > text.length) {
      throw badRequest(
        `entity beginning at UTF-16 offset ${entity.offset} ends after the end of the text at UTF-16 offset ${end}`,
      );
    }
  }
  return entities;
}

/** TDLib's `clean_input_string`: CR and the line separators vanish, other control characters become blanks. */
export function cleanText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are the point
  return text.replace(/[\r\u2028-\u202e]/g, '').replace(/[\u0000-\u0009\u000b\u000c\u000e-\u001f]/g, ' ');
}

function tidy(formatted: FormattedText): FormattedText {
  const clean = cleanText(formatted.text);
  // Removing characters would shift the entities; a text with both is rare, so it keeps the blanks instead.
  const text = clean.length === formatted.text.length ? clean : cleanKeepingLength(formatted);
  const end = text.trimEnd().length;
  const start = text.length - text.trimStart().length;
  if (start >= end) return { text: '', entities: [] };
  const entities = formatted.entities.flatMap((entity) => clip(entity, start, end));
  return { text: text.slice(start, end), entities };
}

function cleanKeepingLength(formatted: FormattedText): string {
  if (formatted.entities.length === 0) return cleanText(formatted.text);
  return cleanText(formatted.text.replace(/[\r\u2028-\u202e]/g, ' '));
}

function clip(entity: MessageEntity, start: number, end: number): readonly MessageEntity[] {
  const from = Math.max(entity.offset, start);
  const to = Math.min(entity.offset + entity.length, end);
  return to > from ? [{ ...entity, offset: from - start, length: to - from }] : [];
}

/** The entities Telegram finds by itself in what a user types: commands, links, mentions, hashtags. */
export function detectEntities(text: string): readonly MessageEntity[] {
  const found: MessageEntity[] = [];
  const patterns: readonly (readonly [string, RegExp])[] = [
    ['bot_command', /(?<![\w/])\/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?(?!\w)/g],
    ['url', /(?<!\w)https?:\/\/[^\s<>"]+[^\s<>".,;:!?)]/g],
    ['mention', /(?<![\w/])@[A-Za-z]\w{3,31}/g],
    ['hashtag', /(?<!\w)#[\p{L}_][\p{L}\p{N}_]*/gu],
  ];
  for (const [type, pattern] of patterns) {
    for (const match of text.matchAll(pattern)) {
      const entity = { type, offset: match.index, length: match[0].length };
      const taken = found.some(
        (f) => entity.offset < f.offset + f.length && f.offset < entity.offset + entity.length,
      );
      if (!taken) found.push(entity);
    }
  }
  return found.sort((a, b) => a.offset - b.offset);
}
