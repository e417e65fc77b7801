/**
 * A refusal in Telegram's own words: `{ok: false, error_code, description, parameters?}`.
 *
 * The wording is that of the Bot API server (github.com/tdlib/telegram-bot-api, Client.cpp) and of TDLib.
 */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: number;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: number, description: string, retryAfterSeconds?: number) {
    super(description);
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** 400 "Bad Request: …"; the first letter is lowered as the server does, codes in capitals stay. */
export function badRequest(reason: string): ApiError {
  const isCode = /^[A-Z][A-Z_]/.test(reason);
  const text = isCode ? reason : reason.charAt(0).toLowerCase() + reason.slice(1);
  return new ApiError(400, `Bad Request: ${text}`);
}

export function forbidden(reason: string): ApiError {
  return new ApiError(403, `Forbidden: ${reason}`);
}

export function conflict(reason: string): ApiError {
  return new ApiError(409, `Conflict: ${reason}`);
}

export function tooManyRequests(retryAfterSeconds: number): ApiError {
  return new ApiError(429, `Too Many Requests: retry after ${retryAfterSeconds}`, retryAfterSeconds);
}
