import { AppError } from '../../core/errors.ts';

/** What a job row keeps of a failure. */
export interface JobError {
  readonly code: string;
  readonly message: string;
}

const MAX_LENGTH = 2_000;

/** Any thrown thing as a few words that JSONB accepts, with the name of the call that failed; never throws itself. */
export function describeJobError(error: unknown): JobError {
  if (!(error instanceof AppError)) return { code: 'internal', message: storable(messageOf(error)) };
  const { call } = error.details;
  const who = typeof call === 'string' && !error.message.includes(call) ? `${call}: ` : '';
  return { code: error.code, message: storable(who + messageOf(error)) };
}

function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message || error.name;
  if (typeof error === 'string') return error;
  try {
    return JSON.stringify(error) ?? String(error);
  } catch {
    return 'an error that cannot be shown';
  }
}

/** PostgreSQL refuses NUL and half surrogates inside JSONB (manual, 8.14). */
function storable(text: string): string {
  return text.slice(0, MAX_LENGTH).replaceAll('\u0000', '').toWellFormed();
}
