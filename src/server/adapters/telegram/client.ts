import { Api, type Transformer } from 'grammy';
import type { Clock } from '../../core/ports/clock.ts';
import { type Brake, createBrake } from './brake.ts';
import { createExchange, type Exchange, type ExchangeDeps } from './exchange.ts';
import { isHarmless, refusalError, retryAfterSeconds, type TelegramAnswer } from './refusals.ts';

export interface TelegramClientDeps extends ExchangeDeps {
  readonly clock: Clock;
  /** The longest `retry_after` worth waiting for inside a call. Default 5 s. */
  readonly maxWaitMs?: number;
}

/**
 * grammY's Api with our own transport beneath it: every call leaves through the HttpRequester, and grammY itself
 * has neither token nor network nor timers. Calls throw AppError only: see core/chat-failure.ts for refusals.
 */
export function createTelegramClient(deps: TelegramClientDeps): Api {
  const line: Line = { ...deps, exchange: createExchange(deps), brake: createBrake(deps.clock) };
  const api = new Api('kept-by-the-transport');
  const transport: Transformer = async (_previous, method, payload, signal) => {
    const call = { method, payload: payload as Record<string, unknown>, signal: signal as Call['signal'] };
    return { ok: true, result: (await callPatiently(line, call)) as never };
  };
  api.config.use(transport);
  return api;
}

interface Line extends TelegramClientDeps {
  readonly exchange: Exchange;
  readonly brake: Brake;
}

interface Call {
  readonly method: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal | undefined;
}

const DEFAULT_MAX_WAIT_MS = 5_000;
/** All waits of one call together. A person waits for an answer; a config may take its time to arrive. */
const PATIENCE_MS = 10_000;
const UPLOAD_PATIENCE_MS = 60_000;

async function callPatiently(line: Line, call: Call): Promise<unknown> {
  const { clock, brake } = line;
  const isUpload = call.method === 'sendDocument' || call.method === 'sendPhoto';
  const endsAt = clock.monotonicMs() + (isUpload ? UPLOAD_PATIENCE_MS : PATIENCE_MS);
  for (;;) {
    if (/^(send|edit)/.test(call.method)) await brake.pass(endsAt - clock.monotonicMs(), call.signal);
    const answer = await line.exchange(call.method, call.payload, call.signal);
    if (answer.ok) return answer.result;
    if (isHarmless(answer)) return true;
    const waitMs = waitAsked(answer);
    const isTooLong =
      waitMs > (line.maxWaitMs ?? DEFAULT_MAX_WAIT_MS) || clock.monotonicMs() + waitMs > endsAt;
    if (isTooLong) throw refusalError(call.method, answer);
    brake.refused(call.payload.chat_id);
    await clock.sleep(waitMs, call.signal);
  }
}

/** Milliseconds; endless when it is no matter of waiting. A second at least, whatever is asked. */
function waitAsked(answer: Extract<TelegramAnswer, { ok: false }>): number {
  const seconds = retryAfterSeconds(answer);
  return seconds === null ? Number.POSITIVE_INFINITY : Math.max(1, seconds) * 1_000;
}
