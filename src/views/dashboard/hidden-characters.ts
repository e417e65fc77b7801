/** What stands in a text and cannot be seen, or changes how the text around it is read. */
const HIDDEN =
  /[\p{Cc}\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

export interface TextPart {
  readonly text: string;
  /** True: it stands for a character that would not be seen. */
  readonly hidden: boolean;
}

/** Splits a text so that hidden characters can be drawn as signs: `U+202E`. `keepLines` leaves line ends be. */
export function partsOf(text: string, keepLines = false): readonly TextPart[] {
  const parts: TextPart[] = [];
  const whole = text.toWellFormed();
  let end = 0;
  for (const match of whole.matchAll(HIDDEN)) {
    if (keepLines && (match[0] === '\n' || match[0] === '\t')) continue;
    if (joins(whole, match.index)) continue;
    if (match.index > end) parts.push({ text: whole.slice(end, match.index), hidden: false });
    parts.push({ text: signOf(match[0]), hidden: true });
    end = match.index + match[0].length;
  }
  if (end < whole.length) parts.push({ text: whole.slice(end), hidden: false });
  return parts;
}

/** The same as one plain text, for titles and labels. */
export function visible(text: string): string {
  return partsOf(text)
    .map((part) => (part.hidden ? `[${part.text}]` : part.text))
    .join('');
}

/** Joiners belong where they shape what is seen: inside an emoji, between letters of Arabic or Indic scripts. */
const JOINED =
  /^(?:(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)\u200d\p{Extended_Pictographic}|(?:\p{Script=Arabic}|\p{Script=Devanagari}|\p{M})[\u200c-\u200d][\p{Script=Arabic}\p{Script=Devanagari}])/u;

function joins(text: string, at: number): boolean {
  const before = [...text.slice(Math.max(0, at - 2), at)].at(-1);
  return before !== undefined && JOINED.test(before + text.slice(at, at + 3));
}

function signOf(character: string): string {
  const code = character.codePointAt(0)!;
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** At most `length` characters, and an ellipsis when there were more. Never cuts a pair of surrogates. */
export function clipped(text: string, length: number): string {
  if (text.length <= length) return text;
  const cut = text.slice(0, length);
  return `${cut.isWellFormed() ? cut : cut.slice(0, -1)}…`;
}
