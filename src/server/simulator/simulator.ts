import type { Server } from 'bun';
import type { Clock, Random } from '../core/ports/clock.ts';
import type { HttpRequester } from '../core/ports/http-requester.ts';
import type { Log } from '../core/ports/log.ts';
import { createDispatcher, type Strictness } from './api/dispatcher.ts';
import { createPoller } from './api/poller.ts';
import { createWebhook } from './api/webhook.ts';
import { createChatRoutes } from './chat/chat-routes.tsx';
import { type Control, createControl } from './control/control.ts';
import { createBotApi } from './http/bot-api.ts';
import { handleControl } from './http/control-routes.ts';
import { createFaultBook } from './model/faults.ts';
import { createJournal } from './model/journal.ts';
import { createSendGate, DOCUMENTED_LIMITS, type SendLimits } from './model/send-limits.ts';
import { createWorld } from './model/world.ts';
import { createUpdateFeed } from './update-feed.ts';

const JOURNAL_CAPACITY = 20_000;
const MAX_FILE_BYTES = 512 * 1024 * 1024;
/** Telegram's own limit for a webhook's answer. */
const WEBHOOK_TIMEOUT_MS = 60_000;

export interface SimulatorOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log?: Log;
  /** `<bot id>:<secret>`, as from BotFather. */
  readonly botToken: string;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Default `documented`: Telegram's advice on sending is enforced with 429. */
  readonly limits?: 'documented' | 'off' | SendLimits;
  /** Default `telegram`; `pedantic` also refuses parameters a method does not have. */
  readonly strictness?: Strictness;
  readonly botName?: string;
  readonly botUsername?: string;
  /** For webhooks; should have no breaker and no retries. Without it a webhook can be set but never delivers. */
  readonly request?: HttpRequester;
  readonly webhookTimeoutMs?: number;
  /** How long a "second" of the webhook's retry delays lasts; tests shorten it. Default 1000. */
  readonly webhookSecondMs?: number;
}

export interface SimulatorAddress {
  /** For TELEGRAM_API_ROOT: no slash at the end. */
  readonly apiRoot: string;
  /** Where a person plays the users. */
  readonly chatUrl: string;
}

export interface Simulator {
  /** Starting twice gives the same address. */
  start(): Promise<SimulatorAddress>;
  /** Ends open polls and streams; safe to repeat and before a start. */
  stop(): Promise<void>;
  readonly control: Control;
}

/**
 * Telegram on this machine: a strict Bot API, the users' side of it as a chat page at `chatUrl`, and a control for
 * tests in process and below /control. Everything is kept in memory and gone with it. It has no door lock: bind it to
 * a loopback address.
 */
export function createSimulator(options: SimulatorOptions): Simulator {
  const parts = assemble(options);
  let server: Server<undefined> | null = null;

  const answer = (request: Request, running: Server<undefined>): Response | Promise<Response> => {
    const path = pathOf(request.url);
    const api = parts.botApi.handle(request, path, running);
    if (api) return api;
    if (isFromElsewhere(request)) return new Response('Not from another site', { status: 403 });
    if (path.startsWith('/control/')) {
      return handleControl(parts.control, request, path.slice('/control/'.length), running);
    }
    return parts.chat.handle(request, path, running) ?? new Response('Not found', { status: 404 });
  };

  return {
    control: parts.control,
    start() {
      server ??= Bun.serve({
        hostname: options.host,
        port: options.port,
        // The API takes documents of 50 MB; what is larger must get Telegram's 413, not the server's.
        maxRequestBodySize: 128 * 1024 * 1024,
        routes: { '/*': answer },
      });
      const origin = `http://${options.host}:${server.port}`;
      options.log?.info({ apiRoot: origin }, 'Telegram simulator listens');
      return Promise.resolve({ apiRoot: origin, chatUrl: `${origin}/chat` });
    },
    async stop() {
      parts.stop();
      const running = server;
      server = null;
      await running?.stop(true);
    },
  };
}

function assemble(options: SimulatorOptions) {
  const { clock, random } = options;
  const world = createWorld({
    botId: Number(options.botToken.split(':')[0]) || 1,
    botName: options.botName ?? 'Adit',
    botUsername: options.botUsername ?? 'adit_demo_bot',
    random,
  });
  const journal = createJournal(JOURNAL_CAPACITY);
  const faults = createFaultBook();
  const poller = createPoller(world.updates, clock);
  const webhook = createWebhook({
    queue: world.updates,
    clock,
    request: options.request,
    timeoutMs: options.webhookTimeoutMs ?? WEBHOOK_TIMEOUT_MS,
    secondMs: options.webhookSecondMs ?? 1000,
    execute: (method, params) => botApi.execute(method, params),
  });
  const feed = createUpdateFeed(world.updates, clock, () => {
    if (webhook.info().settings) webhook.pump();
    else poller.wake();
  });
  const botApi = createBotApi({
    token: options.botToken,
    world,
    gate: createSendGate(limitsOf(options.limits ?? 'documented')),
    poller,
    webhook,
    dispatcher: createDispatcher(options.strictness ?? 'telegram'),
    faults,
    journal,
    clock,
  });
  const control = createControl({ world, feed, faults, journal, clock, random });
  const unlisten = world.listen((event) => {
    if (event.kind === 'message') world.files.trim(MAX_FILE_BYTES);
  });
  const chat = createChatRoutes({ world, control, clock });
  const stop = () => {
    unlisten();
    chat.close();
    feed.stop();
    webhook.stop();
    poller.terminate('the simulator stops');
  };
  return { botApi, control, chat, stop };
}

function limitsOf(limits: 'documented' | 'off' | SendLimits): SendLimits | null {
  if (limits === 'off') return null;
  return limits === 'documented' ? DOCUMENTED_LIMITS : limits;
}

/** A page of another origin must not act here, though anyone on this machine may. */
function isFromElsewhere(request: Request): boolean {
  const origin = request.headers.get('origin');
  if (origin === null)
    return request.headers.get('sec-fetch-site') === 'cross-site' && request.method !== 'GET';
  return URL.parse(origin)?.host !== request.headers.get('host');
}

function pathOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('//') + 2);
  const query = url.indexOf('?', start);
  return start < 0 ? '/' : url.slice(start, query < 0 ? undefined : query);
}
