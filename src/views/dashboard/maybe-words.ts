import type { Translate } from './models.ts';

/**
 * The text for a key that comes from stored data: a newer or an older version may have written a kind this one has no
 * words for. Then the kind itself is shown.
 */
export function sayOr(
  t: Translate,
  key: string,
  fallback: string,
  values?: Readonly<Record<string, string | number>>,
): string {
  try {
    return t(key, values);
  } catch {
    return fallback;
  }
}
