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
import type { XrayCall } from './calls.ts';
import { jsonOf } from './http-answer.ts';

export interface HttpInboundDeps {
  readonly requester: HttpRequester;
  /** Where the user API is; the paths of docs/xray-api.md follow it. */
  readonly url: string;
  readonly key: Secret | null;
  /** Longest single call with its repeats, connect to last byte. Milliseconds. */
  readonly timeoutMs: number;
}

const LIST = { name: 'xray_api.list', method: 'GET', path: USERS_PATH } as const;
const TRAFFIC = { name: 'xray_api.traffic', method: 'GET', path: TRAFFIC_PATH } as const;
const PUT = { name: 'xray_api.put', method: 'PUT', path: USERS_PATH } as const;
const REMOVE = { name: 'xray_api.remove', method: 'POST', path: REMOVALS_PATH } as const;

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

  async function ask(rule: Call, query: string, { body, signal }: Sent): Promise<unknown> {
    const answer = await deps.requester.request({
      name: rule.name,
      method: rule.method,
      url: base + rule.path + query,
      headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
      timeoutMs: deps.timeoutMs,
      maxResponseBytes: MOST_ANSWER_BYTES,
      retries: RETRIES,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    return jsonOf(rule.name, answer);
  }

  async function change(rule: Call, count: number, sent: Sent): Promise<void> {
    if (parseAccepted(await ask(rule, '', sent)) === count) return;
    throw new AppError('invalid', `${rule.name} took another number of users than it was given.`);
  }

  /** The whole list of one moment, or null when it changed on the way. */
  async function reading<T extends { readonly email: string }>(list: List<T>, signal?: AbortSignal) {
    const users: T[] = [];
    let first: Page<T> | null = null;
    let after = '';
    for (let count = 0; count < MOST_PAGES; count++) {
      const query = new URLSearchParams({ limit: String(MOST_PER_PAGE), ...(after ? { after } : {}) });
      const body = await ask(list, `?${query}`, { signal });
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
    read: (signal) => whole({ ...LIST, parse: parseLiveUser }, signal),
    traffic: (signal) => whole({ ...TRAFFIC, parse: parseTraffic }, signal),
    async apply(wanted, signal) {
      checkChange(wanted);
      for (const emails of inParts(wanted.remove)) {
        const sent = { body: removalsBody(emails), signal };
        await change(REMOVE, emails.length, sent);
      }
      for (const users of inParts(lastOfEach(wanted.add))) {
        await change(PUT, users.length, { body: putBody(users), signal });
      }
    },
  };
}

interface Sent {
  readonly body?: object;
  readonly signal?: AbortSignal | undefined;
}

interface Call extends Pick<HttpRequest, 'method'> {
  readonly name: XrayCall;
  readonly path: string;
}

interface List<T> extends Call {
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
