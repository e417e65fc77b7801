import { ApiError, badRequest } from '../model/api-error.ts';
import { botMethods } from './bot-methods.ts';
import { chatMethods } from './chat-methods.ts';
import { mediaMethods } from './media-methods.ts';
import { messageMethods } from './message-methods.ts';
import { type ApiMethod, type Call, isDescribed } from './method.ts';
import { updateMethods } from './update-methods.ts';

/**
 * How strict beyond Telegram: it ignores parameters it does not know, `pedantic` refuses them, so that a typing
 * mistake in a bot cannot hide.
 */
export type Strictness = 'telegram' | 'pedantic';

export type Outcome =
  | { readonly ok: true; readonly result: unknown; readonly description?: string }
  | {
      readonly ok: false;
      readonly error_code: number;
      readonly description: string;
      readonly parameters?: { readonly retry_after: number };
    };

export interface Dispatcher {
  /** Runs a method; never throws: what goes wrong is in the outcome. */
  run(method: string, call: Call, params: Readonly<Record<string, unknown>>): Promise<Outcome>;
  /** The method's name as documented; names are taken without regard to case. */
  canonical(method: string): string | null;
}

const METHODS: ReadonlyMap<string, ApiMethod> = new Map(
  [...botMethods, ...chatMethods, ...messageMethods, ...mediaMethods, ...updateMethods].map((method) => [
    method.name.toLowerCase(),
    method,
  ]),
);

export function createDispatcher(strictness: Strictness): Dispatcher {
  return {
    canonical: (name) => METHODS.get(name.toLowerCase())?.name ?? null,
    async run(name, call, params) {
      try {
        const method = METHODS.get(name.toLowerCase());
        if (!method) throw new ApiError(404, 'Not Found: method not found');
        if (strictness === 'pedantic') refuseUnknown(method, params);
        const result = await method.run(call, params);
        return isDescribed(result) ? { ok: true, ...result } : { ok: true, result };
      } catch (error) {
        return failure(error);
      }
    },
  };
}

function refuseUnknown(method: ApiMethod, params: Readonly<Record<string, unknown>>): void {
  const unknown = Object.keys(params).find((name) => !method.known.has(name) && name !== 'method');
  if (unknown !== undefined) throw badRequest(`[simulator] ${method.name} has no parameter "${unknown}"`);
}

export function failure(error: unknown): Outcome {
  if (!(error instanceof ApiError)) {
    const message = error instanceof Error ? error.message : String(error);
    return { ok: false, error_code: 500, description: `Internal Server Error: ${message}` };
  }
  const parameters =
    error.retryAfterSeconds === undefined ? {} : { parameters: { retry_after: error.retryAfterSeconds } };
  return { ok: false, error_code: error.code, description: error.message, ...parameters };
}
