/** Longest name of a device, in characters as a person counts them (code points). */
export const LONGEST_DEVICE_NAME = 32;

/**
 * A name as its user typed it, trimmed and in one normal form; null when nothing can be made of it. Control
 * characters, line breaks and marks that reorder text are refused: names are shown to operators too. Names never
 * enter a WireGuard config.
 */
export function parseDeviceName(typed: string): string | null {
  const name = typed.normalize('NFC').trim();
  const length = [...name].length;
  if (length === 0 || length > LONGEST_DEVICE_NAME) return null;
  return /[\p{Cc}\p{Cs}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(name) ? null : name;
}
