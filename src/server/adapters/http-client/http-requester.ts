import type { CallBook } from '../../core/call-rules.ts';
import { AppError, isPassing } from '../../core/errors.ts';
import { calledOff, failureReason, judgeCall } from '../../core/outside-call.ts';
import type { Breakers, Settled, Verdict } from '../../core/ports/breaker.ts';
import type { Clock, Random } from '../../core/ports/clock.ts';
import type { HttpAnswer, HttpRequest, HttpRequester } from '../../core/ports/http-requester.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Metrics } from '../../core/ports/metrics.ts';
import { exchange } from './exchange.ts';

export interface HttpRequesterDeps {
  readonly breakers: Breakers;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** A request without a rule is refused; one may ask for less time than its rule gives, not for more. */
  readonly book: CallBook;
  /** First pause between tries is at most this; it doubles with each try, up to 20 times as much. Default 100 ms. */
  readonly backoffBaseMs?: number;
}

/**
 * The door to other HTTP servers, by Bun's fetch. Redirects are not followed: a 3xx is an answer like any other.
 * The time limit covers all tries and the pauses between them.
 */
export function createHttpRequester(deps: HttpRequesterDeps): HttpRequester {
  return { request: (request) => observed(deps, request) };
}

async function observed(deps: HttpRequesterDeps, request: HttpRequest): Promise<HttpAnswer> {
  const startedAt = deps.clock.monotonicMs();
  const seconds = () => (deps.clock.monotonicMs() - startedAt) / 1000;
  try {
    const timeoutMs = Math.min(request.timeoutMs, deps.book.deadlineMs(request.name, 'http'));
    const answer = await retried(deps, { ...request, timeoutMs }, startedAt + timeoutMs);
    deps.metrics.call(request.name, seconds(), answerReason(answer.status));
    return answer;
  } catch (error) {
    deps.metrics.call(request.name, seconds(), failureReason(error));
    deps.log.debug({ call: request.name, seconds: seconds(), error }, 'http call failed');
    throw error;
  }
}

/** Tries until an answer that is no 5xx, the last retry, or a pause that would not fit in the time left. */
async function retried(deps: HttpRequesterDeps, request: HttpRequest, endsAt: number): Promise<HttpAnswer> {
  const signal = deps.clock.deadline(request.timeoutMs, request.signal);
  for (let retry = 0; ; retry++) {
    const ended = await oneTry(deps, request, signal);
    const pauseMs = fullJitter(deps, retry);
    const last = retry >= (request.retries ?? 0) || deps.clock.monotonicMs() + pauseMs >= endsAt;
    if (last || signal.aborted || !worthRepeating(ended)) return unwrap(ended);
    await pause(deps.clock, pauseMs, signal);
  }
}

async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  try {
    await clock.sleep(ms, signal);
  } catch {
    throw calledOff(signal);
  }
}

/** Any pause between nothing and the doubled limit: callers that failed together do not come back together. */
function fullJitter(deps: HttpRequesterDeps, retry: number): number {
  const base = deps.backoffBaseMs ?? 100;
  return deps.random.integer(Math.min(base * 2 ** retry, base * 20) + 1);
}

async function oneTry(
  deps: HttpRequesterDeps,
  request: HttpRequest,
  signal: AbortSignal,
): Promise<Settled<HttpAnswer>> {
  try {
    const breaker = deps.breakers.for(request.name);
    const judge = (ended: Settled<HttpAnswer>) => judgeAnswer(ended, request.signal);
    return { ok: true, value: await breaker.run(() => exchange(request, signal, deps.clock), judge) };
  } catch (error) {
    return { ok: false, error };
  }
}

function judgeAnswer(ended: Settled<HttpAnswer>, caller: AbortSignal | undefined): Verdict {
  if (ended.ok && ended.value.status >= 500) return 'failing';
  return judgeCall(ended, caller);
}

function worthRepeating(ended: Settled<HttpAnswer>): boolean {
  if (ended.ok) return ended.value.status >= 500;
  return isPassing(ended.error) && failureReason(ended.error) !== 'breaker_open';
}

function unwrap<T>(ended: Settled<T>): T {
  if (ended.ok) return ended.value;
  throw ended.error instanceof AppError
    ? ended.error
    : new AppError('internal', 'The call failed.', { cause: ended.error });
}

/** A refusal (4xx) is a good call; being told to slow down is worth a count. */
function answerReason(status: number): string | undefined {
  if (status >= 500) return 'server_error';
  return status === 429 ? 'rate_limited' : undefined;
}
