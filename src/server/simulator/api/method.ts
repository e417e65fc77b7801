import type { z } from 'zod';
import type { Upload } from '../model/file-store.ts';
import type { SendGate } from '../model/send-limits.ts';
import type { World } from '../model/world.ts';
import type { Poller } from './poller.ts';
import type { Webhook } from './webhook.ts';

/** What a handler gets beside its parameters. Time is sampled once per call. */
export interface Call {
  readonly world: World;
  readonly gate: SendGate;
  readonly poller: Poller;
  readonly webhook: Webhook;
  readonly uploads: ReadonlyMap<string, Upload>;
  /** Unix milliseconds. */
  readonly nowMs: number;
  readonly monotonicMs: number;
  /** Aborts when the caller hangs up. */
  readonly signal: AbortSignal;
}

/** A result with the words some methods add beside it. */
export interface Described {
  readonly result: unknown;
  readonly description: string;
}

export interface ApiMethod {
  readonly name: string;
  /** Parameter names, for the pedantic check. */
  readonly known: ReadonlySet<string>;
  run(call: Call, raw: Readonly<Record<string, unknown>>): unknown;
}

/** Binds a method's name, its parameters and its handler, so that the handler sees parsed values only. */
export function defineMethod<S extends z.ZodObject>(
  name: string,
  parameters: S,
  handle: (call: Call, params: z.output<S>) => unknown,
): ApiMethod {
  return {
    name,
    known: new Set(Object.keys(parameters.shape)),
    run: (call, raw) => handle(call, parameters.parse(raw)),
  };
}

export function described(result: unknown, description: string): Described {
  return { result, description };
}

export function isDescribed(value: unknown): value is Described {
  return typeof value === 'object' && value !== null && 'result' in value && 'description' in value;
}
