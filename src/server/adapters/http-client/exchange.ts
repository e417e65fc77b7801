import { AppError } from '../../core/errors.ts';
import { calledOff } from '../../core/outside-call.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { HttpAnswer, HttpRequest } from '../../core/ports/http-requester.ts';

const DEFAULT_BODY_BYTES = 1024 * 1024;

/**
 * One request and its whole answer under one signal, and the body under a shorter limit where the request has one. A body
 * cut short is a failure, never a shorter body.
 * No error made here carries the address: a bot token is a part of it.
 */
export async function exchange(
  request: HttpRequest,
  signal: AbortSignal,
  clock: Pick<Clock, 'deadline'>,
): Promise<HttpAnswer> {
  const url = URL.parse(request.url);
  if (url === null) throw new AppError('invalid', `${request.name} has no valid address.`);
  try {
    const response = await fetch(url, {
      method: request.method,
      headers: { ...request.headers },
      body: request.body as BodyInit | undefined,
      redirect: 'manual',
      signal,
    });
    const { name, bodyWithinMs, maxResponseBytes = DEFAULT_BODY_BYTES } = request;
    const limit = bodyWithinMs === undefined ? signal : clock.deadline(bodyWithinMs, signal);
    const body = await readBody(response, maxResponseBytes, limit, name);
    return { status: response.status, headers: response.headers, body };
  } catch (error) {
    throw translated(request.name, error, signal);
  }
}

async function readBody(
  response: Response,
  maxBytes: number,
  limit: AbortSignal,
  name: string,
): Promise<Uint8Array<ArrayBuffer>> {
  if (response.body === null) return new Uint8Array();
  const reader = response.body.getReader();
  // Closes the connection when the body is not wanted to its end; a read that waits is then told "done".
  const leave = () => void reader.cancel().catch(() => {});
  limit.addEventListener('abort', leave, { once: true });
  const chunks: Uint8Array[] = [];
  let total = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (limit.aborted) throw calledOff(limit, name);
      if (done) return joined(chunks, total);
      total += value.byteLength;
      if (total > maxBytes) throw tooMuch(maxBytes);
      chunks.push(value);
    }
  } finally {
    limit.removeEventListener('abort', leave);
    leave();
  }
}

function joined(chunks: readonly Uint8Array[], total: number): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(total);
  let offset = 0;
  for (const chunk of chunks) {
    body.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return body;
}

function tooMuch(maxBytes: number): AppError {
  return new AppError('exhausted', 'The answer is larger than it may be.', { details: { maxBytes } });
}

function translated(name: string, error: unknown, signal: AbortSignal): AppError {
  if (signal.aborted) return calledOff(signal, name);
  if (error instanceof AppError) return error;
  const errno = error instanceof Error && 'code' in error ? error.code : undefined;
  // Without a code it never came to a connection: a header or body that cannot be sent.
  if (typeof errno !== 'string')
    return new AppError('internal', `${name} could not be sent.`, { cause: error });
  const details = { reason: 'connection', errno };
  return new AppError('unavailable', `${name} could not be reached.`, { details });
}
