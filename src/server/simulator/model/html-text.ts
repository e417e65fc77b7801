import { badRequest } from './api-error.ts';
import type { FormattedText, MessageEntity } from './telegram-types.ts';

/** Tag to entity type; an unlisted tag is refused. Source: core.telegram.org/bots/api#html-style. */
const TAGS: Readonly<Record<string, string>> = {
  b: 'bold',
  strong: 'bold',
  i: 'italic',
  em: 'italic',
  u: 'underline',
  ins: 'underline',
  s: 'strikethrough',
  strike: 'strikethrough',
  del: 'strikethrough',
  span: 'spoiler',
  'tg-spoiler': 'spoiler',
  'tg-emoji': 'custom_emoji',
  a: 'text_link',
  code: 'code',
  pre: 'pre',
  blockquote: 'blockquote',
};

const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"' };

interface OpenTag {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly start: number;
}

const refuse = (reason: string) => badRequest(`can't parse entities: ${reason}`);

/**
 * Parses `parse_mode: HTML` as strictly as TDLib's `parse_html` does: only Telegram's tags, properly nested, all
 * closed, four named entities. Offsets in errors are bytes of the source, offsets of entities UTF-16 units.
 */
export function parseHtml(source: string): FormattedText {
  const entities: MessageEntity[] = [];
  const open: OpenTag[] = [];
  let text = '';
  let at = 0;
  while (at < source.length) {
    const stop = nextSpecial(source, at);
    text += source.slice(at, stop);
    at = stop;
    if (at >= source.length) break;
    if (source[at] === '&') {
      const entity = readEntity(source, at);
      text += entity.text;
      at = entity.end;
    } else if (source[at + 1] === '/') {
      at = closeTag(source, at, open, entities, text);
    } else {
      const tag = readStartTag(source, at, text.length);
      open.push(tag.tag);
      at = tag.end;
    }
  }
  const left = open.at(-1);
  if (left) throw refuse(`Can't find end tag corresponding to start tag "${left.name}"`);
  return { text, entities: entities.sort((a, b) => a.offset - b.offset || b.length - a.length) };
}

function nextSpecial(source: string, from: number): number {
  for (let at = from; at < source.length; at++) {
    if (source[at] === '<' || source[at] === '&') return at;
  }
  return source.length;
}

/** An unknown or malformed entity is plain text, as with TDLib. */
function readEntity(source: string, at: number): { text: string; end: number } {
  const match = /^&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(lt|gt|amp|quot));?/i.exec(source.slice(at, at + 10));
  if (!match) return { text: '&', end: at + 1 };
  const end = at + match[0].length;
  if (match[3]) {
    const named = match[0].endsWith(';') ? NAMED[match[3]] : undefined;
    return named ? { text: named, end } : { text: '&', end: at + 1 };
  }
  const code = match[1] ? Number.parseInt(match[1], 16) : Number(match[2]);
  if (code === 0 || code > 0x10ffff) return { text: '&', end: at + 1 };
  return { text: String.fromCodePoint(code), end };
}

function readStartTag(source: string, at: number, start: number): { tag: OpenTag; end: number } {
  const nameEnd = scan(source, at + 1, (c) => !isSpace(c) && c !== '>');
  if (nameEnd >= source.length) throw refuse(`Unclosed start tag at byte offset ${bytes(source, at)}`);
  const name = source.slice(at + 1, nameEnd).toLowerCase();
  if (!(name in TAGS)) {
    throw refuse(`Unsupported start tag "${name}" at byte offset ${bytes(source, at)}`);
  }
  const { attributes, end } = readAttributes(source, nameEnd, name, at);
  if (name === 'span' && attributes.get('class') !== 'tg-spoiler') {
    throw refuse(`Tag "span" must have class "tg-spoiler" at byte offset ${bytes(source, at)}`);
  }
  return { tag: { name, attributes, start }, end };
}

function readAttributes(source: string, from: number, tag: string, tagAt: number) {
  const attributes = new Map<string, string>();
  let at = from;
  for (;;) {
    at = scan(source, at, isSpace);
    if (at >= source.length)
      throw refuse(`Unclosed start tag "${tag}" at byte offset ${bytes(source, tagAt)}`);
    if (source[at] === '>') return { attributes, end: at + 1 };
    const nameEnd = scan(source, at, (c) => !isSpace(c) && c !== '=' && c !== '>');
    const name = source.slice(at, nameEnd).toLowerCase();
    if (name === '') {
      throw refuse(`Empty attribute name in the tag "${tag}" at byte offset ${bytes(source, tagAt)}`);
    }
    at = scan(source, nameEnd, isSpace);
    if (source[at] !== '=') {
      attributes.set(name, '');
      continue;
    }
    const value = readValue(source, scan(source, at + 1, isSpace), tag, tagAt);
    attributes.set(name, value.text);
    at = value.end;
  }
}

