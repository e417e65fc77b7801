import { type AppError, toAppError } from '../../../core/errors.ts';
import { createGate } from '../../../core/gate.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { Inbound } from '../../../core/ports/inbound.ts';
import type { Log } from '../../../core/ports/log.ts';
import type { Secret } from '../../../core/secret.ts';
import { MOST_REQUEST_BYTES } from '../../../core/user-api.ts';
import { aloneAt } from '../alone-at.ts';
import { isLoopback, type MetricsGuard, mayReadMetrics } from '../metrics-guard.ts';
import type { HttpServer, Readiness } from '../server.ts';
import { failure, json, plain, refusal } from './answers.ts';
import { TOO_LARGE } from './body.ts';
import { createKeyCheck } from './key-check.ts';
import { type UserRoute, userRoutes } from './routes.ts';

export interface UserApiDeps {
  readonly host: string;
  readonly port: number;
  readonly key: Secret;
  readonly inbound: Inbound;
  /** Longest answer, the body of the request included. Milliseconds. */
  readonly timeoutMs: number;
  readonly metricsGuard: MetricsGuard;
  readiness(): Readiness;
  renderMetrics(): Promise<string>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Requests in hand at once; Adit makes one at a time. More wait, and are told so when it gets too many. */
const MOST_AT_ONCE = 16;
const MOST_WAITING = 64;

/** The server side of docs/xray-api.md: `adit xray-api`. */
export function createUserApi(deps: UserApiDeps): HttpServer {
  const answer = createAnswer(deps);
  let server: ReturnType<typeof Bun.serve> | null = null;
  return {
    start() {
      aloneAt(deps, () => {
        server = listen(deps, answer);
      });
      const port = server?.port ?? deps.port;
      deps.log.info({ host: deps.host, port }, 'listening');
      return { port };
    },
    async stop() {
      await server?.stop();
      server = null;
    },
  };
}

function createAnswer(deps: UserApiDeps) {
  const routes = userRoutes(deps.inbound);
  const check = createKeyCheck(deps.key, deps.clock);
  const gate = createGate(MOST_AT_ONCE);
  let inHand = 0;

  async function forUsers(request: Request, url: URL, address: string): Promise<Response> {
    const verdict = check(request.headers, address);
    if (verdict === 'too_many')
      return refusal(429, 'rate_limited', 'Too many wrong keys.', { 'retry-after': '60' });
    if (verdict === 'wrong') {
      deps.log.warn({ address }, 'a request of the user API with a wrong key, or none');
      return refusal(401, 'unauthorized', 'Authorization: Bearer and the key, please.');
    }
    const methods = routes[url.pathname];
    if (methods === undefined) return refusal(404, 'not_found', 'There is nothing at this path.');
    const route = methods[request.method];
    if (route === undefined) {
      const allow = Object.keys(methods).join(', ');
      return refusal(405, 'method_not_allowed', `Here it is ${allow}.`, { allow });
    }
    if (inHand >= MOST_AT_ONCE + MOST_WAITING)
      return refusal(503, 'busy', 'Too much at once.', { 'retry-after': '1' });
    inHand += 1;
    return gate
      .run(() => routed(deps, route, request, url))
      .finally(() => {
        inHand -= 1;
      });
  }

  return async (request: Request, address: string | undefined): Promise<Response> => {
    const url = new URL(request.url);
    if (url.pathname === '/healthz') return plain('ok\n');
    if (url.pathname === '/readyz') {
      const readiness = deps.readiness();
      return json(readiness, readiness.ready ? 200 : 503);
    }
    if (url.pathname === '/metrics') {
      const allowed = mayReadMetrics(deps.metricsGuard, request.headers, isLoopback(address));
      return allowed
        ? plain(await deps.renderMetrics())
        : plain('metrics are for loopback, or with a token\n', 403);
    }
    return forUsers(request, url, address ?? 'unknown');
  };
}

async function routed(deps: UserApiDeps, route: UserRoute, request: Request, url: URL): Promise<Response> {
  const signal = deps.clock.deadline(deps.timeoutMs);
  const work = await route(request, url, signal).catch((error: unknown) => wrongQuestion(toAppError(error)));
  if (work instanceof Response) return work;
  try {
    return await work();
  } catch (error) {
    const known = toAppError(error);
    const { method } = request;
    deps.log.warn({ method, path: url.pathname, error: known }, 'a request of the user API failed');
    return failure(known);
  }
}

function wrongQuestion(error: AppError): Response {
  if (error.details.reason === TOO_LARGE) return refusal(413, 'too_large', error.message);
  if (error.code === 'timeout') return refusal(408, 'timeout', 'The body did not come in time.');
  return error.code === 'invalid' ? refusal(400, 'invalid', error.message) : failure(error);
}

const listen = ({ host, port, log }: UserApiDeps, answer: ReturnType<typeof createAnswer>) =>
  Bun.serve({
    hostname: host,
    port,
    idleTimeout: 30,
    // Twice the cap: what is over it is refused by us, in our words.
    maxRequestBodySize: MOST_REQUEST_BYTES * 2,
    development: false,
    reusePort: false,
    fetch: (request, own) => answer(request, own.requestIP(request)?.address),
    error: (error) => {
      log.error({ error }, 'a request failed');
      return refusal(500, 'internal', 'Something failed here; the log says what.');
    },
  });
