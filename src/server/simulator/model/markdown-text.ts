import { badRequest } from './api-error.ts';
import { checkedLink } from './html-text.ts';
import type { FormattedText, MessageEntity } from './telegram-types.ts';

/** Characters that MarkdownV2 wants escaped everywhere outside an entity's own marks. */
const RESERVED = new Set('_*[]()~`>#+-=|{}.!');

const MARKS = [
  { mark: '```', type: 'pre', title: 'Pre' },
  { mark: '`', type: 'code', title: 'Code' },
  { mark: '||', type: 'spoiler', title: 'Spoiler' },
  { mark: '__', type: 'underline', title: 'Underline' },
  { mark: '*', type: 'bold', title: 'Bold' },
  { mark: '_', type: 'italic', title: 'Italic' },
  { mark: '~', type: 'strikethrough', title: 'Strikethrough' },
  { mark: '[', type: 'text_link', title: 'TextUrl' },
] as const;

type Mark = (typeof MARKS)[number];

interface Open {
  readonly mark: Mark;
  readonly offset: number;
  readonly byteOffset: number;
}

const refuse = (reason: string) => badRequest(`can't parse entities: ${reason}`);

/**
 * Parses `parse_mode: MarkdownV2`: bold, italic, underline, strikethrough, spoiler, code, pre and links. An unescaped
 * reserved character or an entity that never ends is refused in TDLib's words. Quotes and custom emoji are not built.
 */
export function parseMarkdownV2(source: string): FormattedText {
  const entities: MessageEntity[] = [];
  const open: Open[] = [];
  let text = '';
  let at = 0;
  while (at < source.length) {
    const character = source[at] ?? '';
    const top = open.at(-1);
    const next = source[at + 1];
    if (character === '\\' && next !== undefined && next.charCodeAt(0) < 127) {
      text += next;
      at += 2;
    } else if (top?.mark.type === 'text_link' && character === ']') {
      at = closeLink(source, at, open, entities, text);
    } else if (top && closes(source, at, top)) {
      open.pop();
      pushEntity(entities, { type: top.mark.type, offset: top.offset, length: text.length - top.offset });
      at += top.mark.mark.length;
    } else if (top && isVerbatim(top.mark)) {
      text += character;
      at += 1;
    } else {
      const mark = MARKS.find((m) => source.startsWith(m.mark, at));
      if (mark) {
        open.push({ mark, offset: text.length, byteOffset: Buffer.byteLength(source.slice(0, at)) });
        at += mark.mark.length;
      } else {
        if (RESERVED.has(character)) {
          throw refuse(`Character '${character}' is reserved and must be escaped with the preceding '\\'`);
        }
        text += character;
        at += 1;
      }
    }
  }
  const left = open.at(-1);
  if (left) throw refuse(`Can't find end of ${left.mark.title} entity at byte offset ${left.byteOffset}`);
  return { text, entities: entities.sort((a, b) => a.offset - b.offset || b.length - a.length) };
}

function isVerbatim(mark: Mark): boolean {
  return mark.type === 'code' || mark.type === 'pre';
}

function closes(source: string, at: number, open: Open): boolean {
  if (open.mark.type === 'italic' && source.startsWith('__', at)) return false;
  return open.mark.type !== 'text_link' && source.startsWith(open.mark.mark, at);
}

function closeLink(
  source: string,
  at: number,
  open: Open[],
  entities: MessageEntity[],
  text: string,
): number {
  const top = open.pop();
  if (!top) return at + 1;
  if (source[at + 1] !== '(') return at + 1;
  const end = source.indexOf(')', at + 2);
  if (end < 0)
    throw refuse(`Can't find end of a URL at byte offset ${Buffer.byteLength(source.slice(0, at + 1))}`);
  const url = checkedLink(source.slice(at + 2, end));
  if (url)
    pushEntity(entities, { type: 'text_link', offset: top.offset, length: text.length - top.offset, url });
  return end + 1;
}

function pushEntity(entities: MessageEntity[], entity: MessageEntity): void {
  if (entity.length > 0) entities.push(entity);
}