function readValue(source: string, from: number, tag: string, tagAt: number) {
  const quote = source[from];
  if (quote === undefined) throw refuse(`Unclosed start tag "${tag}" at byte offset ${bytes(source, tagAt)}`);
  if (quote !== '"' && quote !== "'") {
    const end = scan(source, from, (c) => /[\w.-]/.test(c));
    if (!isSpace(source[end] ?? '') && source[end] !== '>') {
      throw refuse(`Unexpected end of name token at byte offset ${bytes(source, from)}`);
    }
    return { text: source.slice(from, end).toLowerCase(), end };
  }
  const close = source.indexOf(quote, from + 1);
  if (close < 0) throw refuse(`Unclosed start tag at byte offset ${bytes(source, tagAt)}`);
  const text = source
    .slice(from + 1, close)
    .replace(/&(lt|gt|amp|quot);/g, (_, name: string) => NAMED[name] ?? '');
  return { text, end: close + 1 };
}

function closeTag(
  source: string,
  at: number,
  open: OpenTag[],
  entities: MessageEntity[],
  text: string,
): number {
  const top = open.pop();
  if (!top) throw refuse(`Unexpected end tag at byte offset ${bytes(source, at)}`);
  const nameEnd = scan(source, at + 2, (c) => !isSpace(c) && c !== '>');
  const name = source.slice(at + 2, nameEnd).toLowerCase();
  const end = scan(source, nameEnd, isSpace);
  if (source[end] !== '>') throw refuse(`Unclosed end tag at byte offset ${bytes(source, at)}`);
  if (name !== '' && name !== top.name) {
    const place = `at byte offset ${bytes(source, at)}`;
    throw refuse(`Unmatched end tag ${place}, expected "</${top.name}>", found "</${name}>"`);
  }
  const entity = toEntity(top, text);
  if (entity) entities.push(entity);
  return end + 1;
}

function toEntity(tag: OpenTag, text: string): MessageEntity | null {
  const place = { offset: tag.start, length: text.length - tag.start };
  const emojiId = tag.attributes.get('emoji-id');
  if (tag.name === 'tg-emoji' && !/^[1-9]\d{0,18}$/.test(emojiId ?? '')) {
    throw refuse('Invalid custom emoji identifier specified');
  }
  if (place.length === 0) return null;
  if (tag.name === 'tg-emoji') return { type: 'custom_emoji', ...place, custom_emoji_id: emojiId };
  if (tag.name === 'a') {
    const url = checkedLink(tag.attributes.get('href') || text.slice(tag.start));
    return url ? { type: 'text_link', ...place, url } : null;
  }
  const language = /^language-(.+)$/.exec(tag.attributes.get('class') ?? '')?.[1];
  if (tag.name === 'code' && language) return { type: 'pre', ...place, language };
  if (tag.name === 'blockquote' && tag.attributes.has('expandable')) {
    return { type: 'expandable_blockquote', ...place };
  }
  return { type: TAGS[tag.name] ?? tag.name, ...place };
}

/** A link Telegram would follow, or null: the text then stays plain, without an error. */
export function checkedLink(link: string): string | null {
  if (/^tg:\/\//i.test(link)) return link;
  const withScheme = /^[a-z][a-z0-9+.-]*:/i.test(link) ? link : `http://${link}`;
  const url = URL.parse(withScheme);
  if (!url || !['http:', 'https:', 'ton:', 'tonsite:'].includes(url.protocol)) return null;
  return url.hostname.includes('.') || url.hostname === 'localhost' ? url.href : null;
}

function isSpace(character: string): boolean {
  return character === ' ' || character === '\t' || character === '\n' || character === '\r';
}

function scan(source: string, from: number, accept: (character: string) => boolean): number {
  let at = from;
  while (at < source.length && accept(source[at] ?? '')) at++;
  return at;
}

function bytes(source: string, upTo: number): number {
  return Buffer.byteLength(source.slice(0, upTo));
}
