import { describe, expect, test } from 'bun:test';
import { eventually } from '../support/eventually.ts';
import { startSimulator } from '../support/simulator.ts';

const ids = (updates: readonly { update_id: number }[]) => updates.map((update) => update.update_id);

describe('E11 getUpdates', () => {
  test('an update stays until a greater offset confirms it', async () => {
    await using sim = await startSimulator();
    sim.newUser();
    sim.newUser();
    const [first, second] = ids((await sim.call('getUpdates')).result);
    expect(ids((await sim.call('getUpdates', { limit: 1 })).result)).toEqual([first as number]);
    expect(ids((await sim.call('getUpdates', { offset: second })).result)).toEqual([second as number]);
    expect(ids((await sim.call('getUpdates', { offset: -1 })).result)).toEqual([second as number]);
    expect((await sim.call('getUpdates', { offset: (second ?? 0) + 1 })).result).toEqual([]);
    expect((await sim.call('getWebhookInfo')).result.pending_update_count).toBe(0);
  });

  test('a waiting poll answers as soon as somebody writes', async () => {
    await using sim = await startSimulator();
    const user = sim.control.createUser({ firstName: 'Ann', languageCode: 'ru' });
    const poll = sim.call('getUpdates', { timeout: 30 });
    sim.control.sendText(user.id, '/start deep-link');
    const [update] = (await poll).result;
    expect(update.message).toMatchObject({
      from: { id: user.id, is_bot: false, first_name: 'Ann', language_code: 'ru' },
      chat: { id: user.id, type: 'private' },
      text: '/start deep-link',
      entities: [{ type: 'bot_command', offset: 0, length: 6 }],
    });
  });

  test('F-G5 a second poller ends the first with 409', async () => {
    await using sim = await startSimulator();
    const first = sim.call('getUpdates', { timeout: 30 });
    await eventually(async () => {
      const second = await sim.call('getUpdates', { timeout: 0 });
      expect(second.ok).toBe(true);
      const ended = await Promise.race([first, Promise.resolve(null)]);
      expect(ended).not.toBeNull();
    });
    expect(await first).toMatchObject({
      status: 409,
      description:
        'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
    });
  });

  test('allowed_updates holds for what comes after it; my_chat_member comes by default', async () => {
    await using sim = await startSimulator();
    const user = sim.newUser();
    sim.control.setBlocked(user, true);
    const kinds = (await sim.call('getUpdates')).result.map((u: object) => Object.keys(u)[1]);
    expect(kinds).toEqual(['message', 'my_chat_member']);
    await sim.call('getUpdates', { allowed_updates: ['callback_query'] });
    expect(sim.control.sendText(user, 'hello').updateId).toBeNull();
  });

  test('F-G7 duplicates, gaps, resets, unknown and malformed updates come as ordered', async () => {
    await using sim = await startSimulator();
    const user = sim.newUser();
    const [first] = ids((await sim.call('getUpdates')).result) as [number];
    const offset = first + 1;
    sim.control.disturb({ kind: 'duplicate' });
    expect(ids((await sim.call('getUpdates', { offset })).result)).toEqual([first]);
    sim.control.disturb({ kind: 'gap', ids: 10 });
    expect(sim.control.sendText(user, 'a').updateId).toBe(first + 11);
    sim.control.disturb({ kind: 'unknown' });
    sim.control.disturb({ kind: 'malformed' });
    const [, unknown, malformed] = (await sim.call('getUpdates', { offset })).result;
    expect(unknown).toEqual({ update_id: first + 12, quantum_entanglement: { id: 1 } });
    expect(malformed.message.chat).toBeNull();
    sim.control.disturb({ kind: 'reset', nextId: 7 });
    sim.control.sendText(user, 'b');
    const afterReset = (await sim.call('getUpdates', { offset: first + 14 })).result;
    expect(ids(afterReset)).toContain(7);
  });

  test('a late update is overtaken by the next one', async () => {
    await using sim = await startSimulator();
    const user = sim.newUser();
    sim.control.disturb({ kind: 'late', count: 1, delayMs: 50 });
    sim.control.sendText(user, 'slow');
    sim.control.sendText(user, 'quick');
    const texts = await eventually(async () => {
      const updates = (await sim.call('getUpdates')).result;
      expect(updates).toHaveLength(3);
      return updates.map((u: { message: { text: string } }) => u.message.text);
    });
    expect(texts).toEqual(['/start', 'quick', 'slow']);
  });
});

