import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { ApiError } from '../../src/server/simulator/model/api-error.ts';
import { cleanText, detectEntities, formatText } from '../../src/server/simulator/model/formatted-text.ts';
import { parseHtml } from '../../src/server/simulator/model/html-text.ts';
import { parseMarkdownV2 } from '../../src/server/simulator/model/markdown-text.ts';

const refusalOf = (parse: () => unknown): string => {
  try {
    parse();
  } catch (error) {
    return (error as ApiError).message.replace("Bad Request: can't parse entities: ", '');
  }
  return 'accepted';
};

describe('E11 HTML as TDLib reads it', () => {
  const refused: readonly (readonly [string, string])[] = [
    ['<b', 'Unclosed start tag at byte offset 0'],
    ['x</b>', 'Unexpected end tag at byte offset 1'],
    ['<b>x</b  ', 'Unclosed end tag at byte offset 4'],
    ['<i   =a>x</i>', 'Empty attribute name in the tag "i" at byte offset 0'],
    ['<a href="x>y</a>', 'Unclosed start tag at byte offset 0'],
    ['<span>x</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'],
    ['<tg-emoji emoji-id="no">x</tg-emoji>', 'Invalid custom emoji identifier specified'],
    ['line<br>', 'Unsupported start tag "br" at byte offset 4'],
  ];
  test.each(refused)('%s is refused', (source, reason) => {
    expect(refusalOf(() => parseHtml(source))).toBe(reason);
  });

  const taken: readonly (readonly [string, string, readonly object[]])[] = [
    ['&lt;&gt;&amp;&quot;&laquo;&#1103;&#x44f;', '<>&"&laquo;яя', []],
    ['<B>x</>', 'x', [{ type: 'bold', offset: 0, length: 1 }]],
    ['<code class="language-ts">a</code>', 'a', [{ type: 'pre', offset: 0, length: 1, language: 'ts' }]],
    [
      '<a href="https://a.example/?x=1&amp;y=2">go</a>',
      'go',
      [{ type: 'text_link', offset: 0, length: 2, url: 'https://a.example/?x=1&y=2' }],
    ],
    ['<a href="javascript:alert(1)">go</a>', 'go', []],
    ['<blockquote expandable>q</blockquote>', 'q', [{ type: 'expandable_blockquote', offset: 0, length: 1 }]],
    ['<b></b>', '', []],
  ];
  test.each(taken)('%s is taken', (source, text, entities) => {
    expect(parseHtml(source)).toEqual({ text, entities: entities as never });
  });
});

describe('E11 MarkdownV2', () => {
  test('marks nest, links carry their address, escapes stand for themselves', () => {
    expect(parseMarkdownV2('*bo _it_* __u__ `a.b` [go](https://a.example) 1\\.')).toEqual({
      text: 'bo it u a.b go 1.',
      entities: [
        { type: 'bold', offset: 0, length: 5 },
        { type: 'italic', offset: 3, length: 2 },
        { type: 'underline', offset: 6, length: 1 },
        { type: 'code', offset: 8, length: 3 },
        { type: 'text_link', offset: 12, length: 2, url: 'https://a.example/' },
      ],
    });
  });
});

describe('E11 F-G7 any text', () => {
  const markup = fc.string({
    unit: fc.constantFrom(
      '<',
      '>',
      '/',
      '&',
      ';',
      'b',
      'i',
      ' ',
      '"',
      '=',
      '*',
      '_',
      '`',
      '[',
      '(',
      '\\',
      '😀',
      'й',
      '\n',
    ),
  });
  test('is either refused in Telegram’s form or gives entities within the text', () => {
    fc.assert(
      fc.property(markup, fc.constantFrom('HTML', 'MarkdownV2', ''), (text, parseMode) => {
        try {
          const formatted = formatText({ text, parseMode, entities: undefined });
          for (const entity of formatted.entities) {
            expect(entity.offset).toBeGreaterThanOrEqual(0);
            expect(entity.length).toBeGreaterThan(0);
            expect(entity.offset + entity.length).toBeLessThanOrEqual(formatted.text.length);
          }
          expect(formatted.text).toBe(formatted.text.trim());
        } catch (error) {
          expect(error).toBeInstanceOf(ApiError);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  test('escaped text comes through HTML unchanged', () => {
    const escaped = (text: string) =>
      text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    fc.assert(fc.property(fc.string(), (text) => expect(parseHtml(escaped(text)).text).toBe(text)));
  });

  test('control characters go, commands and links are found as Telegram finds them', () => {
    expect(cleanText('a\u0000b\r\n\u202ec')).toBe('a b\nc');
    expect(detectEntities('/start@adit_bot now, see https://a.example/x. #tag')).toEqual([
      { type: 'bot_command', offset: 0, length: 15 },
      { type: 'url', offset: 25, length: 19 },
      { type: 'hashtag', offset: 46, length: 4 },
    ]);
  });
});
