import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { Update } from 'grammy/types';
import { readUpdate } from '../../../../src/server/entry/bot/incoming.ts';

const from = {
  id: 2 ** 52 - 1,
  is_bot: false,
  first_name: 'A\0nn 👩‍🚀',
  last_name: 'שלום',
  language_code: 'ru-RU',
};
const chat = { id: from.id, type: 'private' };
const update = (fields: object) => ({ update_id: 5, ...fields }) as unknown as Update;
const message = (fields: object) => update({ message: { message_id: 1, date: 1, from, chat, ...fields } });

describe('F-G7: what an update asks', () => {
  test('a 52-bit user, emoji and right-to-left letters arrive whole', () => {
    expect(readUpdate(message({ text: '/start' }))?.profile).toEqual({
      id: from.id as never,
      chatId: from.id as never,
      languageHint: 'ru',
      name: 'A\0nn 👩‍🚀 שלום',
      username: null,
    });
  });

  test.each([
    ['/start', 'start'],
    ['/start deep-link', 'start'],
    ['/START@adit_bot x', 'start'],
    ['/status\nplease', 'status'],
  ])('%p is a command', (text, command) => {
    expect(readUpdate(message({ text }))).toMatchObject({ kind: 'command', command: command as never });
  });

  test.each(['start', '/started', '/nothing', ' /start', '/', ''])('%p is text', (text) => {
    expect(readUpdate(message({ text }))).toMatchObject({ kind: 'text', text });
  });

  test('a photo is a text without words, for the hint', () => {
    expect(readUpdate(message({ photo: [] }))).toMatchObject({ kind: 'text', text: '' });
  });

  test.each<[string, Update]>([
    ['a group', message({ chat: { id: -5, type: 'supergroup' }, text: '/start' })],
    ['a channel post', update({ channel_post: { message_id: 1, chat: { id: -1, type: 'channel' } } })],
    ['an edit', update({ edited_message: { message_id: 1, from, chat, text: '/start' } })],
    ['another bot', message({ from: { ...from, is_bot: true } })],
    ['nobody', message({ from: undefined })],
    ['a kind of tomorrow', update({ telepathy: {} })],
    [
      'a press under a group message',
      update({ callback_query: { id: 'q', from, message: { chat: { type: 'group' } } } }),
    ],
    ['no id', { message: { from, chat, text: 'x' } } as unknown as Update],
  ])('%s is ignored', (_what, ignored) => {
    expect(readUpdate(ignored)).toBeNull();
  });

  test('a message bots no longer see leaves the press without a message to edit', () => {
    const press = (date: number) =>
      readUpdate(
        update({ callback_query: { id: 'q', from, data: 'x', message: { message_id: 9, date, chat } } }),
      );
    expect(press(0)).toMatchObject({ kind: 'button', messageId: null });
    expect(press(1)).toMatchObject({ kind: 'button', messageId: 9 });
  });

  test('blocking and coming back are told apart', () => {
    const change = (status: string) =>
      readUpdate(update({ my_chat_member: { from, chat, new_chat_member: { status } } }));
    expect(change('kicked')).toMatchObject({ kind: 'membership', blocked: true });
    expect(change('member')).toMatchObject({ kind: 'membership', blocked: false });
  });

  test('a long name is cut between characters', () => {
    const name = readUpdate(message({ from: { ...from, first_name: '🦊'.repeat(300) } }))?.profile.name;
    expect([...(name as string)]).toHaveLength(256);
    expect(name?.isWellFormed()).toBe(true);
  });

  test('no update whatever throws', () => {
    const odd = fc.anything({ withNullPrototype: true, maxDepth: 3 });
    const shaped = fc.record(
      {
        message_id: odd,
        from: fc.oneof(odd, fc.constant(from)),
        chat: fc.oneof(odd, fc.constant(chat)),
        text: odd,
      },
      { requiredKeys: [] },
    );
    const kind = fc.constantFrom('message', 'callback_query', 'my_chat_member');
    fc.assert(
      fc.property(kind, fc.oneof(odd, shaped), odd, (name, body, id) => {
        for (const update_id of [1, id]) readUpdate({ update_id, [name]: body } as unknown as Update);
        readUpdate(id as Update);
      }),
    );
  });
});
