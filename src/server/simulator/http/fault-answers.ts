import type { Clock } from '../../core/ports/clock.ts';
import type { Outcome } from '../api/dispatcher.ts';
import { failure } from '../api/dispatcher.ts';
import { ApiError } from '../model/api-error.ts';
import type { OrderedFault } from '../model/faults.ts';

/** A response, and the outcome for the journal; null when the call was not executed or its answer not sent. */
export interface Answered {
  readonly response: Response;
  readonly outcome: Outcome | null;
}

const JSON_HEADERS = { 'content-type': 'application/json' } as const;
const HUGE_BYTES = 10 * 1024 * 1024;
const encoder = new TextEncoder();

export function toResponse(outcome: Outcome): Response {
  const status = outcome.ok ? 200 : outcome.error_code;
  return new Response(JSON.stringify(outcome), { status, headers: JSON_HEADERS });
}

/** Answers a call the way the fault says. Calls that are executed: stall_in_body, reset_in_body, slow_bytes, lost, late. */
export async function answerWithFault(
  fault: OrderedFault,
  execute: () => Promise<Outcome>,
  clock: Clock,
  hangUp: AbortSignal,
): Promise<Answered> {
  switch (fault.kind) {
    case 'too_many_requests':
      return refused(
        429,
        `Too Many Requests: retry after ${fault.retryAfterSeconds ?? 1}`,
        fault.retryAfterSeconds ?? 1,
      );
    case 'server_error':
      return refused(fault.status ?? 500, fault.description ?? describe(fault.status ?? 500));
    case 'stall_before_headers':
      return unsent(await stall(hangUp));
    case 'reset':
      return unsent(resetAfter(''));
    case 'html':
      return unsent(htmlPage(fault.status ?? 200));
    case 'empty':
      return unsent(new Response('', { headers: JSON_HEADERS }));
    case 'huge':
      return unsent(
        new Response(`{"ok":true,"result":"${'x'.repeat(HUGE_BYTES)}"}`, { headers: JSON_HEADERS }),
      );
    default:
      return answerExecuted(fault, await execute(), clock, hangUp);
  }
}

async function answerExecuted(
  fault: OrderedFault,
  outcome: Outcome,
  clock: Clock,
  hangUp: AbortSignal,
): Promise<Answered> {
  const text = JSON.stringify(outcome);
  const half = text.slice(0, Math.ceil(text.length / 2));
  switch (fault.kind) {
    case 'stall_in_body':
      return { response: stream(half, () => new Promise(() => undefined)), outcome: null };
    case 'reset_in_body':
      return { response: resetAfter(half), outcome: null };
    case 'slow_bytes':
      return { response: slowly(text, fault.bytesPerSecond ?? 1, clock, hangUp), outcome };
    case 'lost':
      return { response: fault.reset ? resetAfter('') : await stall(hangUp), outcome: null };
    default:
      await clock.sleep(fault.delayMs ?? 1000, hangUp).catch(() => undefined);
      return { response: toResponse(outcome), outcome };
  }
}

function describe(status: number): string {
  const words: Readonly<Record<number, string>> = {
    401: 'Unauthorized',
    404: 'Not Found',
    502: 'Bad Gateway',
  };
  return words[status] ?? 'Internal Server Error';
}

function refused(code: number, description: string, retryAfterSeconds?: number): Answered {
  const outcome = failure(new ApiError(code, description, retryAfterSeconds));
  return { response: toResponse(outcome), outcome };
}

function unsent(response: Response): Answered {
  return { response, outcome: null };
}

function htmlPage(status: number): Response {
  const page =
    '<!doctype html><html><head><title>502 Bad Gateway</title></head><body><h1>nginx</h1></body></html>';
  return new Response(page, { status, headers: { 'content-type': 'text/html' } });
}

/** Nothing is sent until the caller hangs up. */
function stall(hangUp: AbortSignal): Promise<Response> {
  return new Promise((resolve) => {
    if (hangUp.aborted) resolve(new Response(null));
    hangUp.addEventListener('abort', () => resolve(new Response(null)), { once: true });
  });
}

function stream(
  first: string,
  pull: (controller: ReadableStreamDefaultController<Uint8Array>) => Promise<void>,
): Response {
  const start = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    if (first !== '') controller.enqueue(encoder.encode(first));
  };
  return new Response(new ReadableStream<Uint8Array>({ start, pull }), { headers: JSON_HEADERS });
}

/** Bun answers an errored stream with a TCP reset; before the first byte nothing at all is sent. */
function resetAfter(first: string): Response {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      if (first === '') controller.error();
      else controller.enqueue(encoder.encode(first));
    },
    async pull(controller) {
      await Promise.resolve();
      controller.error();
    },
  });
  return new Response(body, { headers: JSON_HEADERS });
}

function slowly(text: string, bytesPerSecond: number, clock: Clock, hangUp: AbortSignal): Response {
  const bytes = encoder.encode(text);
  let sent = 0;
  return stream('', async (controller) => {
    if (sent >= bytes.length) return controller.close();
    if (sent > 0) await clock.sleep(1000 / bytesPerSecond, hangUp);
    controller.enqueue(bytes.subarray(sent, sent + 1));
    sent += 1;
  });
}
