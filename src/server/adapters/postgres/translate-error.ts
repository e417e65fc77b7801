import { AppError, type ErrorCode } from '../../core/errors.ts';

/** What users read; the reason is in `details`. */
const SENTENCES: Partial<Record<ErrorCode, string>> = {
  unavailable: 'The database is not reachable right now. Try again in a moment.',
  timeout: 'The database took too long. Try again in a moment.',
  conflict: 'This was already done, or collides with something that exists.',
};

/** SQLSTATE to our codes (PostgreSQL manual, appendix A); whole classes by their first two characters. */
const BY_STATE: Readonly<Record<string, ErrorCode>> = {
  '23505': 'conflict',
  '23P01': 'conflict',
  '40001': 'unavailable',
  '40P01': 'unavailable',
  '53300': 'unavailable',
  '55P03': 'unavailable',
  '57014': 'timeout',
  '57P01': 'unavailable',
  '57P02': 'unavailable',
  '57P03': 'unavailable',
  '25P03': 'timeout',
  '57P05': 'unavailable',
};

/** Codes of postgres.js and of sockets that mean the connection is no more. */
const LOST = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
]);

const RETRY_AFTER_MS = 2_000;

interface ServerFields {
  readonly code?: unknown;
  readonly constraint_name?: unknown;
  readonly table_name?: unknown;
  readonly severity?: unknown;
}

/**
 * Any failure as AppError: itself, the AppError that Drizzle wrapped, or a translation of what the server or
 * the socket said. Statement texts and parameters stay out: they may hold keys.
 */
export function translateError(error: unknown): AppError {
  const known = asAppError(error);
  if (known !== undefined) return known;
  const fields = (typeof error === 'object' && error !== null ? error : {}) as ServerFields;
  const state = typeof fields.code === 'string' ? fields.code : '';
  const code = codeOf(state);
  const message = SENTENCES[code] ?? (error instanceof Error ? error.message : String(error));
  const details = { sqlstate: state, constraint: fields.constraint_name, table: fields.table_name };
  const retry = code === 'unavailable' ? { retryAfterMs: RETRY_AFTER_MS } : {};
  return new AppError(code, message, { cause: error, details, ...retry });
}

function asAppError(error: unknown): AppError | undefined {
  if (error instanceof AppError) return error;
  const wrapped = error instanceof Error && error.name !== 'PostgresError' ? error.cause : undefined;
  return wrapped instanceof AppError ? wrapped : undefined;
}

function codeOf(state: string): ErrorCode {
  if (LOST.has(state) || state.startsWith('08')) return 'unavailable';
  return BY_STATE[state] ?? 'internal';
}

/** True when the whole transaction may be run again at once: serialization failure or deadlock. */
export function mayRunAgain(error: AppError): boolean {
  return error.details.sqlstate === '40001' || error.details.sqlstate === '40P01';
}

/** True when the failure is of the connection or the server as a whole, not of one statement. */
export function isConnectionFailure(error: AppError): boolean {
  const state = String(error.details.sqlstate ?? '');
  return LOST.has(state) || state.startsWith('08') || /^57P0[1235]$|^53300$|^25P03$/.test(state);
}

export function connectionLost(reason: string): AppError {
  return new AppError('unavailable', SENTENCES.unavailable as string, {
    retryAfterMs: RETRY_AFTER_MS,
    details: { sqlstate: 'CONNECTION_CLOSED', reason },
  });
}
