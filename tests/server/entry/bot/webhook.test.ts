import { describe, expect, test } from 'bun:test';
import { AppError } from '../../../../src/server/core/errors.ts';
import { startBot } from '../../../support/bot-rig.ts';
import { eventually } from '../../../support/eventually.ts';

const SECRET = 'a-secret-of-thirty-two-characters';

/** The bot behind a real HTTP server, as the HTTP entry puts it. */
async function scene() {
  const bodiesRead: number[] = [];
  let route: Awaited<ReturnType<typeof startBot>>['bot']['webhook'] = null;
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const secret = request.headers.get('x-telegram-bot-api-secret-token');
      const status = await route?.(secret, async () => {
        const bytes = new Uint8Array(await request.arrayBuffer());
        bodiesRead.push(bytes.byteLength);
        return bytes;
      });
      return new Response(null, { status: status ?? 404 });
    },
  });
  const url = `http://127.0.0.1:${server.port}/telegram/x`;
  const rig = await startBot({ mode: { kind: 'webhook', url, secret: SECRET } });
  route = rig.bot.webhook;
  await eventually(() => rig.bot.status().state === 'running');
  const post = (body: BodyInit, secret: string | null = SECRET) =>
    fetch(url, {
      method: 'POST',
      body,
      headers: secret === null ? {} : { 'x-telegram-bot-api-secret-token': secret },
    }).then((response) => response.status);
  const update = (id: number, user: number, text: string) =>
    JSON.stringify({
      update_id: id,
      message: {
        message_id: id,
        date: 1,
        text,
        from: { id: user, is_bot: false, first_name: 'Ann', language_code: 'en' },
        chat: { id: user, type: 'private' },
      },
    });
  const end = async () => {
    await rig[Symbol.asyncDispose]();
    await server.stop(true);
  };
  return { rig, url, post, update, bodiesRead, [Symbol.asyncDispose]: end };
}

describe('the webhook', () => {
  test('serves a conversation', async () => {
    await using s = await scene();
    await s.rig.ask(s.rig.newUser(), '/start', 'Preparing');
    expect(s.rig.control.journal({ method: 'setWebhook' })[0]?.params).toMatchObject({
      secret_token: SECRET,
    });
    expect(s.rig.control.journal({ method: 'getUpdates' })).toEqual([]);
  });

  test('F-G3: a handler that takes long is no reason to wait: 200 at once, and a redelivery does nothing', async () => {
    await using s = await scene();
    const user = s.rig.newUser();
    await s.rig.ask(user, '/help', 'How to connect');
    const gate = Promise.withResolvers<void>();
    s.rig.desk.gateOf = () => gate.promise;
    const body = s.update(70_001, user, '/start');
    const startedAt = performance.now();
    expect([await s.post(body), await s.post(body), await s.post(body)]).toEqual([200, 200, 200]);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    gate.resolve();
    await s.rig.says(user, 'Preparing');
    await s.rig.bot.idle();
    expect(s.rig.desk.issues).toHaveLength(1);
    expect(await s.post(body)).toBe(200);
    expect(s.rig.desk.issues).toHaveLength(1);
  });

  test('F-G3: what could not be stored within a second is asked for again, and handled once', async () => {
    await using s = await scene();
    const user = s.rig.newUser();
    await s.rig.ask(user, '/help', 'How to connect');
    const gate = Promise.withResolvers<void>();
    s.rig.inbox.gate = gate.promise;
    const body = s.update(70_001, user, '/start');
    const startedAt = performance.now();
    expect(await s.post(body)).toBe(503);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    gate.resolve();
    expect(await s.post(body)).toBe(200);
    await s.rig.says(user, 'Preparing');
    await s.rig.bot.idle();
    expect(s.rig.desk.issues).toHaveLength(1);
  });

  test('A2: with the database away the user is told, and Telegram need not try again', async () => {
    await using s = await scene();
    const user = s.rig.newUser();
    await s.rig.ask(user, '/help', 'How to connect');
    s.rig.inbox.failure = new AppError('unavailable', 'away');
    expect(await s.post(s.update(70_001, user, '/start'))).toBe(200);
    await s.rig.says(user, 'not available for a minute');
  });
});

describe('F-S13: the secret', () => {
  test.each<[string, string | null]>([
    ['none', null],
    ['an empty one', ''],
    ['a prefix', SECRET.slice(0, -1)],
    ['one character more', `${SECRET}x`],
    ['another case', SECRET.toUpperCase()],
  ])('%s: 401, and the body is not even read', async (_what, secret) => {
    await using s = await scene();
    const before = s.bodiesRead.length;
    expect(await s.post('{"broken', secret)).toBe(401);
    expect(await s.post(s.update(1, s.rig.newUser(), '/start'), secret)).toBe(401);
    expect(s.bodiesRead).toHaveLength(before);
    expect(s.rig.inbox.acceptedBatches).toEqual([]);
  });

  test('a flood of wrong ones costs microseconds each, and no call of Telegram', async () => {
    await using s = await scene();
    const calls = s.rig.control.counters().calls;
    const route = s.rig.bot.webhook;
    const body = () => Promise.reject(new Error('the body was read'));
    const startedAt = performance.now();
    for (let each = 0; each < 20_000; each += 1) expect(await route?.(`wrong-${each}`, body)).toBe(401);
    expect((performance.now() - startedAt) / 20_000).toBeLessThan(0.1);
    expect(s.rig.control.counters().calls).toBe(calls);
  });

  test('bodies too large or broken are refused', async () => {
    await using s = await scene();
    expect(await s.post(new Uint8Array(1024 * 1024 + 1))).toBe(413);
    for (const body of ['', '{', 'null', '[]', '"x"', '{}']) expect(await s.post(body)).toBe(400);
    expect(await s.post('{"update_id":"x"}')).toBe(200);
    expect(s.rig.inbox.acceptedBatches).toEqual([]);
  });

  test('works before the bot has started: nothing is asked of Telegram first', async () => {
    await using s = await scene();
    await s.rig.bot.stop(100);
    const user = s.rig.newUser();
    s.rig.control.clearJournal();
    expect(await s.post(s.update(70_001, user, '/start'))).toBe(200);
    await eventually(() => s.rig.desk.issues.length === 1);
    expect(s.rig.control.journal({ method: 'getMe' })).toEqual([]);
  });
});
