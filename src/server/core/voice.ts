import type { Language, Words } from './ports/words.ts';

export type WordValues = Readonly<Record<string, string | number | Date>>;

/** The words in one language, with everything people typed made harmless. */
export interface Voice {
  readonly language: Language;
  /** For message texts: markup of Telegram's HTML is kept in the words and escaped in the values. */
  html(key: string, values?: WordValues): string;
  /** For buttons and pop-ups, which know no markup. */
  plain(key: string, values?: WordValues): string;
}

export function createVoice(words: Words, language: Language): Voice {
  return {
    language,
    html: (key, values) => words.say(language, key, values && mapStrings(values, escapeHtml)),
    plain: (key, values) => words.say(language, key, values && mapStrings(values, withoutTricks)),
  };
}

/** Safe inside Telegram's HTML (https://core.telegram.org/bots/api#html-style). */
export function escapeHtml(text: string): string {
  return withoutTricks(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Drops control characters and overrides of the writing direction: they would reorder our own words. */
export function withoutTricks(text: string): string {
  return text.replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '').toWellFormed();
}

function mapStrings(values: WordValues, change: (text: string) => string): WordValues {
  const changed: Record<string, string | number | Date> = {};
  for (const [name, value] of Object.entries(values)) {
    changed[name] = typeof value === 'string' ? change(value) : value;
  }
  return changed;
}
