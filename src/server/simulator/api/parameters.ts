import { z } from 'zod';
import { badRequest } from '../model/api-error.ts';

/**
 * Readers of parameters. The Bot API takes every value as JSON or as text in a form and turns it into what it needs;
 * what it cannot turn it refuses. Each reader here does the same for one type.
 */

/** Any value, or none. */
export const given = z.unknown().optional();

/** Text; numbers and booleans of a JSON body become text, as the server makes them. Absent is ''. */
export const text = given.transform((value) => asText(value));

/** A chat's number, or null when it is no number (a name, which no private chat has). */
export const chatId = given.transform((value): number | null => {
  const input = asText(value);
  if (input === '') return Number.NaN;
  return /^-?\d{1,16}$/.test(input) ? Number(input) : null;
});

export function integer(fallback: number, min: number, max: number) {
  return given.transform((value) => {
    const input = asText(value);
    if (input === '') return fallback;
    const number = /^-?\d{1,16}$/.test(input) ? Number(input) : 0;
    return Math.min(max, Math.max(min, number));
  });
}

export const flag = given.transform((value) => {
  const input = asText(value).toLowerCase();
  return input === 'true' || input === 'yes' || input === '1';
});

/** A JSON value, given as such or as text. `name` is Telegram's word for it in the refusal. */
export function json<S extends z.ZodType>(schema: S, name: string) {
  return given.transform((value): z.output<S> | undefined => {
    if (value === undefined || value === null || value === '') return undefined;
    const parsed = schema.safeParse(typeof value === 'string' ? parseJson(value, name) : value);
    if (parsed.success) return parsed.data;
    throw badRequest(`can't parse ${name}: ${describe(parsed.error)}`);
  });
}

/** JSON whose shape the handler checks itself, in Telegram's words. */
export function rawJson(name: string) {
  return given.transform((value): unknown => {
    if (value === undefined || value === null || value === '') return undefined;
    return typeof value === 'string' ? parseJson(value, name) : value;
  });
}

export const entity = z.object({
  type: z.string(),
  offset: z.number().int(),
  length: z.number().int(),
  url: z.string().optional(),
  language: z.string().optional(),
  custom_emoji_id: z.string().optional(),
});

export const entities = json(z.array(entity), 'message entities JSON object');

export const replyParameters = json(
  z.object({ message_id: z.number().int(), allow_sending_without_reply: z.boolean().optional() }),
  'reply parameters JSON object',
);

/** Taken by every send method and of no effect here. */
export const ignored = {
  business_connection_id: given,
  message_thread_id: given,
  disable_notification: given,
  protect_content: given,
  allow_paid_broadcast: given,
  message_effect_id: given,
} as const;

function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function parseJson(value: string, name: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    throw badRequest(`can't parse ${name}`);
  }
}

/** The first fault of a value, in the server's manner. */
function describe(error: z.ZodError): string {
  const issue = error.issues[0];
  const field = String(issue?.path.at(-1) ?? '');
  if (issue?.code === 'invalid_type' && issue.input === undefined) return `Can't find field "${field}"`;
  return field === '' ? 'Wrong type' : `Field "${field}" has a wrong type`;
}
