import { expect, test } from 'bun:test';
import { readUsername, registerCommands } from '../../../../src/server/adapters/telegram/commands.ts';
import { startBot } from '../../../support/bot-rig.ts';

test('the menu stands in both languages, and in English for all others', async () => {
  await using rig = await startBot();
  await registerCommands(rig.api, rig.words, rig.log);
  const menu = (language_code = '') =>
    rig.look<{ command: string; description: string }[]>('getMyCommands', { language_code });
  const described = async (language?: string) => (await menu(language)).map((each) => each.description);
  expect(await described('ru')).toContain('Мои устройства');
  expect(await described('en')).toContain('My devices');
  expect(await described()).toContain('My devices');
  expect((await menu()).map((each) => each.command)).toEqual([
    'start',
    'trial',
    'devices',
    'status',
    'help',
    'language',
  ]);
});

test('a menu that cannot be set is not fatal', async () => {
  await using rig = await startBot();
  rig.control.orderFault({ kind: 'server_error', method: 'setMyCommands' });
  await registerCommands(rig.api, rig.words, rig.log);
  expect(rig.log.lines.map((each) => each.message)).toContain('the command menu could not be set');
});

test('the bot knows its name, or that Telegram does not tell it', async () => {
  await using rig = await startBot();
  expect(await readUsername(rig.api, rig.log)).toBe((await rig.api.getMe()).username);
  rig.control.orderFault({ kind: 'server_error', method: 'getMe' });
  expect(await readUsername(rig.api, rig.log)).toBeNull();
});
