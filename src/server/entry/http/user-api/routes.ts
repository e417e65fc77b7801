import { createHash } from 'node:crypto';
import { AppError } from '../../../core/errors.ts';
import type { Inbound } from '../../../core/ports/inbound.ts';
import {
  byEmail,
  MOST_PER_PAGE,
  MOST_REQUEST_BYTES,
  pageOf,
  parsePut,
  parseRemovals,
  REMOVALS_PATH,
  TRAFFIC_PATH,
  trafficOnWire,
  USERS_PATH,
  userOnWire,
} from '../../../core/user-api.ts';
import { json } from './answers.ts';
import { readJson } from './body.ts';

/** Reads the question, which may be wrong, and answers how to do it, which may fail. */
export type UserRoute = (request: Request, url: URL, signal: AbortSignal) => Promise<() => Promise<Response>>;

/** By path and method. */
export type UserRoutes = Readonly<Record<string, Readonly<Record<string, UserRoute>>>>;

/** The four calls of docs/xray-api.md. Whoever comes here has shown the key. */
export function userRoutes(inbound: Inbound): UserRoutes {
  return {
    [USERS_PATH]: {
      GET: async (_request, url, signal) => {
        const { after, limit } = placeIn(url);
        return async () => {
          const { bootId: boot, users } = await inbound.read(signal);
          const sorted = users.toSorted(byEmail);
          const revision = digest(sorted.map((user) => `${user.email} ${user.vlessId} ${user.flow}`));
          const page = pageOf({ boot, revision, users: sorted }, after, limit);
          return json({ ...page, users: page.users.map(userOnWire) });
        };
      },
      PUT: async (request, _url, signal) => {
        const add = parsePut(await readJson(request, MOST_REQUEST_BYTES, signal));
        return async () => {
          await inbound.apply({ remove: [], add }, signal);
          return json({ accepted: add.length });
        };
      },
    },
    [REMOVALS_PATH]: {
      POST: async (request, _url, signal) => {
        const remove = parseRemovals(await readJson(request, MOST_REQUEST_BYTES, signal));
        return async () => {
          await inbound.apply({ remove, add: [] }, signal);
          return json({ accepted: remove.length });
        };
      },
    },
    [TRAFFIC_PATH]: {
      GET: async (_request, url, signal) => {
        const { after, limit } = placeIn(url);
        return async () => {
          const { bootId: boot, users } = await inbound.traffic(signal);
          const sorted = users.toSorted(byEmail);
          // Counters always move; a list of them is whole when it is about the same users throughout.
          const revision = digest(sorted.map((user) => user.email));
          const page = pageOf({ boot, revision, users: sorted }, after, limit);
          return json({ ...page, users: page.users.map(trafficOnWire) });
        };
      },
    },
  };
}

function placeIn(url: URL): { readonly after: string; readonly limit: number } {
  const limit = url.searchParams.get('limit') ?? String(MOST_PER_PAGE);
  const count = /^\d{1,6}$/.test(limit) ? Number(limit) : 0;
  if (count < 1 || count > MOST_PER_PAGE) {
    throw new AppError('invalid', `limit must be a whole number from 1 to ${MOST_PER_PAGE}.`);
  }
  return { after: url.searchParams.get('after') ?? '', limit: count };
}

function digest(lines: readonly string[]): string {
  const hash = createHash('sha256');
  for (const line of lines) hash.update(`${line}\n`);
  return hash.digest('base64url');
}
