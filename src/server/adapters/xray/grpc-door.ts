import type { ClientUnaryCall } from '@grpc/grpc-js';
import type { CallBook } from '../../core/call-rules.ts';
import { AppError } from '../../core/errors.ts';
import { createGate } from '../../core/gate.ts';
import { calledOff, failureReason, judgeCall } from '../../core/outside-call.ts';
import type { Breaker, Breakers } from '../../core/ports/breaker.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Metrics } from '../../core/ports/metrics.ts';
import type { XrayCall } from './calls.ts';
import { type Connection, connect } from './connection.ts';
import { EXPECTED, translate } from './translate.ts';

export interface CallsDeps {
  /** `host:port` of Xray's API inbound. */
  readonly address: string;
  /** Longest single call, from the moment it is sent; never more than its rule gives. Milliseconds. */
  readonly timeoutMs: number;
  readonly book: CallBook;
  readonly breakers: Breakers;
  readonly metrics: Metrics;
  readonly clock: Clock;
}

/** One kind of call. `name` is the label of metrics and breaker; `path` is `/package.Service/Method`. */
export interface Method<Answer> {
  readonly name: XrayCall;
  readonly path: string;
  read(answer: Uint8Array): Answer;
}

/** The door to Xray's own API: every call has a deadline, a size cap, a breaker and a metric by name. */
export interface Calls {
  /** Throws AppError: `timeout`, `unavailable`, `exhausted` (answer over the cap), `invalid` (a refusal,
   * told apart by `details.reason`, or an answer that is none). */
  call<Answer>(method: Method<Answer>, request: Uint8Array, signal?: AbortSignal): Promise<Answer>;
  /** Answers in the order of the requests. The first failure that is no refusal calls off the rest. */
  many<Answer, Result>(
    method: Method<Answer>,
    requests: readonly Uint8Array[],
    signal: AbortSignal | undefined,
    each: (made: Promise<Answer>, index: number) => Promise<Result>,
  ): Promise<readonly Result[]>;
  close(): void;
}

/** Calls in flight over the one connection; the rest wait here. */
const MOST_IN_FLIGHT = 100;
/** Xray is on this machine and starts in tens of milliseconds: waiting long would only keep its users out. */
const HALF_OPEN_AFTER_MS = 1000;

export function createCalls(deps: CallsDeps): Calls {
  const gate = createGate(MOST_IN_FLIGHT);
  let connecting: Promise<Connection> | null = null;
  const connection = () => {
    connecting ??= connect(deps.address);
    return connecting;
  };
  const breakerOf = (name: string) => deps.breakers.for(name, { halfOpenAfterMs: HALF_OPEN_AFTER_MS });

  function call<Answer>(method: Method<Answer>, request: Uint8Array, signal?: AbortSignal): Promise<Answer> {
    return gate.run(() => observed(deps, connection, breakerOf(method.name), method, request, signal));
  }

  return {
    call,
    async many(method, requests, signal, each) {
      const rest = new AbortController();
      const limit = AbortSignal.any(signal ? [rest.signal, signal] : [rest.signal]);
      const one = async (request: Uint8Array, index: number) => {
        try {
          return await each(call(method, request, limit), index);
        } catch (error) {
          rest.abort(error);
          throw error;
        }
      };
      // A breaker that is not closed lets a single call through: it goes first, alone.
      const careful = breakerOf(method.name).state !== 'closed' && requests.length > 0;
      const first = careful ? [await one(requests[0]!, 0)] : [];
      const others = requests.slice(first.length).map((request, index) => one(request, index + first.length));
      const settled = await Promise.allSettled(others);
      const failed = settled.find((ended) => ended.status === 'rejected');
      if (failed) throw rest.signal.reason ?? failed.reason;
      return [...first, ...(await Promise.all(others))];
    },
    close() {
      void connecting?.then((open) => open.close());
    },
  };
}

async function observed<Answer>(
  deps: CallsDeps,
  connection: () => Promise<Connection>,
  breaker: Breaker,
  method: Method<Answer>,
  request: Uint8Array,
  signal?: AbortSignal,
): Promise<Answer> {
  const startedAt = deps.clock.monotonicMs();
  const report = (reason?: string) =>
    deps.metrics.call(method.name, (deps.clock.monotonicMs() - startedAt) / 1000, reason);
  try {
    const answer = await breaker.run(
      async () => unary(deps, await connection(), method, request, signal),
      (ended) => judgeCall(ended, signal),
    );
    report();
    return answer;
  } catch (error) {
    const reason = failureReason(error);
    report(EXPECTED.includes(reason) ? undefined : reason);
    throw error;
  }
}

/** One exchange. A connection on which a call ran out of time may be half open: the next call makes another one. */
async function unary<Answer>(
  deps: CallsDeps,
  connection: Connection,
  method: Method<Answer>,
  request: Uint8Array,
  caller?: AbortSignal,
): Promise<Answer> {
  const longest = Math.min(deps.timeoutMs, deps.book.deadlineMs(method.name, 'grpc'));
  const signal = deps.clock.deadline(longest, caller);
  if (signal.aborted) throw calledOff(signal);
  const renew = connection.current();
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const call: ClientUnaryCall = connection.start(method.path, request, (error, answer) =>
    error ? reject(error) : resolve(answer ?? new Uint8Array(0)),
  );
  const cancel = () => call.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return readAnswer(method, await promise);
  } catch (error) {
    const translated = translate(method.name, error, signal);
    if (translated.code === 'timeout') renew();
    throw translated;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

function readAnswer<Answer>(method: Method<Answer>, answer: Uint8Array): Answer {
  try {
    return method.read(answer);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('invalid', `${method.name} was answered with something unreadable.`, { cause });
  }
}
