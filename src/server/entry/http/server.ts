import type { Server } from 'bun';
import { Elysia } from 'elysia';
import type { Activity } from '../../core/ports/activity.ts';
import type { Log } from '../../core/ports/log.ts';
import { aloneAt } from './alone-at.ts';
import type { Dashboard } from './dashboard.ts';
import { secured } from './headers.ts';
import { isLoopback, type MetricsGuard, mayReadMetrics } from './metrics-guard.ts';
import type { SubscriptionEntry } from './subscription.ts';

export interface Readiness {
  readonly ready: boolean;
  /** Sentences an operator can act on; no secret ever. */
  readonly reasons: readonly string[];
}

export interface WebhookEntry {
  /** `/telegram/…` */
  readonly path: string;
  /** Checks the secret before it reads a byte of the body; answers an HTTP status. */
  take(secret: string | null, readBody: () => Promise<Uint8Array>): Promise<number>;
}

export interface HttpDeps {
  readonly host: string;
  readonly port: number;
  readonly metricsGuard: MetricsGuard;
  readiness(): Readiness;
  renderMetrics(): Promise<string>;
  /** The webhook of the bot, when updates come that way. */
  readonly webhook: WebhookEntry | null;
  /** Links for VLESS clients, when they are offered. */
  readonly subscription: SubscriptionEntry | null;
  /** Everything else is its business. */
  readonly dashboard: Dashboard;
  readonly log: Log;
  readonly activity?: Activity;
}

export interface HttpServer {
  /** The port in use, which matters when 0 was asked for. Throws when the address cannot be had. */
  start(): { readonly port: number };
  /** Takes no new requests and lets those in hand finish. Repeating is safe. */
  stop(): Promise<void>;
}

const plain = (text: string, status = 200) =>
  secured(new Response(text, { status, headers: { 'content-type': 'text/plain; charset=utf-8' } }));

/** Health, readiness, metrics and the bot's webhook; all other paths are the dashboard's. */
export function createHttpServer(deps: HttpDeps): HttpServer {
  const app = new Elysia()
    .onError(({ code, error }) => onError(deps.log, code, error))
    .get('/healthz', () => plain('ok\n'))
    .get('/readyz', () => readyz(deps.readiness()))
    .get('/metrics', async ({ request, server }) => {
      deps.activity?.began('http', 'GET /metrics');
      const allowed = mayReadMetrics(
        deps.metricsGuard,
        request.headers,
        isLoopback(server?.requestIP(request)?.address),
      );
      return allowed
        ? plain(await deps.renderMetrics())
        : plain('metrics are for loopback, or with a token\n', 403);
    });
  const { webhook } = deps;
  if (webhook) {
    // `parse: none`: the secret is looked at before the body is.
    const take = async ({ request }: { request: Request }) => {
      deps.activity?.began('http', 'POST webhook');
      return plain('', await takeUpdate(webhook, request));
    };
    app.post(webhook.path, take, { parse: 'none' });
  }
  const { subscription } = deps;
  if (subscription) {
    app.get('/s/:token', ({ request, server, params }) =>
      subscription.answer(request, params.token, server?.requestIP(request)?.address),
    );
  }
  const show = ({ request, server }: { request: Request; server: Server<unknown> | null }) =>
    deps.dashboard.answer(request, server?.requestIP(request)?.address, () => server?.timeout(request, 0));
  // `parse: none`: who asks is looked at before what is sent.
  app.all('/', show, { parse: 'none' }).all('/*', show, { parse: 'none' });

  return {
    start() {
      // An idle webhook connection is Telegram's to keep; ten seconds is plenty for a request of ours.
      // `development` would print past our log, a viewer cut off among it.
      const settings = { idleTimeout: 30, development: false, reusePort: false };
      aloneAt(deps, () => app.listen({ hostname: deps.host, port: deps.port, ...settings }));
      const port = app.server?.port ?? deps.port;
      deps.log.info({ host: deps.host, port }, 'listening');
      return { port };
    },
    async stop() {
      if (app.server) await app.stop();
    },
  };
}

const SECRET_HEADER = 'x-telegram-bot-api-secret-token';
/** Beyond what the bot takes, so that its own limit is the one that answers. */
const MOST_BODY_BYTES = 2 * 1024 * 1024;

function takeUpdate(webhook: WebhookEntry, request: Request): Promise<number> {
  return webhook.take(request.headers.get(SECRET_HEADER), () => readCapped(request, MOST_BODY_BYTES));
}

/** Stops reading at the cap: what is over it is refused by its length, not kept. */
async function readCapped(request: Request, cap: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    chunks.push(chunk);
    length += chunk.byteLength;
    if (length > cap) break;
  }
  return Buffer.concat(chunks);
}

function readyz(readiness: Readiness): Response {
  return secured(Response.json(readiness, { status: readiness.ready ? 200 : 503 }));
}

function onError(log: Log, code: string | number, error: unknown): Response {
  if (code === 'NOT_FOUND') return plain('not found\n', 404);
  if (code === 'PARSE' || code === 'VALIDATION') return plain('bad request\n', 400);
  log.error({ error }, 'a request failed');
  return plain('internal error\n', 500);
}
