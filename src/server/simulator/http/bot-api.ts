import type { Server } from 'bun';
import type { Clock } from '../../core/ports/clock.ts';
import { type Dispatcher, failure, type Outcome } from '../api/dispatcher.ts';
import type { Call } from '../api/method.ts';
import type { Poller } from '../api/poller.ts';
import type { Webhook } from '../api/webhook.ts';
import { ApiError } from '../model/api-error.ts';
import type { FaultBook, OrderedFault } from '../model/faults.ts';
import type { Upload } from '../model/file-store.ts';
import type { Journal } from '../model/journal.ts';
import type { SendGate } from '../model/send-limits.ts';
import type { World } from '../model/world.ts';
import { type Answered, answerWithFault, toResponse } from './fault-answers.ts';
import { type ReadParameters, readParameters } from './request-parameters.ts';

export interface BotApiDeps {
  readonly token: string;
  readonly world: World;
  readonly gate: SendGate;
  readonly poller: Poller;
  readonly webhook: Webhook;
  readonly dispatcher: Dispatcher;
  readonly faults: FaultBook;
  readonly journal: Journal;
  readonly clock: Clock;
}

export interface BotApi {
  /** Answers /bot<token>/METHOD and /file/bot<token>/PATH; null for any other path. */
  handle(request: Request, path: string, server: Server<undefined>): Promise<Response> | null;
  /** A call that came with the answer to a webhook. */
  execute(method: string, params: Readonly<Record<string, unknown>>): Promise<void>;
}

const NEVER = new AbortController().signal;
const NO_UPLOADS: ReadonlyMap<string, Upload> = new Map();
const UNAUTHORIZED = failure(new ApiError(401, 'Unauthorized'));
const NOT_FOUND = failure(new ApiError(404, 'Not Found'));

/** The Bot API over HTTP: token, parameters, ordered faults, the method, the journal. */
export function createBotApi(deps: BotApiDeps): BotApi {
  const apiPrefix = `/bot${deps.token}/`;
  const filePrefix = `/file/bot${deps.token}/`;

  const call = async (request: Request, name: string, server: Server<undefined>): Promise<Response> => {
    const method = deps.dispatcher.canonical(name) ?? name;
    const startedMs = deps.clock.monotonicMs();
    const read = await readParameters(request).catch(failure);
    if ('ok' in read) return toResponse(read);
    const fault = deps.faults.take(method, chatOf(read.params) ?? undefined);
    // A long poll and a stall outlive the server's idle limit of ten seconds.
    if (fault || method === 'getUpdates') server.timeout(request, 0);
    const execute = () => run(deps, method, read, () => request.signal);
    const answered = fault
      ? await answerWithFault(fault, execute, deps.clock, request.signal)
      : plain(await execute());
    record(deps, method, read, answered, fault, startedMs);
    return answered.response;
  };

  return {
    handle(request, path, server) {
      if (path.startsWith(apiPrefix)) return call(request, path.slice(apiPrefix.length), server);
      if (path.startsWith(filePrefix)) return Promise.resolve(download(deps, path.slice(filePrefix.length)));
      if (!path.startsWith('/bot') && !path.startsWith('/file/bot')) return null;
      return Promise.resolve(refuseToken(deps, path));
    },
    async execute(method, params) {
      const read = { params, uploads: NO_UPLOADS };
      const startedMs = deps.clock.monotonicMs();
      const answered = plain(await run(deps, method, read, () => NEVER));
      record(deps, deps.dispatcher.canonical(method) ?? method, read, answered, undefined, startedMs);
    },
  };
}

function run(
  deps: BotApiDeps,
  method: string,
  read: ReadParameters,
  signalOf: () => AbortSignal,
): Promise<Outcome> {
  const { world, gate, poller, webhook, clock } = deps;
  const call: Call = {
    world,
    gate,
    poller,
    webhook,
    uploads: read.uploads,
    nowMs: clock.now().getTime(),
    monotonicMs: clock.monotonicMs(),
    // Asked for only by a long poll: making the signal of a request is not free.
    get signal() {
      return signalOf();
    },
  };
  return deps.dispatcher.run(method, call, read.params);
}

/** A call with another token: refused, but in the journal, since a bot with a wrong token is hard to see. */
function refuseToken(deps: BotApiDeps, path: string): Response {
  const read = { params: {}, uploads: NO_UPLOADS };
  const answered = plain(UNAUTHORIZED);
  record(deps, path.split('/').at(-1) ?? '', read, answered, undefined, deps.clock.monotonicMs());
  return answered.response;
}

function plain(outcome: Outcome): Answered {
  return { response: toResponse(outcome), outcome };
}

function record(
  deps: BotApiDeps,
  method: string,
  read: ReadParameters,
  answered: Answered,
  fault: OrderedFault | undefined,
  startedMs: number,
): void {
  const { outcome } = answered;
  deps.journal.record({
    at: deps.clock.now().toISOString(),
    method,
    chatId: chatOf(read.params),
    params: read.uploads.size === 0 ? read.params : { ...read.params, ...summary(read.uploads) },
    status: outcome === null ? 0 : outcome.ok ? 200 : outcome.error_code,
    description: outcome && !outcome.ok ? outcome.description : null,
    fault: fault?.kind ?? null,
    durationMs: deps.clock.monotonicMs() - startedMs,
  });
}

function summary(uploads: ReadonlyMap<string, Upload>): Record<string, unknown> {
  const entries = [...uploads].map(([name, file]) => [
    name,
    { file: file.fileName, bytes: file.bytes.length },
  ]);
  return Object.fromEntries(entries);
}

function chatOf(params: Readonly<Record<string, unknown>>): number | null {
  const id = Number(params.chat_id ?? Number.NaN);
  return Number.isInteger(id) ? id : null;
}

function download(deps: BotApiDeps, path: string): Response {
  const file = deps.world.files.byPath(decodeURIComponent(path));
  if (!file) return toResponse(NOT_FOUND);
  return new Response(file.bytes, { headers: { 'content-type': 'application/octet-stream' } });
}
