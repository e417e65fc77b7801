import type { ServiceError } from '@grpc/grpc-js';
import { AppError } from '../../core/errors.ts';
import { calledOff } from '../../core/outside-call.ts';

/** Codes of gRPC that mean more to us than "no answer" (grpc.io, "Status codes and their use in gRPC"). */
const status = {
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  RESOURCE_EXHAUSTED: 8,
  UNIMPLEMENTED: 12,
} as const;

/** `details.reason` of refusals that callers tell apart. */
export const ALREADY_THERE = 'already_there';
export const NO_SUCH_USER = 'no_such_user';
export const NO_INBOUND = 'no_inbound';
export const UNIMPLEMENTED = 'unimplemented';

/** Answers that callers expect now and then: the call itself went well. */
export const EXPECTED: readonly unknown[] = [ALREADY_THERE, NO_SUCH_USER, UNIMPLEMENTED];

/** What Xray's handler service says, all of it with code UNKNOWN (proxy/vless/validator.go, proxyman/command). */
const REFUSALS: readonly (readonly [said: RegExp, reason: string, message: string])[] = [
  [/failed to get handler|handler not found/i, NO_INBOUND, 'The Xray has no inbound of that tag.'],
  [/not a UserManager/i, NO_INBOUND, 'The inbound of that tag takes no users.'],
  [/already exists/i, ALREADY_THERE, 'The Xray has this user already.'],
  [/not found/i, NO_SUCH_USER, 'The Xray has no such user.'],
];

/** A foreign error as ours. No answer at all is `unavailable` or `timeout`; anything that is no Xray's is `invalid`. */
export function translate(name: string, error: unknown, signal: AbortSignal): AppError {
  if (error instanceof AppError) return error;
  if (signal.aborted) return calledOff(signal);
  if (!isServiceError(error))
    return new AppError('internal', `${name} could not be called.`, { cause: error });
  const details = { said: error.details.slice(0, 200), status: error.code };
  switch (error.code) {
    case status.UNKNOWN:
    case status.INVALID_ARGUMENT:
    case status.NOT_FOUND:
    case status.ALREADY_EXISTS:
      return refusal(name, details);
    case status.UNIMPLEMENTED:
      return new AppError('invalid', `The Xray does not know ${name}.`, {
        details: { ...details, reason: UNIMPLEMENTED },
      });
    case status.RESOURCE_EXHAUSTED:
      return new AppError('exhausted', `The answer of ${name} is larger than it may be.`, { details });
    case status.DEADLINE_EXCEEDED:
      return new AppError('timeout', `${name} had no answer in time.`, { details });
    default:
      return new AppError('unavailable', `${name} could not be reached.`, {
        details: { ...details, reason: 'connection' },
      });
  }
}

function refusal(name: string, details: { readonly said: string; readonly status: number }): AppError {
  const known = REFUSALS.find(([said]) => said.test(details.said));
  const [, reason, message] = known ?? [null, 'refused', `The Xray refused ${name}.`];
  return new AppError('invalid', message, { details: { ...details, reason } });
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'details' in error && typeof error.code === 'number';
}
