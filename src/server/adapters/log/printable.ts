import { AppError } from '../../core/errors.ts';

/** Names of fields whose value is never printed; a longer name that ends in one (botToken) counts too. */
const SECRET_KEY = /(token|secret|password|privatekey|presharedkey|authorization|apikey|cookie)$/;
/** Anything deeper is not printed at all, so that no secret is deeper than the search for it. */
const MAX_DEPTH = 6;
const MAX_CAUSES = 5;
export const REDACTED = '[secret]';

type Plain = Record<string, unknown>;

/** The fields as plain data for a log line: secrets by key gone, errors and odd values made readable. Never throws. */
export function printable(fields: Readonly<Plain>): Plain {
  try {
    return printableObject(fields, 0);
  } catch {
    // A getter threw; the message of the line is still worth writing.
    return { fields: '[unprintable]' };
  }
}

function printableObject(value: object, depth: number): Plain {
  const result: Plain = {};
  for (const [key, inner] of Object.entries(value)) {
    result[key] = isSecret(key) ? REDACTED : printableValue(inner, depth + 1);
  }
  return result;
}

function isSecret(key: string): boolean {
  return SECRET_KEY.test(key.replaceAll(/[-_]/g, '').toLowerCase());
}

function printableValue(value: unknown, depth: number): unknown {
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value);
  if (typeof value === 'function') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) return printableError(value, depth, 0);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  // Circular values end here too.
  if (depth >= MAX_DEPTH) return '[deep]';
  if (Array.isArray(value)) return value.map((item) => printableValue(item, depth + 1));
  if (value instanceof Map) return printableObject(Object.fromEntries(value), depth);
  if (value instanceof Set) return [...value].map((item) => printableValue(item, depth + 1));
  return printableObject(value, depth);
}

/** Code, message, details and causes; a stack for what nobody expected. */
function printableError(error: Error, depth: number, causes: number): Plain {
  const result: Plain = { ...describe(error), message: error.message };
  if (error instanceof AppError && depth < MAX_DEPTH) result.details = printableObject(error.details, depth);
  if (!(error instanceof AppError) || error.code === 'internal') result.stack = error.stack;
  if (error.cause !== undefined) result.cause = printableCause(error.cause, depth, causes + 1);
  return result;
}

function describe(error: Error): Plain {
  const code = 'code' in error ? error.code : undefined;
  return code === undefined ? { name: error.name } : { name: error.name, code };
}

function printableCause(cause: unknown, depth: number, causes: number): unknown {
  if (causes > MAX_CAUSES) return '[more causes]';
  return cause instanceof Error ? printableError(cause, depth, causes) : printableValue(cause, depth);
}
