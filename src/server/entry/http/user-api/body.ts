import { AppError } from '../../../core/errors.ts';

/** A body over the cap; told apart from one that is wrong. */
export const TOO_LARGE = 'too_large';

/**
 * The body as JSON, read up to `cap` bytes while `signal` lasts. Throws AppError `exhausted` (over the cap), `timeout`
 * (too slow), `invalid` (no JSON, or gone).
 */
export async function readJson(request: Request, cap: number, signal: AbortSignal): Promise<unknown> {
  if (Number(request.headers.get('content-length') ?? 0) > cap) throw tooLarge(cap);
  const bytes = await readCapped(request, cap, signal);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new AppError('invalid', 'The body is no JSON.', { cause });
  }
}

async function readCapped(request: Request, cap: number, signal: AbortSignal): Promise<Uint8Array> {
  const reader = request.body?.getReader();
  if (reader === undefined) return new Uint8Array(0);
  const late = Promise.withResolvers<never>();
  const stop = () => late.reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), late.promise]);
      if (done) return Buffer.concat(chunks);
      chunks.push(value);
      length += value.byteLength;
      if (length > cap) throw tooLarge(cap);
    }
  } finally {
    signal.removeEventListener('abort', stop);
    void reader.cancel().catch(() => undefined);
  }
}

const tooLarge = (cap: number) =>
  new AppError('exhausted', `The body is larger than ${cap} bytes.`, { details: { reason: TOO_LARGE } });
