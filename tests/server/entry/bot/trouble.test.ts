import { describe, expect, test } from 'bun:test';
import { AppError } from '../../../../src/server/core/errors.ts';
import { startBot } from '../../../support/bot-rig.ts';
import { eventually } from '../../../support/eventually.ts';

const away = () => new AppError('unavailable', 'the database does not answer');

describe('A2: the database goes away', () => {
  test('before updates can be stored: people are told once, and served when it is back', async () => {
    await using rig = await startBot();
    const user = rig.newUser();
    await rig.ask(user, '/start', 'Preparing');
    rig.inbox.failure = away();
    const told = await rig.ask(user, '/help', 'not available for a minute');
    rig.control.sendText(user, '/help');
    rig.control.sendText(user, '/help');
    await eventually(() => rig.control.pendingUpdates().length === 0);
    await rig.bot.idle();
    const since = rig.control
      .messages(user)
      .filter((each) => each.message_id >= told.message_id && each.from.is_bot);
    expect(since).toHaveLength(1);
    rig.inbox.failure = null;
    await rig.ask(user, '/help', 'How to connect');
    expect(rig.bot.status().state).toBe('running');
  });

  test('in the middle: a press pops up the truth and leaves the message to be tapped again', async () => {
    await using rig = await startBot();
    const user = rig.newUser();
    await rig.ask(user, '/start', 'Preparing');
    const { message_id } = await rig.ask(user, '/devices', 'Your devices');
    rig.desk.failure = away();
    const press = await rig.press(user, message_id, '➕ Add a device');
    expect(press.answer).toMatchObject({ showAlert: true });
    expect(press.answer?.text).toContain('not available for a minute');
    expect(rig.message(user, message_id)?.text).toContain('Your devices');
    rig.desk.failure = null;
    await rig.press(user, message_id, '➕ Add a device');
    expect(rig.desk.issues).toHaveLength(2);
  });

  test('too many at the desk: busy', async () => {
    await using rig = await startBot();
    rig.desk.failure = new AppError('exhausted', 'too many wait');
    await rig.ask(rig.newUser(), '/start', 'Very many people');
  });

  test('settling is owed and done later', async () => {
    await using rig = await startBot();
    const user = rig.newUser();
    const { settle } = rig.inbox;
    rig.inbox.settle = () => Promise.reject(away());
    await rig.ask(user, '/help', 'How to connect');
    await eventually(() => rig.inbox.unsettledIds().length === 1);
    await rig.bot.idle();
    rig.inbox.settle = settle;
    await rig.ask(user, '/language', 'Choose a language');
    await eventually(() => rig.inbox.unsettledIds().length === 0);
  });
});

describe('F-L12: the database stores updates, and only its answer is lost', () => {
  test('what their senders were told to send again is settled, and does not come to life at the next start', async () => {
    await using rig = await startBot();
    const [user, other] = [rig.newUser(), rig.newUser()];
    const { accept } = rig.inbox;
    rig.inbox.accept = async (updates) => {
      await accept.call(rig.inbox, updates);
      throw away();
    };
    await rig.ask(user, '/start', 'not available for a minute');
    rig.inbox.accept = accept;
    await rig.ask(other, '/help', 'How to connect');
    await eventually(() => rig.inbox.unsettledIds().length === 0);
    await rig.bot.stop(1_000);
    rig.bot.start();
    await rig.ask(user, '/help', 'How to connect');
    expect(rig.desk.issues).toHaveLength(0);
  });
});

describe('a mistake of ours', () => {
  test('is logged under a number, and the user gets the number, not the mistake', async () => {
    await using rig = await startBot();
    rig.desk.failure = new Error('undefined is not a function at secret.ts');
    const sorry = await rig.ask(rig.newUser('Ира', 'ru'), '/start', 'Что-то пошло не так');
    const incident = /номер: ([0-9a-f]{8})$/.exec(sorry.text ?? '')?.[1];
    expect(sorry.text).not.toContain('secret.ts');
    const line = rig.log.lines.find((each) => each.level === 'error');
    expect(line?.fields.incident).toBe(incident);
    await eventually(() => rig.inbox.unsettledIds().length === 0);
    expect(await rig.metrics.render()).toContain('adit_updates_total{outcome="failed"} 1');
  });

  test('an update the inbox cannot take keeps no other out', async () => {
    await using rig = await startBot();
    const [poison, other] = [rig.newUser('Poison'), rig.newUser('Other')];
    const { accept } = rig.inbox;
    rig.inbox.accept = async (updates) => {
      const isPoison = JSON.stringify(updates).includes('POISON');
      if (isPoison) throw new AppError('internal', 'unsupported Unicode escape sequence');
      return accept.call(rig.inbox, updates);
    };
    rig.control.sendText(poison, 'POISON');
    rig.control.sendText(other, '/start');
    await rig.says(other, 'Preparing');
    await rig.says(poison, 'not available for a minute');
  });
});

