import { AppError, toAppError } from '../../core/errors.ts';
import type { HttpAnswer, HttpRequester } from '../../core/ports/http-requester.ts';
import { POLL_SLACK_MS, telegramCall } from './calls.ts';
import { encodeBody } from './multipart.ts';
import type { TelegramAnswer } from './refusals.ts';

export interface ExchangeDeps {
  readonly requester: HttpRequester;
  readonly token: string;
  readonly apiRoot: string;
}

/** A hundred updates of 4,096 escaped characters fit. */
const POLL_ANSWER_BYTES = 16 * 1024 * 1024;

/** One call of the Bot API: whatever Telegram answered, or AppError `timeout` or `unavailable`. */
export type Exchange = (
  method: string,
  payload: Readonly<Record<string, unknown>>,
  signal?: AbortSignal,
) => Promise<TelegramAnswer>;

export function createExchange(deps: ExchangeDeps): Exchange {
  const root = `${deps.apiRoot}/bot${deps.token}`;
  return async (method, payload, signal) => {
    const encoded = await encodeBody(payload);
    const rule = telegramCall(method);
    if (!rule) throw new AppError('internal', `No rule allows the method ${method}.`);
    const answer = await deps.requester
      .request({
        name: rule.name,
        method: 'POST',
        url: `${root}/${method}`,
        headers: { 'content-type': encoded.contentType },
        body: encoded.body,
        timeoutMs: method === 'getUpdates' ? pollMs(payload) : rule.deadline,
        bodyWithinMs: rule.bodyWithinMs,
        retries: rule.retries,
        maxResponseBytes: method === 'getUpdates' ? POLL_ANSWER_BYTES : undefined,
        signal,
      })
      .catch((error: unknown) => Promise.reject(withoutToken(error, method, deps.token)));
    return parse(method, answer);
  };
}

const pollMs = (payload: Readonly<Record<string, unknown>>): number =>
  Number(payload.timeout ?? 0) * 1000 + POLL_SLACK_MS;

const decoder = new TextDecoder();

function parse(method: string, answer: HttpAnswer): TelegramAnswer {
  try {
    const body = JSON.parse(decoder.decode(answer.body)) as TelegramAnswer;
    if (typeof body === 'object' && body !== null && typeof body.ok === 'boolean') return body;
  } catch {
    // Falls through: a proxy's HTML page and an empty body are the same to us.
  }
  if (answer.status === 401 || answer.status === 404) {
    return { ok: false, error_code: answer.status, description: 'not Telegram’s own words' };
  }
  throw new AppError('unavailable', 'Telegram gave an answer that is not its own', {
    details: { method, status: answer.status, bytes: answer.body.byteLength },
  });
}

/**
 * The URL of every call holds the token, and errors like to quote URLs. So a new error is made that quotes only
 * scrubbed text; the original, as `cause`, would carry the token on.
 */
function withoutToken(error: unknown, method: string, token: string): AppError {
  const { code, message, retryAfterMs } = toAppError(error);
  return new AppError(code, `Telegram did not answer ${method}`, {
    details: { method, reason: scrub(message, token) },
    retryAfterMs,
  });
}

function scrub(text: string, token: string): string {
  const secret = token.slice(token.indexOf(':') + 1);
  return text.replaceAll(token, '[token]').replaceAll(secret, '[token]');
}
