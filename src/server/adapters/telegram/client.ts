import { Api, type Transformer } from 'grammy';
import type { Clock } from '../../core/ports/clock.ts';
import { createExchange, type Exchange, type ExchangeDeps } from './exchange.ts';
import { isHarmless, refusalError, retryAfterSeconds } from './refusals.ts';

export interface TelegramClientDeps extends ExchangeDeps {
  readonly clock: Clock;
  /** The longest `retry_after` worth waiting for inside a call; waits of one call together stay under twice this. */
  readonly maxWaitMs?: number;
}

/**
 * grammY's Api with our own transport beneath it: every call leaves through the HttpRequester, and grammY itself
 * has neither token nor network nor timers. Calls throw AppError only: see core/chat-failure.ts for refusals.
 */
export function createTelegramClient(deps: TelegramClientDeps): Api {
  const exchange = createExchange(deps);
  const api = new Api('kept-by-the-transport');
  const transport: Transformer = async (_previous, method, payload, signal) => {
    const result = await callPatiently(deps, exchange, method, payload, signal as AbortSignal | undefined);
    return { ok: true, result: result as never };
  };
  api.config.use(transport);
  return api;
}

const DEFAULT_MAX_WAIT_MS = 5_000;

async function callPatiently(
  { clock, maxWaitMs = DEFAULT_MAX_WAIT_MS }: TelegramClientDeps,
  exchange: Exchange,
  method: string,
  payload: object,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  let waitedMs = 0;
  for (;;) {
    const answer = await exchange(method, payload as Record<string, unknown>, signal);
    if (answer.ok) return answer.result;
    if (isHarmless(answer)) return true;
    const seconds = retryAfterSeconds(answer);
    // At least a second, so that a server which says 0 for ever ends as well.
    const waitMs = seconds === null ? Number.POSITIVE_INFINITY : Math.max(1, seconds) * 1000;
    if (waitMs > maxWaitMs || waitedMs + waitMs > 2 * maxWaitMs) throw refusalError(method, answer);
    waitedMs += waitMs;
    await clock.sleep(waitMs, signal);
  }
}
