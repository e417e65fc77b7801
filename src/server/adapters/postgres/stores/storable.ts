/**
 * Text as PostgreSQL can hold it: its `text` knows no NUL and its `jsonb` no half of a surrogate pair. A stranger
 * chooses his name; it must not fail the statement that his neighbours share.
 */
export const storableText = (text: string): string => text.replaceAll('\0', '').toWellFormed();

const UNSTORABLE = /\\u(0000|d[89a-f])/i;

/** A JSON value with every text in it storable. The usual value is handed back as it is. */
export function storableJson(value: unknown): unknown {
  const text = JSON.stringify(value);
  if (text === undefined || !UNSTORABLE.test(text)) return value;
  return JSON.parse(text, (_, part) => (typeof part === 'string' ? storableText(part) : part));
}