test('A2: who was told to try again is not served at the next restart, though the update was stored after all', async () => {
  await using rig = await startBot();
  const [user, other] = [rig.newUser(), rig.newUser()];
  const { accept } = rig.inbox;
  rig.inbox.accept = async (updates) => {
    const stored = await accept.call(rig.inbox, updates);
    if (!JSON.stringify(updates).includes('/trial')) return stored;
    throw new AppError('unavailable', 'the answer to the commit was lost');
  };
  rig.control.sendText(user, '/trial');
  await rig.says(user, 'not available for a minute');
  await rig.ask(other, '/help', 'How to connect');
  await eventually(() => rig.inbox.unsettledIds().length === 0);
  expect(rig.desk.issues).toHaveLength(0);
});

describe('a crash', () => {
  test('between storing and handling: the next run answers, oldest first, and once', async () => {
    await using rig = await startBot();
    const user = rig.newUser();
    await rig.ask(user, 'hi', 'buttons best');
    await rig.bot.stop(1_000);
    const from = { id: user, is_bot: false, first_name: 'Ann', language_code: 'en' };
    const stored = (id: number, text: string) => ({
      id: id as never,
      payload: {
        update_id: id,
        message: { message_id: id, date: 1, from, chat: { id: user, type: 'private' }, text },
      },
    });
    await rig.inbox.accept([stored(9_001, '/start'), stored(9_002, '/help')]);
    expect(rig.inbox.unsettledIds()).toHaveLength(2);
    rig.bot.start();
    await rig.says(user, 'How to connect');
    expect(rig.desk.issues).toHaveLength(1);
    await eventually(() => rig.inbox.unsettledIds().length === 0);
    const texts = rig.control.messages(user).map((each) => each.text ?? '');
    const at = (part: string) => texts.findIndex((each) => each.includes(part));
    expect(at('Preparing')).toBeLessThan(at('How to connect'));
  });

  test('F-J9: a stop while the rest of a crash is being answered is as bounded as any, and takes up no more of it', async () => {
    await using rig = await startBot();
    const user = rig.newUser();
    await rig.ask(user, 'hi', 'buttons best');
    await rig.bot.stop(1_000);
    const gate = Promise.withResolvers<void>();
    rig.desk.gateOf = () => gate.promise;
    const from = { id: user, is_bot: false, first_name: 'Ann', language_code: 'en' };
    const payload = {
      update_id: 9_001,
      message: { message_id: 9_001, date: 1, from, chat: { id: user, type: 'private' }, text: '/start' },
    };
    await rig.inbox.accept([{ id: 9_001 as never, payload }]);
    rig.bot.start();
    await eventually(() => rig.bot.status().running === 1);
    await rig.bot.stop(20);
    expect(rig.bot.status().running).toBe(1);
    await rig.inbox.accept([{ id: 9_002 as never, payload: { ...payload, update_id: 9_002 } }]);
    gate.resolve();
    await rig.says(user, 'Preparing');
    await rig.bot.idle();
    expect(rig.inbox.unsettledIds()).toEqual([9_002 as never]);
  });

  test('updates that come again are not handled again', async () => {
    await using rig = await startBot();
    const user = rig.newUser();
    await rig.ask(user, '/help', 'How to connect');
    rig.control.disturb({ kind: 'duplicate' });
    await rig.ask(user, '/language', 'Choose a language');
    const helps = rig.control.messages(user).filter((each) => each.text?.includes('Which device is it for'));
    expect(helps).toHaveLength(1);
    expect(await rig.metrics.render()).toContain('adit_updates_total{outcome="repeat"} 1');
  });
});

describe('F-G7: strange updates', () => {
  test('gaps, lower ids, unknown kinds and wreckage stop nothing', async () => {
    await using rig = await startBot();
    const user = rig.newUser('\0‮<b>🦊');
    await rig.ask(user, '/start', 'Hello, <b>🦊!');
    for (const kind of ['unknown', 'malformed'] as const) rig.control.disturb({ kind });
    rig.control.disturb({ kind: 'raw', fields: { message: null, callback_query: { id: 5, from: [] } } });
    rig.control.disturb({ kind: 'raw', fields: { channel_post: { chat: { id: -1, type: 'channel' } } } });
    rig.control.disturb({ kind: 'gap', ids: 1_000 });
    await rig.ask(user, '/help', 'How to connect');
    rig.control.disturb({ kind: 'reset', nextId: 17 });
    await rig.ask(user, '/language', 'Choose a language');
    await rig.ask(user, 'ж'.repeat(4_096), 'buttons best');
    await eventually(() => rig.inbox.unsettledIds().length === 0);
    expect(rig.log.lines.filter((each) => each.level === 'error')).toEqual([]);
  });
});
