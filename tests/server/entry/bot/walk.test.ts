import { describe, expect, test } from 'bun:test';
import { createVoice } from '../../../../src/server/core/voice.ts';
import { startBot } from '../../../support/bot-rig.ts';
import { eventually } from '../../../support/eventually.ts';

const SYSTEMS = ['Android', 'iPhone, iPad', 'Windows', 'macOS', 'Linux'] as const;

/** Presses through everything there is, as a curious person would. */
async function walk(language: 'en' | 'ru') {
  await using rig = await startBot({ limits: { burst: 1000 } });
  const { plain } = createVoice(rig.words, language);
  const user = rig.newUser('Анна', language);
  const living = await rig.ask(user, '/start', language === 'ru' ? 'Готовим' : 'Preparing');
  const menu = await rig.ask(user, '/start', language === 'ru' ? 'Доступ включён' : 'Access is on');
  const at = menu.message_id;
  const press = (key: string, values?: Record<string, string>) => rig.press(user, at, plain(key, values));
  const text = () => rig.control.messages(user).find((each) => each.message_id === at)?.text ?? '';
  const shows = (part: string) => eventually(() => text().includes(part));

  await press('button-status');
  await shows(language === 'ru' ? 'Сервер отвечает' : 'The server answers');
  await press('button-help');
  for (const name of SYSTEMS) {
    await rig.press(user, at, name);
    await shows(name.split(',')[0] as string);
    await press('button-back');
  }
  await press('button-home');
  await press('button-devices');
  await press('button-add-device');
  await shows('Device 2');
  expect(rig.desk.issues[1]?.livingMessageId ?? at).toBe(at);
  return { rig, living, unsettled: rig.inbox.unsettledIds(), lines: rig.log.lines };
}

describe('both languages, from the greeting to a second device', () => {
  test.each(['en', 'ru'] as const)('%s', async (language) => {
    const { unsettled, lines, rig, living } = await walk(language);
    expect(living.text).toContain(language === 'ru' ? 'Здравствуйте, Анна!' : 'Hello, Анна!');
    expect(rig.desk.issues).toHaveLength(2);
    expect(unsettled).toEqual([]);
    expect(lines.filter((each) => each.level === 'warn' || each.level === 'error')).toEqual([]);
  });

  test('a language chosen by button stays, whatever Telegram says', async () => {
    await using rig = await startBot();
    const user = rig.newUser('Ann', 'en');
    await rig.ask(user, '/start', 'Preparing');
    const choice = await rig.ask(user, '/language', 'Choose a language');
    await rig.press(user, choice.message_id, 'Русский');
    await rig.says(user, 'Доступ включён');
    await rig.ask(user, '/help', 'Как подключиться');
  });
});

describe('the doors in', () => {
  test('/trial issues without the greeting', async () => {
    await using rig = await startBot();
    const message = await rig.ask(rig.newUser(), '/trial', 'Preparing');
    expect(message.text).not.toContain('Hello');
  });

  test('a used trial is said, not given again', async () => {
    await using rig = await startBot();
    const user = rig.newUser();
    await rig.ask(user, '/start', 'Preparing');
    rig.desk.expire(user);
    await rig.ask(user, '/start', 'the free trial is used');
    expect(rig.desk.issues).toHaveLength(1);
  });

  test('no trials, and a full pool, are said honestly; from a full pool one tap leads on', async () => {
    await using rig = await startBot();
    rig.desk.rules.trialDays = 0;
    await rig.ask(rig.newUser(), '/start', 'no trials at the moment');
    rig.desk.rules.trialDays = 3;
    rig.desk.places = 0;
    const late = rig.newUser();
    const full = await rig.ask(late, '/start', 'All places are taken');
    rig.desk.places = 1;
    await rig.press(late, full.message_id, '🎁 Start the free trial');
    await rig.says(late, 'Preparing');
  });

  test('other words and commands get a gentle hint with buttons', async () => {
    await using rig = await startBot();
    const user = rig.newUser();
    for (const text of ['hello?', '/unknown', '/start_now', '😀']) {
      const hint = await rig.ask(user, text, 'I understand buttons best');
      expect(hint.reply_markup?.inline_keyboard.flat().length).toBeGreaterThan(2);
    }
  });

  test('F-G6: who blocked us and comes back finds the same device, and its config a tap away', async () => {
    await using rig = await startBot();
    const user = rig.newUser();
    await rig.ask(user, '/start', 'Preparing');
    const [device] = rig.desk.state(user)?.devices ?? [];
    rig.control.setBlocked(user, true);
    await eventually(() => rig.desk.blocked.has(user));
    rig.control.setBlocked(user, false);
    await eventually(() => !rig.desk.blocked.has(user));
    const home = await rig.ask(user, '/start', 'is on its way');
    await rig.press(user, home.message_id, '🔑 New key: Device 1');
    await eventually(() => rig.desk.issues.length === 2);
    expect(rig.desk.issues[1]?.deviceId).toBe(device?.id as never);
    expect(rig.desk.state(user)?.devices).toHaveLength(1);
  });

  test('F-G5: a send that says "blocked" marks the user', async () => {
    await using rig = await startBot();
    const user = rig.newUser();
    rig.control.orderFault({ kind: 'server_error', status: 403, method: 'sendMessage', count: 1 });
    rig.control.sendText(user, '/start');
    await eventually(() => rig.desk.blocked.has(user));
    expect(rig.desk.issues).toHaveLength(1);
  });
});
