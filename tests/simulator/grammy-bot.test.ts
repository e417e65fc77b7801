import { describe, expect, test } from 'bun:test';
import { Bot, GrammyError, InlineKeyboard, InputFile, webhookCallback } from 'grammy';
import { pngOf, startSimulator, TOKEN } from '../support/simulator.ts';

/** A small shop of tunnels, written as any grammY bot is. */
function makeBot(apiRoot: string): Bot {
  const bot = new Bot(TOKEN, { client: { apiRoot } });
  const keyboard = new InlineKeyboard().text('Trial', 'trial').copyText('Copy', 'vpn.example.org');
  bot.command('start', (c) =>
    c.reply(`Hello <b>${c.from?.first_name}</b>`, { parse_mode: 'HTML', reply_markup: keyboard }),
  );
  bot.callbackQuery('trial', async (c) => {
    await c.answerCallbackQuery('Preparing');
    const waiting = await c.reply('Preparing');
    await c.replyWithDocument(new InputFile(Buffer.from('[Interface]\n'), 'phone.conf'), {
      caption: 'Your file',
    });
    await c.replyWithPhoto(new InputFile(pngOf(64, 64), 'qr.png'));
    await c.api.editMessageText(c.from.id, waiting.message_id, 'Ready');
  });
  return bot;
}

describe('E11 a real grammY bot', () => {
  test('polls, answers with buttons, uploads a document and a photo, edits its message', async () => {
    await using sim = await startSimulator({ strictness: 'pedantic', limits: 'documented' });
    const bot = makeBot(sim.apiRoot);
    const running = bot.start();
    const user = sim.newUser('Maria');
    const hello = await sim.control.awaitMessage(user, { from: 'bot', button: 'Trial' }, 5_000);
    expect(hello).toMatchObject({ text: 'Hello Maria', entities: [{ type: 'bold', offset: 6, length: 5 }] });
    const press = sim.control.press(user, hello.message_id, { data: 'trial' });
    expect((await sim.control.awaitAnswer(press, 5_000)).answer?.text).toBe('Preparing');
    const document = await sim.control.awaitMessage(user, { has: 'document' }, 5_000);
    expect(document.document).toMatchObject({ file_name: 'phone.conf', file_size: 12 });
    const photo = await sim.control.awaitMessage(user, { has: 'photo' }, 5_000);
    expect(photo.photo?.[0]).toMatchObject({ width: 64, height: 64 });
    await sim.control.awaitMessage(user, { contains: 'Ready' }, 5_000);
    const file = sim.control.file(document.document?.file_id ?? '');
    expect(new TextDecoder().decode(file?.bytes)).toBe('[Interface]\n');
    await bot.stop();
    await running;
  });

  test('gets its updates by webhook', async () => {
    await using sim = await startSimulator();
    const bot = makeBot(sim.apiRoot);
    await bot.init();
    const secretToken = 'a-secret-of-more-than-32-characters-here';
    const handle = webhookCallback(bot, 'bun', { secretToken });
    const server = Bun.serve({ port: 0, hostname: '127.0.0.1', routes: { '/hook': (r) => handle(r) } });
    await bot.api.setWebhook(`http://127.0.0.1:${server.port}/hook`, { secret_token: secretToken });
    const user = sim.newUser('Ivan');
    expect((await sim.control.awaitMessage(user, { from: 'bot' }, 5_000)).text).toBe('Hello Ivan');
    await server.stop(true);
  });

  test('sees refusals as GrammyError with code, words and retry_after', async () => {
    await using sim = await startSimulator();
    const { api } = makeBot(sim.apiRoot);
    const user = sim.newUser();
    const caught = (promise: Promise<unknown>) =>
      promise.then(
        () => null,
        (error) => error as GrammyError,
      );
    sim.control.setBlocked(user, true);
    const blocked = await caught(api.sendMessage(user, 'x'));
    expect(blocked).toBeInstanceOf(GrammyError);
    expect([blocked?.error_code, blocked?.description]).toEqual([
      403,
      'Forbidden: bot was blocked by the user',
    ]);
    sim.control.orderFault({ kind: 'too_many_requests', retryAfterSeconds: 7, count: 1 });
    expect((await caught(api.getMe()))?.parameters.retry_after).toBe(7);
  });
});
