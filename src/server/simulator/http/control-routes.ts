import type { Server } from 'bun';
import { z } from 'zod';
import type { Control } from '../control/control.ts';

const id = z.coerce.number().int();
const button = z.union([
  z.strictObject({ text: z.string() }),
  z.strictObject({ data: z.string() }),
  z.strictObject({ row: z.number().int(), column: z.number().int() }),
]);

const newUser = z.strictObject({
  id: z.number().int().optional(),
  firstName: z.string().min(1),
  languageCode: z.string().optional(),
  username: z.string().optional(),
});

const matcher = z.strictObject({
  from: z.enum(['bot', 'user']).optional(),
  has: z.enum(['text', 'document', 'photo', 'buttons']).optional(),
  contains: z.string().optional(),
  matches: z.string().optional(),
  button: z.string().optional(),
  afterMessageId: z.number().int().optional(),
});

const fault = z.strictObject({
  kind: z.enum([
    'too_many_requests',
    'server_error',
    'stall_before_headers',
    'stall_in_body',
    'reset',
    'reset_in_body',
    'slow_bytes',
    'html',
    'empty',
    'huge',
    'lost',
    'late',
  ]),
  method: z.string().optional(),
  chatId: z.number().int().optional(),
  count: z.number().int().positive().optional(),
  retryAfterSeconds: z.number().int().positive().optional(),
  status: z.number().int().min(100).max(599).optional(),
  description: z.string().optional(),
  bytesPerSecond: z.number().positive().optional(),
  delayMs: z.number().nonnegative().optional(),
  reset: z.boolean().optional(),
});

const disturbance = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('duplicate') }),
  z.strictObject({ kind: z.literal('late'), count: z.number().int(), delayMs: z.number() }),
  z.strictObject({ kind: z.literal('gap'), ids: z.number().int() }),
  z.strictObject({ kind: z.literal('reset'), nextId: z.number().int() }),
  z.strictObject({ kind: z.literal('unknown') }),
  z.strictObject({ kind: z.literal('malformed') }),
  z.strictObject({ kind: z.literal('raw'), fields: z.record(z.string(), z.unknown()) }),
]);

const burst = z.strictObject({
  users: z.number().int().positive().max(100_000),
  withinMs: z.number().nonnegative(),
  text: z.string(),
  deadlineMs: z.number().positive().optional(),
  firstUserId: z.number().int().optional(),
  languages: z.array(z.string()).optional(),
});

const filter = z.object({
  method: z.string().optional(),
  chatId: id.optional(),
  after: id.optional(),
  limit: id.optional(),
});

type Handler = (control: Control, body: unknown, params: readonly string[]) => unknown;

/** `METHOD path` to handler; `*` in a path is one segment, handed over in order. */
const ROUTES: readonly (readonly [string, Handler])[] = [
  ['POST users', (control, body) => control.createUser(newUser.parse(body))],
  ['GET users', (control) => control.users()],
  [
    'POST users/*/text',
    (control, body, [user]) =>
      control.sendText(id.parse(user), z.object({ text: z.string() }).parse(body).text),
  ],
  [
    'POST users/*/press',
    (control, body, [user]) => {
      const { messageId, ...rest } = z.looseObject({ messageId: z.number().int() }).parse(body);
      return { callbackQueryId: control.press(id.parse(user), messageId, button.parse(rest)) };
    },
  ],
  [
    'POST users/*/block',
    (control, body, [user]) =>
      control.setBlocked(id.parse(user), z.object({ blocked: z.boolean() }).parse(body).blocked),
  ],
  ['POST users/*/deactivate', (control, _, [user]) => control.deactivate(id.parse(user))],
  ['GET presses/*', (control, _, [press]) => control.pressOf(press ?? '')],
  [
    'POST presses/*/await',
    (control, body, [press]) => {
      const { withinMs } = z.object({ withinMs: z.number().positive() }).parse(body);
      return control.awaitAnswer(press ?? '', withinMs);
    },
  ],
  ['GET chats/*/messages', (control, _, [chat]) => control.messages(id.parse(chat))],
  [
    'POST chats/*/await-message',
    (control, body, [chat]) => {
      const { withinMs, ...rest } = z.looseObject({ withinMs: z.number().positive() }).parse(body);
      return control.awaitMessage(id.parse(chat), matcher.parse(rest), withinMs);
    },
  ],
  ['POST faults', (control, body) => ({ id: control.orderFault(fault.parse(body)) })],
  ['GET faults', (control) => control.faults()],
  ['DELETE faults', (control) => control.clearFaults()],
  ['DELETE faults/*', (control, _, [order]) => control.clearFaults(id.parse(order))],
  ['POST disturb', (control, body) => control.disturb(disturbance.parse(body))],
  ['GET updates', (control) => control.pendingUpdates()],
  ['GET counters', (control) => control.counters()],
  ['GET journal', (control, body) => control.journal(filter.parse(body))],
  ['DELETE journal', (control) => control.clearJournal()],
  ['POST burst', (control, body) => control.burst(burst.parse(body))],
];

/** The control over HTTP: JSON in, JSON out; 400 with `{error}` for a mistake, 504 for a wait that was in vain. */
export async function handleControl(
  control: Control,
  request: Request,
  path: string,
  server: Server<undefined>,
): Promise<Response> {
  const segments = path.split('/');
  const file = segments[0] === 'files' && request.method === 'GET' ? control.file(segments[1] ?? '') : null;
  if (file) return new Response(file.bytes, { headers: { 'content-type': 'application/octet-stream' } });
  const found = match(request.method, segments);
  if (!found)
    return Response.json({ error: `no such control: ${request.method} /control/${path}` }, { status: 404 });
  // A wait or a burst outlives the server's idle limit.
  server.timeout(request, 0);
  try {
    const result = await found.handler(control, await inputOf(request), found.params);
    return Response.json(result ?? { ok: true });
  } catch (error) {
    const message = error instanceof z.ZodError ? z.prettifyError(error) : String((error as Error).message);
    return Response.json({ error: message }, { status: /within \d+ ms/.test(message) ? 504 : 400 });
  }
}

function match(method: string, segments: readonly string[]) {
  for (const [route, handler] of ROUTES) {
    const [verb, pattern] = route.split(' ');
    const parts = (pattern ?? '').split('/');
    const fits =
      parts.length === segments.length && parts.every((part, i) => part === '*' || part === segments[i]);
    if (verb === method && fits) return { handler, params: segments.filter((_, i) => parts[i] === '*') };
  }
  return null;
}

async function inputOf(request: Request): Promise<unknown> {
  if (request.method === 'GET' || request.method === 'DELETE') {
    const at = request.url.indexOf('?');
    return at < 0 ? {} : Object.fromEntries(new URLSearchParams(request.url.slice(at + 1)));
  }
  const body = await request.text();
  return body === '' ? {} : JSON.parse(body);
}
