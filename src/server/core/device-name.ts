/** Longest name of a device, in characters as a person counts them (code points). */
export const LONGEST_DEVICE_NAME = 32;

/**
 * A name as its user typed it, trimmed and in one normal form; null when nothing can be made of it. Control
 * characters, line breaks, marks that reorder text and names that show nothing are refused: operators see them too.
 * Names never enter a WireGuard config.
 */
export function parseDeviceName(typed: string): string | null {
  const name = typed.normalize('NFC').trim();
  const length = [...name].length;
  if (length === 0 || length > LONGEST_DEVICE_NAME) return null;
  if (!/[\p{L}\p{N}\p{P}\p{S}]/u.test(name)) return null;
  return /[\p{Cc}\p{Cs}\u061c\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(name) ? null : name;
}
