import { AppError } from '../../core/errors.ts';
import { checkChange } from '../../core/inbound-change.ts';
import type { HttpRequest, HttpRequester } from '../../core/ports/http-requester.ts';
import type { Inbound } from '../../core/ports/inbound.ts';
import type { Secret } from '../../core/secret.ts';
import {
  MOST_ANSWER_BYTES,
  MOST_PER_CHANGE,
  MOST_PER_PAGE,
  type Page,
  parseAccepted,
  parseLiveUser,
  parsePage,
  parseTraffic,
  putBody,
  REMOVALS_PATH,
  removalsBody,
  TRAFFIC_PATH,
  USERS_PATH,
} from '../../core/user-api.ts';
import { jsonOf } from './http-answer.ts';

export interface HttpInboundDeps {
  readonly requester: HttpRequester;
  /** Where the user API is; the paths of docs/xray-api.md follow it. */
  readonly url: string;
  readonly key: Secret | null;
  /** Longest single call with its repeats, connect to last byte. Milliseconds. */
  readonly timeoutMs: number;
}

/** Every call may be repeated: each says how things shall be, none adds to what is there. */
const RETRIES = 2;
/** A list that changes while it is read is read anew this often. */
const READINGS = 3;
/** 5,000 users each; a server that never comes to an end is not a server. */
const MOST_PAGES = 200;

/** An inbound of another machine, by the user API of docs/xray-api.md (`adit xray-api` there). */
export function createHttpInbound(deps: HttpInboundDeps): Inbound {
  const base = deps.url.replace(/\/+$/, '');
  const headers = {
    accept: 'application/json',
    ...(deps.key ? { authorization: `Bearer ${deps.key.reveal()}` } : {}),
  };

  async function ask(
    request: Pick<HttpRequest, 'name' | 'method'>,
    path: string,
    rest: Sent,
  ): Promise<unknown> {
    const { body, signal } = rest;
    const answer = await deps.requester.request({
      ...request,
      url: base + path,
      headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
      timeoutMs: deps.timeoutMs,
      maxResponseBytes: MOST_ANSWER_BYTES,
      retries: RETRIES,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    return jsonOf(request.name, answer);
  }

  async function change(name: string, method: 'PUT' | 'POST', path: string, count: number, sent: Sent) {
    if (parseAccepted(await ask({ name, method }, path, sent)) === count) return;
    throw new AppError('invalid', `${name} took another number of users than it was given.`);
  }

  /** The whole list of one moment, or null when it changed on the way. */
  async function reading<T extends { readonly email: string }>(list: List<T>, signal?: AbortSignal) {
    const users: T[] = [];
    let first: Page<T> | null = null;
    let after = '';
    for (let count = 0; count < MOST_PAGES; count++) {
      const query = new URLSearchParams({ limit: String(MOST_PER_PAGE), ...(after ? { after } : {}) });
      const body = await ask({ name: list.name, method: 'GET' }, `${list.path}?${query}`, { signal });
      const page: Page<T> = parsePage(body, after, list.parse);
      first ??= page;
      if (page.boot !== first.boot || page.revision !== first.revision) return null;
      users.push(...page.users);
      if (page.next === null) return { bootId: page.boot, users: complete(list.name, users, page.total) };
      after = page.next;
    }
    throw new AppError('exhausted', `${list.name} does not come to an end.`);
  }

  async function whole<T extends { readonly email: string }>(list: List<T>, signal?: AbortSignal) {
    for (let time = 0; time < READINGS; time++) {
      const read = await reading(list, signal);
      if (read !== null) return read;
    }
    throw new AppError('unavailable', `${list.name} changed each time it was read.`, {
      details: { reason: 'changed' },
    });
  }

  return {
    kind: 'http',
    read: (signal) => whole({ name: 'xray_api.list', path: USERS_PATH, parse: parseLiveUser }, signal),
    traffic: (signal) => whole({ name: 'xray_api.traffic', path: TRAFFIC_PATH, parse: parseTraffic }, signal),
    async apply(wanted, signal) {
      checkChange(wanted);
      for (const emails of inParts(wanted.remove)) {
        const sent = { body: removalsBody(emails), signal };
        await change('xray_api.remove', 'POST', REMOVALS_PATH, emails.length, sent);
      }
      for (const users of inParts(lastOfEach(wanted.add))) {
        await change('xray_api.put', 'PUT', USERS_PATH, users.length, { body: putBody(users), signal });
      }
    },
  };
}

interface Sent {
  readonly body?: object;
  readonly signal?: AbortSignal | undefined;
}

interface List<T> {
  readonly name: string;
  readonly path: string;
  parse(value: unknown): T;
}

function complete<T>(name: string, users: readonly T[], total: number): readonly T[] {
  if (users.length === total) return users;
  throw new AppError('invalid', `${name} lists ${users.length} of ${total} users: not the whole list.`, {
    details: { reason: 'partial' },
  });
}

/** A user named twice gets what was said last. */
const lastOfEach = <T extends { readonly email: string }>(users: readonly T[]): readonly T[] => [
  ...new Map(users.map((user) => [user.email, user])).values(),
];

function inParts<T>(all: readonly T[]): readonly (readonly T[])[] {
  const count = Math.ceil(all.length / MOST_PER_CHANGE);
  return Array.from({ length: count }, (_, index) =>
    all.slice(index * MOST_PER_CHANGE, (index + 1) * MOST_PER_CHANGE),
  );
}
