import { describe, expect, test } from 'bun:test';
import { startBot } from '../../../support/bot-rig.ts';
import { eventually } from '../../../support/eventually.ts';
import { createManualClock } from '../../../support/manual-clock.ts';

describe('D6: one user too fast', () => {
  test('hears it once, then nothing, and is served again after a rest', async () => {
    const clock = createManualClock();
    await using rig = await startBot({ clock });
    const user = rig.newUser();
    await rig.ask(user, '/start', 'Preparing');
    for (let each = 0; each < 20; each += 1) rig.control.sendText(user, `/help ${each}`);
    const last = rig.control.sendText(user, '/help last');
    await eventually(() => rig.control.pendingUpdates().length === 0);
    await rig.bot.idle();
    const texts = rig.control.messages(user).filter((each) => each.from.is_bot);
    expect(texts.filter((each) => each.text?.includes('a little too fast'))).toHaveLength(1);
    expect(texts.filter((each) => each.text?.includes('How to connect'))).toHaveLength(9);
    await eventually(() => rig.inbox.unsettledIds().length === 0);
    clock.advance(20_000);
    rig.control.sendText(user, '/status');
    await rig.says(user, 'The server answers', last.messageId);
  });

  test('every press is answered, also those that are not served', async () => {
    await using rig = await startBot({ clock: createManualClock(), limits: { burst: 3 } });
    const user = rig.newUser();
    await rig.ask(user, '/start', 'Preparing');
    const { message_id } = await rig.ask(user, '/help', 'How to connect');
    const presses = Array.from({ length: 5 }, () => rig.control.press(user, message_id, { text: 'Linux' }));
    const answers = await Promise.all(presses.map((each) => rig.control.awaitAnswer(each, 5_000)));
    const texts = answers.map((each) => each.answer?.text ?? '');
    expect(texts.filter((each) => each.includes('too fast'))).toHaveLength(1);
    await rig.bot.idle();
    const calls = rig.control.journal({ method: 'answerCallbackQuery' });
    expect(calls.map((each) => each.status)).toEqual(Array(5).fill(200));
  });
});

describe('F-G4: many users', () => {
  test('a chat whose database work hangs holds up nobody else', async () => {
    await using rig = await startBot();
    const [slow, quick] = [rig.newUser('Slow'), rig.newUser('Quick')];
    const gate = Promise.withResolvers<void>();
    rig.desk.gateOf = (id) => (id === slow ? gate.promise : undefined);
    rig.control.sendText(slow, '/start');
    await eventually(() => rig.bot.status().running === 1);
    await rig.ask(quick, '/start', 'Preparing');
    expect(rig.control.messages(slow).filter((each) => each.from.is_bot)).toEqual([]);
    gate.resolve();
    await rig.says(slow, 'Preparing');
  });

  test('F-L2: Telegram takes no acknowledgement of a press, and the same chat goes on at once all the same', async () => {
    await using rig = await startBot();
    const user = rig.newUser();
    await rig.ask(user, '/start', 'Preparing');
    const { message_id: id } = await rig.ask(user, '/help', 'How to connect');
    rig.control.orderFault({ kind: 'stall_before_headers', method: 'answerCallbackQuery' });
    // Each answer comes within five seconds, while the acknowledgement is waited for ten.
    rig.control.press(user, id, { text: 'Linux' });
    await rig.says(user, 'apt install wireguard', id - 1);
    await rig.ask(user, '/language', 'Choose a language');
    await eventually(() => rig.inbox.unsettledIds().length === 0);
  }, 20_000);

  test('F-L4: a chat told to wait an hour holds up nobody else, and its issue stands', async () => {
    await using rig = await startBot();
    const [slow, quick] = [rig.newUser('Slow'), rig.newUser('Quick')];
    rig.control.orderFault({ kind: 'too_many_requests', chatId: slow, retryAfterSeconds: 3600 });
    rig.control.sendText(slow, '/start');
    await rig.ask(quick, '/start', 'Preparing');
    await eventually(() => rig.desk.issues.length === 2);
    await eventually(() => rig.inbox.unsettledIds().length === 0);
  });

  test('one chat is answered in the order it asked', async () => {
    await using rig = await startBot();
    const user = rig.newUser();
    const asked = ['/start', '/help', '/language', '/status', '/devices'];
    for (const text of asked) rig.control.sendText(user, text);
    await rig.says(user, 'Your devices');
    const answers = rig.control.messages(user).filter((each) => each.from.is_bot);
    const expected = ['Preparing', 'How to connect', 'Choose a language', 'Is it working', 'Your devices'];
    expect(answers.map((each, at) => each.text?.includes(expected[at] as string))).toEqual(
      Array(5).fill(true),
    );
  });

  test('beyond what may wait, people hear "busy" once a minute, and service comes back by itself', async () => {
    await using rig = await startBot({ limits: { maxRunning: 1, maxWaiting: 1, burst: 100 } });
    const users = Array.from({ length: 4 }, (_, index) => rig.newUser(`U${index}`));
    const gate = Promise.withResolvers<void>();
    rig.desk.gateOf = () => gate.promise;
    rig.control.sendText(users[0] as number, '/start');
    await eventually(() => rig.bot.status().running === 1);
    rig.control.sendText(users[1] as number, '/start');
    await eventually(() => rig.bot.status().waiting === 1);
    const late = users[2] as number;
    await rig.ask(late, '/start', 'Very many people');
    rig.control.sendText(late, '/start');
    await rig.ask(users[3] as number, '/start', 'Very many people');
    gate.resolve();
    await rig.says(users[1] as number, 'Preparing');
    const first = rig.control.messages(late).filter((each) => each.from.is_bot);
    expect(first.filter((each) => each.text?.includes('Very many'))).toHaveLength(1);
    await rig.ask(late, '/start', 'Preparing');
    expect(await rig.metrics.render()).toContain('adit_updates_total{outcome="overloaded"} 3');
  });

  test('a thousand users at once: each issued once, each told', async () => {
    await using rig = await startBot();
    const users = Array.from({ length: 1_000 }, (_, index) => rig.newUser(`U${index}`));
    for (const user of users) rig.control.sendText(user, '/start');
    await eventually(
      () =>
        rig.desk.issues.every((each) => each.livingMessageId !== null) && rig.desk.issues.length === 1_000,
      {
        withinMs: 20_000,
      },
    );
    expect(new Set(rig.desk.issues.map((each) => each.accountId)).size).toBe(1_000);
    await eventually(() => rig.inbox.unsettledIds().length === 0);
  }, 30_000);
});