describe('E11 webhook', () => {
  /** A bot's door that answers by `respond` and keeps what it got. */
  function door(respond: (seen: number) => Response | Promise<Response>) {
    const got: {
      secret: string | null;
      update: { update_id: number; message?: { chat: { id: number } } };
    }[] = [];
    const server = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      async fetch(request) {
        got.push({
          secret: request.headers.get('x-telegram-bot-api-secret-token'),
          update: (await request.json()) as { update_id: number },
        });
        return respond(got.length);
      },
    });
    return {
      got,
      url: `http://127.0.0.1:${server.port}/hook`,
      [Symbol.dispose]: () => void server.stop(true),
    };
  }

  test('updates come with the secret; polling is refused meanwhile; info and words as Telegram’s', async () => {
    await using sim = await startSimulator();
    using hook = door(() => new Response('ok'));
    const waiting = sim.call('getUpdates', { timeout: 30 });
    const set = await sim.call('setWebhook', { url: hook.url, secret_token: 'secret-1', max_connections: 5 });
    expect(set.description).toBe('Webhook was set');
    const user = sim.newUser();
    await eventually(() => expect(hook.got).toHaveLength(1));
    expect(hook.got[0]).toMatchObject({ secret: 'secret-1', update: { message: { chat: { id: user } } } });
    expect((await sim.call('getUpdates')).description).toBe(
      "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    );
    expect((await sim.call('getWebhookInfo')).result).toMatchObject({ url: hook.url, max_connections: 5 });
    expect((await sim.call('deleteWebhook')).description).toBe('Webhook was deleted');
    expect((await waiting).error_code).toBe(409);
  });

  test('F-G3 a failed delivery is repeated until it succeeds, in order within a chat, past other chats', async () => {
    await using sim = await startSimulator({ webhookSecondMs: 20 });
    using hook = door((seen) => new Response('', { status: seen <= 2 ? 500 : 200 }));
    const user = sim.control.createUser({ firstName: 'Ann' });
    await sim.call('setWebhook', { url: hook.url });
    const a = sim.control.sendText(user.id, 'a').updateId as number;
    const b = sim.control.sendText(user.id, 'b').updateId as number;
    await eventually(() => expect(hook.got).toHaveLength(4));
    expect(hook.got.map((g) => g.update.update_id)).toEqual([a, a, a, b]);
    await eventually(() => expect(sim.control.pendingUpdates()).toHaveLength(0));
    const info = (await sim.call('getWebhookInfo')).result;
    expect(info.last_error_message).toBe('Wrong response from the webhook: 500');
  });

  test('no answer within the limit counts as a failure', async () => {
    await using sim = await startSimulator({ webhookSecondMs: 20, webhookTimeoutMs: 100 });
    using hook = door((seen) => (seen === 1 ? new Promise<Response>(() => undefined) : new Response('ok')));
    await sim.call('setWebhook', { url: hook.url });
    sim.newUser();
    await eventually(() => expect(hook.got).toHaveLength(2));
    expect(new Set(hook.got.map((g) => g.update.update_id)).size).toBe(1);
  });

  test('without an HTTP client the failure is told by getWebhookInfo', async () => {
    await using sim = await startSimulator({ request: undefined });
    await sim.call('setWebhook', { url: 'http://127.0.0.1:9/hook' });
    sim.newUser();
    await eventually(async () => {
      const info = (await sim.call('getWebhookInfo')).result;
      expect(info).toMatchObject({
        pending_update_count: 1,
        last_error_message: expect.stringContaining('no HTTP client'),
      });
    });
  });

  test('a method in the answer is executed', async () => {
    await using sim = await startSimulator();
    const user = sim.control.createUser({ firstName: 'Ann' });
    using hook = door(() => Response.json({ method: 'sendMessage', chat_id: user.id, text: 'by webhook' }));
    await sim.call('setWebhook', { url: hook.url });
    sim.control.sendText(user.id, '/start');
    expect((await sim.control.awaitMessage(user.id, { from: 'bot' }, 3_000)).text).toBe('by webhook');
  });
});
