import { describe, expect, test } from 'bun:test';
import { InputFile } from 'grammy';
import { createTelegramClient } from '../../../../src/server/adapters/telegram/client.ts';
import { type ChatRefusal, chatRefusal } from '../../../../src/server/core/chat-failure.ts';
import { AppError } from '../../../../src/server/core/errors.ts';
import type { HttpRequest, HttpRequester } from '../../../../src/server/core/ports/http-requester.ts';
import { createManualClock } from '../../../support/manual-clock.ts';

const TOKEN = '4242:secret-part-of-the-token';

interface Reply {
  readonly status?: number;
  readonly body: unknown;
}

/** A requester that answers in turn and keeps what it was asked; the last answer stands. */
function scripted(...replies: readonly (Reply | Error)[]) {
  const requests: HttpRequest[] = [];
  const requester: HttpRequester = {
    async request(request) {
      const reply = replies[Math.min(requests.length, replies.length - 1)];
      requests.push(request);
      if (!reply || reply instanceof Error) throw reply;
      const text = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body);
      return { status: reply.status ?? 200, headers: new Headers(), body: new TextEncoder().encode(text) };
    },
  };
  return { requester, requests };
}

const fine = { body: { ok: true, result: { message_id: 7 } } };
const refusal = (error_code: number, description: string, retry_after?: number): Reply => ({
  status: error_code,
  body: {
    ok: false,
    error_code,
    description,
    ...(retry_after === undefined ? {} : { parameters: { retry_after } }),
  },
});

function client(...replies: readonly (Reply | Error)[]) {
  const { requester, requests } = scripted(...replies);
  const clock = createManualClock();
  const api = createTelegramClient({ requester, token: TOKEN, apiRoot: 'https://telegram.test', clock });
  return { api, requests, clock };
}

const failureOf = (call: Promise<unknown>): Promise<AppError> =>
  call.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => {
      expect(error).toBeInstanceOf(AppError);
      return error as AppError;
    },
  );

