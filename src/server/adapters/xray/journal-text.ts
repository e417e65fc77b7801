import { isInboundUser, isUserEmail } from '../../core/inbound-user.ts';
import type { InboundUser } from '../../core/ports/inbound.ts';
import type { KnownBoot } from './boot.ts';
import type { JournalEntry } from './journal-entry.ts';

/** Some 12 MB of journal. */
export const MOST_USERS = 100_000;

/** Null: not a journal of this inbound. A file is taken as a whole or not at all. */
export function parseJournal(text: string, tag: string): JournalEntry | null {
  const parts = parsed(text);
  if (parts === null || parts.version !== 1 || parts.tag !== tag) return null;
  const { boot, users, doubtful } = parts;
  if (boot !== null && !isKnownBoot(boot)) return null;
  if (!Array.isArray(users) || users.length > MOST_USERS || !users.every(isInboundUser)) return null;
  if (!Array.isArray(doubtful) || doubtful.length > MOST_USERS || !doubtful.every(isUserEmail)) return null;
  const byEmail = new Map(users.map((user: InboundUser) => [user.email, user]));
  return byEmail.size === users.length ? { boot, users: byEmail, doubtful: new Set(doubtful) } : null;
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

const NUMBERS = [
  'notBeforeMs',
  'notAfterMs',
  'beganAtMs',
  'seenAtMs',
  'uptimeSeconds',
  'totalAlloc',
  'mallocs',
] as const;

function isKnownBoot(value: unknown): value is KnownBoot {
  if (typeof value !== 'object' || value === null) return false;
  const boot = value as Record<string, unknown>;
  const isText = (each: unknown) => typeof each === 'string' && each !== '';
  return isText(boot.id) && isText(boot.machineBoot) && NUMBERS.every((name) => Number.isFinite(boot[name]));
}
