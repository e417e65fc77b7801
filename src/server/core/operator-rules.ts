/** A session ends at the first of the two. An open page with a stream counts as seen. Milliseconds. */
export const SESSION_IDLE_MS = 12 * 60 * 60_000;
export const SESSION_LONGEST_MS = 7 * 24 * 60 * 60_000;
/** Between password and second factor. */
export const CODE_STAGE_MS = 5 * 60_000;
/** A one-time link. */
export const LINK_MS = 60 * 60_000;
/** A browser, or an address, is known for so long after its last login. */
export const DEVICE_KNOWN_MS = 30 * 24 * 60 * 60_000;
/** Known browsers of one operator; the oldest goes. */
export const MOST_DEVICES = 10;
/** Sessions of one operator; the oldest ends. */
export const MOST_SESSIONS = 20;

const SHORTEST_PASSWORD = 12;
/** Longer ones are refused before any work is done with them. */
const LONGEST_PASSWORD = 1024;
const NAME = /^[a-z0-9](?:[a-z0-9._-]{0,30}[a-z0-9])?$/;

export type NameProblem = 'name-shape';
export type PasswordProblem = 'password-short' | 'password-long' | 'password-is-name' | 'password-plain';

/** Names are compared without regard to case and surrounding space. */
export const plainName = (typed: string): string => typed.trim().toLowerCase();

/** 1–32 letters, digits, `.`, `_`, `-`; begins and ends with a letter or digit. */
export const nameProblem = (name: string): NameProblem | null => (NAME.test(name) ? null : 'name-shape');

/** Long beats crooked (NIST SP 800-63B): no demand for digits and signs, but not the name and not one letter. */
export function passwordProblem(password: string, name: string): PasswordProblem | null {
  const letters = [...password];
  if (letters.length < SHORTEST_PASSWORD) return 'password-short';
  if (letters.length > LONGEST_PASSWORD) return 'password-long';
  const plain = password.toLowerCase();
  // The name alone, or only said again and again.
  if (plain.replaceAll(name, '').trim() === '') return 'password-is-name';
  return new Set(letters).size < 4 ? 'password-plain' : null;
}
