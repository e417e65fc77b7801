import { describe, expect, test } from 'bun:test';
import { Bot, InputFile } from 'grammy';
import { pngOf, startSimulator, TOKEN } from '../support/simulator.ts';

async function control(apiRoot: string, method: string, path: string, body?: object) {
  const init = { method, ...(body && { body: JSON.stringify(body) }) };
  const response = await fetch(`${apiRoot}/control/${path}`, init);
  // biome-ignore lint/suspicious/noExplicitAny: answers are of any shape
  return { status: response.status, body: (await response.json()) as any };
}

describe('E11 the control over HTTP', () => {
  test('plays a whole conversation', async () => {
    await using sim = await startSimulator();
    const post = (path: string, body: object = {}) => control(sim.apiRoot, 'POST', path, body);
    const user = (await post('users', { firstName: 'Ann', languageCode: 'ru' })).body;
    const waiting = post(`chats/${user.id}/await-message`, { from: 'bot', matches: '^Hi', withinMs: 5_000 });
    expect((await post(`users/${user.id}/text`, { text: '/start' })).body.updateId).toBeNumber();
    const reply_markup = { inline_keyboard: [[{ text: 'Go', callback_data: 'go' }]] };
    await sim.call('sendMessage', { chat_id: user.id, text: 'Hi Ann', reply_markup });
    const { message_id } = (await waiting).body;
    const { callbackQueryId } = (await post(`users/${user.id}/press`, { messageId: message_id, text: 'Go' }))
      .body;
    const answered = post(`presses/${callbackQueryId}/await`, { withinMs: 5_000 });
    await sim.call('answerCallbackQuery', { callback_query_id: callbackQueryId, text: 'ok' });
    expect((await answered).body.answer.text).toBe('ok');
    const messages = (await control(sim.apiRoot, 'GET', `chats/${user.id}/messages`)).body;
    expect(messages.map((m: { text: string }) => m.text)).toEqual(['/start', 'Hi Ann']);
    const journal = (await control(sim.apiRoot, 'GET', 'journal?method=sendMessage')).body;
    expect(journal).toMatchObject([{ chatId: user.id, status: 200, params: { text: 'Hi Ann' } }]);
  });

  test('orders faults, counts calls, and names mistakes', async () => {
    await using sim = await startSimulator();
    const order = await control(sim.apiRoot, 'POST', 'faults', {
      kind: 'server_error',
      method: 'getMe',
      count: 1,
    });
    expect(order.body.id).toBe(1);
    expect((await sim.call('getMe')).status).toBe(500);
    expect((await sim.call('getMe')).status).toBe(200);
    const { body } = await control(sim.apiRoot, 'GET', 'counters');
    expect(body).toMatchObject({ calls: 2, failures: 1, faults: 1, byMethod: { getMe: 2 } });
    expect((await control(sim.apiRoot, 'POST', 'faults', { kind: 'fire' })).status).toBe(400);
    expect((await control(sim.apiRoot, 'POST', 'nothing', {})).status).toBe(404);
    const vain = await control(sim.apiRoot, 'POST', 'chats/1/await-message', { withinMs: 20 });
    expect(vain).toMatchObject({ status: 504, body: { error: expect.stringContaining('within 20 ms') } });
  });

  test('a page of another origin cannot act', async () => {
    await using sim = await startSimulator();
    const headers = { origin: 'https://evil.example' };
    const answer = await fetch(`${sim.apiRoot}/control/users`, {
      method: 'POST',
      headers,
      body: '{"firstName":"x"}',
    });
    expect(answer.status).toBe(403);
    expect(sim.control.users()).toHaveLength(0);
  });
});

describe('E11 a burst', () => {
  test('measures every user from update to document and photo, and tells who got none', async () => {
    await using sim = await startSimulator();
    const bot = new Bot(TOKEN, { client: { apiRoot: sim.apiRoot } });
    let served = 0;
    bot.command('start', async (c) => {
      served += 1;
      if (served === 5) return;
      await c.replyWithDocument(new InputFile(Buffer.from('x'), 'a.conf'));
      await c.replyWithPhoto(new InputFile(pngOf(10, 10), 'qr.png'));
    });
    const running = bot.start();
    const report = await sim.control.burst({ users: 20, withinMs: 50, text: '/start', deadlineMs: 1_500 });
    expect(report).toMatchObject({ users: 20, withoutDocument: 1, withoutPhoto: 1, document: { count: 19 } });
    expect(report.photo.p50 ?? 0).toBeGreaterThanOrEqual(report.document.p50 ?? Number.POSITIVE_INFINITY);
    expect(report.document.p99 ?? 0).toBeLessThan(1_500);
    expect(report.perUser).toHaveLength(20);
    await bot.stop();
    await running;
  });
});
