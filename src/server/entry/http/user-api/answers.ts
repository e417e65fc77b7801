import { type AppError, assertNever } from '../../../core/errors.ts';

/** Only a program reads this; nothing of it is to be kept, framed or sniffed. */
const HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};

export const json = (body: object, status = 200, headers: Readonly<Record<string, string>> = {}): Response =>
  Response.json(body, { status, headers: { ...HEADERS, ...headers } });

export const plain = (text: string, status = 200): Response =>
  new Response(text, { status, headers: { ...HEADERS, 'content-type': 'text/plain; charset=utf-8' } });

export const refusal = (
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Response => json({ error: { code, message } }, status, headers);

/** A failure of the Xray behind us. `invalid` is its answer, not the caller's question. */
export function failure(error: AppError): Response {
  const { code, message } = error;
  switch (code) {
    case 'timeout':
      return refusal(504, code, message);
    case 'unavailable':
    case 'exhausted':
      return refusal(503, code, message, { 'retry-after': '1' });
    case 'invalid':
    case 'not_found':
    case 'conflict':
    case 'forbidden':
      return refusal(502, code, message);
    case 'internal':
      return refusal(500, code, 'Something failed here; the log says what.');
    default:
      return assertNever(code);
  }
}
