import type { Clock } from '../../core/ports/clock.ts';
import type { HttpAnswer, HttpRequester } from '../../core/ports/http-requester.ts';
import type { QueuedUpdate, UpdateQueue } from '../model/update-queue.ts';

/** As the Bot API server's WebhookActor: the delay doubles from 1 s after the second failure, up to this. */
const MAX_RETRY_DELAY_S = 60;
const MAX_RETRY_AFTER_S = 3600;

export interface WebhookSettings {
  readonly url: string;
  readonly secretToken: string;
  readonly maxConnections: number;
}

export interface WebhookInfo {
  readonly settings: WebhookSettings | null;
  readonly lastErrorDate: number | null;
  readonly lastErrorMessage: string | null;
}

export interface Webhook {
  set(settings: WebhookSettings | null): void;
  info(): WebhookInfo;
  /** Delivers what waits, as far as `maxConnections` and the order within chats allow. */
  pump(): void;
  stop(): void;
}

export interface WebhookDeps {
  readonly queue: UpdateQueue;
  readonly clock: Clock;
  /** Should be free of breakers and retries: the retries here are Telegram's. Absent: deliveries fail. */
  readonly request: HttpRequester | undefined;
  readonly timeoutMs: number;
  /** The unit of the retry delays; a test makes a second shorter. */
  readonly secondMs: number;
  /** Runs a call found in the body of an answer. */
  readonly execute: (method: string, params: Readonly<Record<string, unknown>>) => Promise<void>;
}

/** What is known of one chat's deliveries: never two at once, so that its updates keep their order. */
interface Lane {
  isBusy: boolean;
  failures: number;
  delayS: number;
}

/** Sends updates to the webhook as Telegram does: per chat in order, again with growing delay until a 2xx. */
export function createWebhook(deps: WebhookDeps): Webhook {
  const lanes = new Map<string, Lane>();
  let settings: WebhookSettings | null = null;
  let lastErrorDate: number | null = null;
  let lastErrorMessage: string | null = null;
  let inFlight = 0;
  let stopping = new AbortController();

  const fail = (lane: Lane, reason: string, retryAfterS: number): number => {
    lastErrorDate = Math.floor(deps.clock.now().getTime() / 1000);
    lastErrorMessage = reason;
    if (retryAfterS === 0 && lane.failures > 0) lane.delayS = Math.min(MAX_RETRY_DELAY_S, lane.delayS * 2);
    lane.failures += 1;
    return retryAfterS > 0 ? Math.min(retryAfterS, MAX_RETRY_AFTER_S) : lane.delayS;
  };

  const attempt = async (target: WebhookSettings, queued: QueuedUpdate, lane: Lane, signal: AbortSignal) => {
    try {
      const answer = await post(deps, target, JSON.stringify(queued.update), signal);
      if (answer.status < 200 || answer.status > 299) {
        const retryAfter = Number(answer.headers.get('retry-after') ?? 0) || 0;
        return fail(lane, `Wrong response from the webhook: ${answer.status}`, retryAfter);
      }
      deps.queue.confirm(queued.update.update_id);
      await runAnswer(deps, answer);
      return 0;
    } catch (error) {
      if (signal.aborted) return 0;
      return fail(lane, reasonOf(deps, error), 0);
    }
  };

  const deliver = async (
    target: WebhookSettings,
    queued: QueuedUpdate,
    key: string,
    lane: Lane,
  ): Promise<void> => {
    const { signal } = stopping;
    lane.isBusy = true;
    inFlight += 1;
    const delayS = await attempt(target, queued, lane, signal);
    inFlight -= 1;
    if (delayS > 0) await deps.clock.sleep(delayS * deps.secondMs, signal).catch(() => undefined);
    else if (lanes.get(key) === lane) lanes.delete(key);
    lane.isBusy = false;
    pump();
  };

  const pump = (): void => {
    if (!settings || stopping.signal.aborted) return;
    const passed = new Set<string>();
    for (const queued of deps.queue.pending()) {
      if (inFlight >= settings.maxConnections) return;
      const key = queued.chatId === null ? `u${queued.update.update_id}` : `c${queued.chatId}`;
      if (passed.has(key)) continue;
      passed.add(key);
      const lane = lanes.get(key) ?? { isBusy: false, failures: 0, delayS: 1 };
      lanes.set(key, lane);
      if (!lane.isBusy) void deliver(settings, queued, key, lane);
    }
  };

  return {
    set(next) {
      // What is under way for the old address ends; what was not confirmed goes to the new one.
      stopping.abort();
      stopping = new AbortController();
      settings = next;
      lastErrorDate = null;
      lastErrorMessage = null;
      lanes.clear();
      pump();
    },
    info: () => ({ settings, lastErrorDate, lastErrorMessage }),
    pump,
    stop: () => {
      settings = null;
      stopping.abort();
    },
  };
}

function reasonOf(deps: WebhookDeps, error: unknown): string {
  if (!deps.request) return '[simulator] no HTTP client was given to it, so it cannot deliver';
  return error instanceof Error && /time|within/i.test(error.message)
    ? 'Read timeout expired'
    : 'Connection failed';
}

async function post(
  deps: WebhookDeps,
  target: WebhookSettings,
  body: string,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  if (!deps.request) throw new Error('no HTTP client was given to the simulator');
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (target.secretToken) headers['x-telegram-bot-api-secret-token'] = target.secretToken;
  return deps.request.request({
    name: 'simulator.webhook',
    method: 'POST',
    url: target.url,
    headers,
    body,
    timeoutMs: deps.timeoutMs,
    signal,
  });
}

/** As WebhookActor does: a method in the answer is run, but none that reads or that changes the connection. */
async function runAnswer(deps: WebhookDeps, answer: HttpAnswer): Promise<void> {
  if (!answer.headers.get('content-type')?.includes('json') || answer.body.length === 0) return;
  const fields = parseFields(new TextDecoder().decode(answer.body));
  const method = String(fields.method ?? '');
  if (method === '' || /^(deletewebhook|setwebhook|close|logout|get.*)$/i.test(method)) return;
  await deps.execute(method, fields);
}

function parseFields(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