/** Lets everything that is ready run. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('every call leaves through the requester', () => {
  test('with its name, its address and a deadline for the whole of it', async () => {
    const { api, requests } = client(fine);
    await api.sendMessage(5, 'hi');
    expect(requests[0]).toMatchObject({
      name: 'telegram.sendMessage',
      url: `https://telegram.test/bot${TOKEN}/sendMessage`,
      method: 'POST',
      timeoutMs: 10_000,
      retries: 0,
      body: '{"chat_id":5,"text":"hi"}',
    });
  });

  test('a long poll may take what it asked for and ten seconds', async () => {
    const { api, requests } = client({ body: { ok: true, result: [] } });
    expect(await api.getUpdates({ timeout: 30 })).toEqual([]);
    expect(requests[0]?.timeoutMs).toBe(40_000);
    expect(requests[0]?.retries).toBe(0);
  });

  test('only what may be done twice is repeated', async () => {
    const { api, requests } = client(fine);
    await api.editMessageText(5, 7, 'x');
    await api.answerCallbackQuery('q');
    await api.deleteMessage(5, 7);
    await api.sendMessage(5, 'x');
    await api.sendPhoto(5, new InputFile(new Uint8Array([1])));
    expect(requests.map((each) => each.retries)).toEqual([2, 2, 2, 0, 0]);
  });

  test('a file travels as multipart/form-data that a server can read', async () => {
    const { api, requests } = client(fine);
    const file = new InputFile(new TextEncoder().encode('[Interface]\n'), 'Device_1.conf');
    await api.sendDocument(5, file, { caption: 'Файл', reply_markup: { inline_keyboard: [] } });
    const request = requests[0] as HttpRequest;
    expect(request.timeoutMs).toBe(30_000);
    const form = await new Response(request.body as Uint8Array<ArrayBuffer>, {
      headers: request.headers,
    }).formData();
    const document = form.get('document') as File;
    expect([form.get('chat_id'), form.get('caption')]).toEqual(['5', 'Файл']);
    expect(form.get('reply_markup')).toBe('{"inline_keyboard":[]}');
    expect([document.name, await document.text()]).toEqual(['Device_1.conf', '[Interface]\n']);
  });
});

describe('F-G5: refusals are translated once', () => {
  test.each<[number, string, string, ChatRefusal]>([
    [401, 'Unauthorized', 'forbidden', 'unauthorized'],
    [404, 'Not Found', 'forbidden', 'unauthorized'],
    [403, 'Forbidden: bot was blocked by the user', 'forbidden', 'blocked'],
    [403, 'Forbidden: user is deactivated', 'forbidden', 'blocked'],
    [400, 'Bad Request: chat not found', 'forbidden', 'blocked'],
    [400, 'Bad Request: message to edit not found', 'not_found', 'message-gone'],
    [400, "Bad Request: can't parse entities", 'invalid', 'other'],
    [409, 'Conflict: terminated by other getUpdates request', 'conflict', 'conflict'],
    [500, 'Internal Server Error', 'unavailable', 'other'],
  ])('%i %s: %s, %s', async (status, description, code, chat) => {
    const error = await failureOf(client(refusal(status, description)).api.sendMessage(5, 'x'));
    expect([error.code, chatRefusal(error)]).toEqual([code, chat] as never);
  });

  test.each([
    'Bad Request: message is not modified: specified new message content and reply markup are exactly the same',
    'Bad Request: query is too old and response timeout expired or query ID is invalid',
    'Bad Request: message to delete not found',
  ])('%s: all is as it should be', async (description) => {
    const { api, requests } = client(refusal(400, description));
    await api.editMessageText(5, 7, 'x');
    expect(requests).toHaveLength(1);
  });

  test.each<[string, Reply]>([
    ['an HTML page', { body: '<html>captive portal</html>' }],
    ['nothing', { body: '' }],
    ['JSON of somebody else', { body: { hello: 1 } }],
    ['null', { body: 'null' }],
    ['a gateway error', { status: 502, body: '<html>Bad Gateway</html>' }],
  ])('a 200 with %s is no answer', async (_what, reply) => {
    expect((await failureOf(client(reply).api.sendMessage(5, 'x'))).code).toBe('unavailable');
  });
});

describe('F-L4: 429', () => {
  test('a short wait is waited, and the call goes through', async () => {
    const { api, requests, clock } = client(refusal(429, 'Too Many Requests: retry after 3', 3), fine);
    const sent = api.sendMessage(5, 'x');
    await settle();
    expect(requests).toHaveLength(1);
    clock.advance(2_999);
    await settle();
    expect(requests).toHaveLength(1);
    clock.advance(1);
    expect((await sent).message_id).toBe(7);
    expect(requests).toHaveLength(2);
  });

  test('a long one goes to the caller at once, with its length', async () => {
    const { api, requests } = client(refusal(429, 'Too Many Requests: retry after 3600', 3600));
    const error = await failureOf(api.sendMessage(5, 'x'));
    expect([chatRefusal(error), error.retryAfterMs]).toEqual(['slow-down', 3_600_000]);
    expect(requests).toHaveLength(1);
  });

  test('short waits without end do end', async () => {
    const { api, requests, clock } = client(refusal(429, 'Too Many Requests: retry after 0', 0));
    const failure = failureOf(api.sendMessage(5, 'x'));
    for (let second = 0; second < 20; second += 1) {
      await settle();
      clock.advance(1_000);
    }
    expect(chatRefusal(await failure)).toBe('slow-down');
    expect(requests).toHaveLength(11);
  });
});

describe('the token', () => {
  test('is in no error, however the requester failed', async () => {
    const url = `https://telegram.test/bot${TOKEN}/sendMessage`;
    const cause = new Error(`fetch failed: ${url}`);
    for (const broken of [
      new AppError('timeout', `no answer from ${url}`, { cause, details: { url } }),
      new Error(`ECONNRESET ${url}`, { cause }),
    ]) {
      const error = await failureOf(client(broken).api.sendMessage(5, 'x'));
      expect(Bun.inspect(error, { depth: 10 })).not.toContain('secret-part');
      expect(JSON.stringify(error.details)).toContain('[token]');
    }
  });

  test('is not in the Api', () => {
    expect(Bun.inspect(client(fine).api, { depth: 10 })).not.toContain('secret-part');
  });
});
