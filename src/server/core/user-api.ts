/**
 * The HTTP API by which an Adit drives the Xray of another machine: what goes over the wire, for both sides of it.
 * docs/xray-api.md describes it. Everything that comes in is looked at here; what does not fit throws AppError `invalid`.
 */
import { AppError } from './errors.ts';
import { isInboundUser, isUserEmail } from './inbound-user.ts';
import type { InboundUser, LiveUser, UserTraffic } from './ports/inbound.ts';

export const USERS_PATH = '/v1/users';
export const REMOVALS_PATH = '/v1/users/removals';
export const TRAFFIC_PATH = '/v1/traffic';

/** Most users of one page, and of one change. */
export const MOST_PER_PAGE = 5000;
export const MOST_PER_CHANGE = 1000;
/** A full change takes some 250 KB, a full page 1 MB. */
export const MOST_REQUEST_BYTES = 1024 * 1024;
export const MOST_ANSWER_BYTES = 4 * 1024 * 1024;
/** A key shorter than this is none. */
export const SHORTEST_KEY = 32;

/** A part of a list in order of e-mail. All pages of one reading have the same boot, revision and total. */
export interface Page<T> {
  readonly boot: string;
  /** Changes whenever the list does. */
  readonly revision: string;
  /** Of the whole list: whoever has read fewer has not read it. */
  readonly total: number;
  readonly users: readonly T[];
  /** Where the next page begins (`after`); null: this was the last one. */
  readonly next: string | null;
}

/** Code point by code point: the same order on both sides, whatever the locale. */
export const byEmail = (a: { readonly email: string }, b: { readonly email: string }): number =>
  a.email < b.email ? -1 : a.email > b.email ? 1 : 0;

/** `users` in order of e-mail. */
export function pageOf<T extends { readonly email: string }>(
  whole: { readonly boot: string; readonly revision: string; readonly users: readonly T[] },
  after: string,
  limit: number,
): Page<T> {
  const { boot, revision, users } = whole;
  const start = users.findIndex((user) => user.email > after);
  const part = start < 0 ? [] : users.slice(start, start + limit);
  const isLast = start < 0 || start + part.length >= users.length;
  return { boot, revision, total: users.length, users: part, next: isLast ? null : part.at(-1)!.email };
}

type Fields = Readonly<Record<string, unknown>>;

/** The body of PUT /v1/users. */
export function parsePut(body: unknown): readonly InboundUser[] {
  const { users } = fieldsOf(body, ['users']);
  const parsed = listOf(users, MOST_PER_CHANGE, parseInboundUser);
  if (new Set(parsed.map((user) => user.email)).size < parsed.length) throw wrong('a user is named twice');
  return parsed;
}

/** The body of POST /v1/users/removals. */
export function parseRemovals(body: unknown): readonly string[] {
  const { emails } = fieldsOf(body, ['emails']);
  return listOf(emails, MOST_PER_CHANGE, parseEmail);
}

/** The answer to both changes: how many users it was about. */
export function parseAccepted(body: unknown): number {
  return parseCount(fieldsOf(body, ['accepted']).accepted);
}

export const putBody = (users: readonly InboundUser[]): object => ({
  users: users.map(({ email, vlessId, flow }) => ({ email, id: vlessId, flow })),
});
export const removalsBody = (emails: readonly string[]): object => ({ emails });

export const userOnWire = ({ email, vlessId, flow }: LiveUser): object => ({ email, id: vlessId, flow });
export const trafficOnWire = ({ email, uplinkBytes, downlinkBytes }: UserTraffic): object => ({
  email,
  uplink: uplinkBytes,
  downlink: downlinkBytes,
});

function parseInboundUser(value: unknown): InboundUser {
  const { email, id, flow } = fieldsOf(value, ['email', 'id', 'flow']);
  const user = { email, vlessId: id, flow };
  if (isInboundUser(user)) return user;
  throw wrong('a user is not whole, or its e-mail, id or flow is none');
}

export function parseLiveUser(value: unknown): LiveUser {
  const { email, id, flow } = fieldsOf(value, ['email', 'id', 'flow']);
  const idFits = id === null || (typeof id === 'string' && id.length <= 64);
  if (!idFits || typeof flow !== 'string' || flow.length > 64) throw wrong('a user has no id or flow');
  return { email: parseEmail(email), vlessId: id as LiveUser['vlessId'], flow };
}

export function parseTraffic(value: unknown): UserTraffic {
  const { email, uplink, downlink } = fieldsOf(value, ['email', 'uplink', 'downlink']);
  return { email: parseEmail(email), uplinkBytes: parseCount(uplink), downlinkBytes: parseCount(downlink) };
}

/** One page that begins after `after`, in order and without repeats. */
export function parsePage<T extends { readonly email: string }>(
  body: unknown,
  after: string,
  parse: (value: unknown) => T,
): Page<T> {
  const { boot, revision, total, users, next } = fieldsOf(body, [
    'boot',
    'revision',
    'total',
    'users',
    'next',
  ]);
  if (!isName(boot) || !isName(revision)) throw wrong('a page without boot or revision');
  const parsed = listOf(users, MOST_PER_PAGE, parse);
  let last = after;
  for (const { email } of parsed) {
    if (email <= last) throw wrong('a page out of order, or with a user twice');
    last = email;
  }
  const goesOn = next !== null;
  if (goesOn && (parsed.length === 0 || next !== last))
    throw wrong('a page that does not say where the next begins');
  return { boot, revision, total: parseCount(total), users: parsed, next: goesOn ? last : null };
}

const isName = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= 128;

function parseEmail(value: unknown): string {
  if (isUserEmail(value)) return value;
  throw wrong('an e-mail that is none');
}

function parseCount(value: unknown): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw wrong('a number that is none');
}

function listOf<T>(value: unknown, most: number, parse: (each: unknown) => T): readonly T[] {
  if (!Array.isArray(value)) throw wrong('a list is missing');
  if (value.length > most) throw wrong(`a list of more than ${most}`);
  return value.map(parse);
}

/** Exactly these: a misspelled field would else be left out in silence. */
function fieldsOf(value: unknown, names: readonly string[]): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong('not an object');
  const given = Object.keys(value);
  const fits = given.length === names.length && names.every((name) => given.includes(name));
  if (fits) return value as Fields;
  throw wrong(`an object must have exactly ${names.join(', ')}`);
}

const wrong = (what: string) =>
  new AppError('invalid', `The user API got something it does not know: ${what}.`, {
    details: { reason: 'malformed' },
  });
