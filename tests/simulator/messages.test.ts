import { describe, expect, test } from 'bun:test';
import { startSimulator } from '../support/simulator.ts';

const refusal = (reason: string, code = 400) => ({
  status: code,
  ok: false,
  error_code: code,
  description: reason,
});

describe('E11 the API refuses as Telegram does', () => {
  const cases: readonly (readonly [string, Record<string, unknown>, string])[] = [
    ['no text', { chat_id: 0 }, 'Bad Request: message text is empty'],
    ['blank text', { text: ' \n ' }, 'Bad Request: text must be non-empty'],
    ['no chat', { chat_id: '', text: 'x' }, 'Bad Request: chat_id is empty'],
    ['unknown chat', { chat_id: 99, text: 'x' }, 'Bad Request: chat not found'],
    ['a name for a chat', { chat_id: '@nobody', text: 'x' }, 'Bad Request: chat not found'],
    ['4,097 characters', { text: 'x'.repeat(4097) }, 'Bad Request: message is too long'],
    ['a strange parse mode', { text: 'x', parse_mode: 'BBCode' }, 'Bad Request: unsupported parse_mode'],
    [
      'an unclosed tag',
      { text: '<b>x', parse_mode: 'HTML' },
      'Bad Request: can\'t parse entities: Can\'t find end tag corresponding to start tag "b"',
    ],
    [
      'tags that cross',
      { text: '<b><i>test</b></i>', parse_mode: 'html' },
      'Bad Request: can\'t parse entities: Unmatched end tag at byte offset 10, expected "</i>", found "</b>"',
    ],
    [
      'a foreign tag, counted in bytes',
      { text: 'й<script>', parse_mode: 'HTML' },
      'Bad Request: can\'t parse entities: Unsupported start tag "script" at byte offset 2',
    ],
    [
      'a bare < of user input',
      { text: 'a < b', parse_mode: 'HTML' },
      'Bad Request: can\'t parse entities: Unsupported start tag "" at byte offset 2',
    ],
    [
      'unescaped MarkdownV2',
      { text: 'hello.', parse_mode: 'MarkdownV2' },
      "Bad Request: can't parse entities: Character '.' is reserved and must be escaped with the preceding '\\'",
    ],
    [
      'unclosed MarkdownV2',
      { text: '*bold', parse_mode: 'MarkdownV2' },
      "Bad Request: can't parse entities: Can't find end of Bold entity at byte offset 0",
    ],
    [
      'an entity past the end',
      { text: 'hello', entities: [{ type: 'bold', offset: 0, length: 100 }] },
      'Bad Request: entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 100',
    ],
    [
      'a reply to nothing',
      { text: 'x', reply_parameters: { message_id: 999 } },
      'Bad Request: message to be replied not found',
    ],
  ];
  test.each(cases)('sendMessage with %s', async (_, params, description) => {
    await using sim = await startSimulator();
    const chat_id = sim.newUser();
    expect(await sim.call('sendMessage', { chat_id, ...params })).toMatchObject(refusal(description));
  });

  const keyboards: readonly (readonly [string, unknown, string])[] = [
    [
      '65 bytes of data',
      [[{ text: 'a', callback_data: 'й'.repeat(33) }]],
      'Bad Request: BUTTON_DATA_INVALID',
    ],
    [
      'empty data',
      [[{ text: 'a', callback_data: '' }]],
      "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    ],
    [
      'no text',
      [[{ callback_data: 'a' }]],
      'Bad Request: can\'t parse inline keyboard button: Can\'t find field "text"',
    ],
    [
      '257 characters to copy',
      [[{ text: 'a', copy_text: { text: 'x'.repeat(257) } }]],
      'Bad Request: BUTTON_COPY_TEXT_INVALID',
    ],
    [
      'an ftp address',
      [[{ text: 'a', url: 'ftp://example.com' }]],
      "Bad Request: inline keyboard button URL 'ftp://example.com' is invalid: Unsupported URL protocol",
    ],
    ['a string for rows', 'bad', 'Bad Request: field "inline_keyboard" must be of type Array'],
  ];
  test.each(keyboards)('a keyboard with %s', async (_, inline_keyboard, description) => {
    await using sim = await startSimulator();
    const chat_id = sim.newUser();
    const answer = await sim.call('sendMessage', { chat_id, text: 'x', reply_markup: { inline_keyboard } });
    expect(answer).toMatchObject(refusal(description));
  });

  test('a wrong token, an unknown method, a user who never wrote', async () => {
    await using sim = await startSimulator();
    const wrong = await fetch(`${sim.apiRoot}/bot1:wrong/getMe`);
    expect([wrong.status, await wrong.json()]).toEqual([
      401,
      { ok: false, error_code: 401, description: 'Unauthorized' },
    ]);
    expect(await sim.call('sendRocket')).toMatchObject(refusal('Not Found: method not found', 404));
    const silent = sim.control.createUser({ firstName: 'Silent' });
    expect(await sim.call('sendMessage', { chat_id: silent.id, text: 'x' })).toMatchObject(
      refusal('Bad Request: chat not found'),
    );
  });

  test('F-G6 403 for a user who blocked the bot or is gone; writing again unblocks', async () => {
    await using sim = await startSimulator();
    const chat_id = sim.newUser();
    sim.control.setBlocked(chat_id, true);
    expect(await sim.call('sendMessage', { chat_id, text: 'x' })).toMatchObject(
      refusal('Forbidden: bot was blocked by the user', 403),
    );
    sim.control.sendText(chat_id, '/start');
    expect((await sim.call('sendMessage', { chat_id, text: 'x' })).ok).toBe(true);
    sim.control.deactivate(chat_id);
    expect(await sim.call('sendMessage', { chat_id, text: 'x' })).toMatchObject(
      refusal('Forbidden: user is deactivated', 403),
    );
  });

  test('pedantic strictness finds a mistyped parameter that Telegram would ignore', async () => {
    await using sim = await startSimulator({ strictness: 'pedantic' });
    const chat_id = sim.newUser();
    const answer = await sim.call('sendMessage', { chat_id, text: 'x', replay_markup: {} });
    expect(answer.description).toContain('sendMessage has no parameter "replay_markup"');
  });
});

describe('E11 messages', () => {
  test('HTML becomes entities in UTF-16 units, of JSON, form and query alike', async () => {
    await using sim = await startSimulator();
    const chat_id = sim.newUser();
    const params = { chat_id: String(chat_id), text: '😀 <b>bo<i>ld</i></b> &lt;', parse_mode: 'HTML' };
    const expected = {
      text: '😀 bold <',
      entities: [
        { type: 'bold', offset: 3, length: 4 },
        { type: 'italic', offset: 5, length: 2 },
      ],
    };
    const url = `${sim.apiRoot}/bot4242:SIMULATED-TOKEN_for-tests/sendmessage`;
    const form = await (await fetch(url, { method: 'POST', body: new URLSearchParams(params) })).json();
    const query = await (await fetch(`${url}?${new URLSearchParams(params)}`)).json();
    expect((await sim.call('sendMessage', params)).result).toMatchObject(expected);
    expect([form, query]).toMatchObject([{ result: expected }, { result: expected }]);
  });

  test('4,096 characters after parsing fit, however long the markup is', async () => {
    await using sim = await startSimulator();
    const text = `<b>${'x'.repeat(4096)}</b>`;
    const answer = await sim.call('sendMessage', { chat_id: sim.newUser(), text, parse_mode: 'HTML' });
    expect(answer.result.text).toHaveLength(4096);
  });

  test('an edit changes the message, refuses no change, drops the keyboard when none is given', async () => {
    await using sim = await startSimulator();
    const chat_id = sim.newUser();
    const reply_markup = { inline_keyboard: [[{ text: 'Go', callback_data: 'go' }]] };
    const { message_id } = (await sim.call('sendMessage', { chat_id, text: 'one', reply_markup })).result;
    const same = await sim.call('editMessageText', { chat_id, message_id, text: 'one', reply_markup });
    expect(same.description).toStartWith(
      'Bad Request: message is not modified: specified new message content',
    );
    await sim.call('editMessageText', { chat_id, message_id, text: 'two' });
    const shown = sim.control.messages(chat_id).at(-1);
    expect(shown).toMatchObject({ text: 'two', edit_date: expect.any(Number) });
    expect(shown?.reply_markup).toBeUndefined();
  });

  test('edits and deletes of what is not there or not the bot’s own', async () => {
    await using sim = await startSimulator();
    const chat_id = sim.newUser();
    const mine = sim.control.messages(chat_id)[0]?.message_id;
    const edit = (message_id: unknown) => sim.call('editMessageText', { chat_id, message_id, text: 'x' });
    expect((await edit(12345)).description).toBe('Bad Request: message to edit not found');
    expect((await edit(mine)).description).toBe("Bad Request: message can't be edited");
    const gone = await sim.call('deleteMessage', { chat_id, message_id: 12345 });
    expect(gone.description).toBe('Bad Request: message to delete not found');
    expect((await sim.call('deleteMessage', { chat_id, message_id: mine })).result).toBe(true);
    expect(sim.control.messages(chat_id)).toHaveLength(0);
  });

  test('a press reaches the bot with its data and is answered once', async () => {
    await using sim = await startSimulator();
    const chat_id = sim.newUser();
    const reply_markup = { inline_keyboard: [[{ text: 'Go', callback_data: 'go:1' }]] };
    const { message_id } = (await sim.call('sendMessage', { chat_id, text: 'x', reply_markup })).result;
    const callback_query_id = sim.control.press(chat_id, message_id, { text: 'Go' });
    const updates = (await sim.call('getUpdates')).result;
    expect(updates.at(-1).callback_query).toMatchObject({
      id: callback_query_id,
      data: 'go:1',
      message: { message_id },
    });
    const answered = sim.control.awaitAnswer(callback_query_id, 2_000);
    await sim.call('answerCallbackQuery', { callback_query_id, text: 'Done', show_alert: true });
    expect((await answered).answer).toEqual({ text: 'Done', showAlert: true, url: null });
    const again = await sim.call('answerCallbackQuery', { callback_query_id });
    const tooOld = 'Bad Request: query is too old and response timeout expired or query ID is invalid';
    expect(again.description).toBe(tooOld);
  });

  test('the commands menu follows scope and language', async () => {
    await using sim = await startSimulator();
    const commands = [{ command: 'start', description: 'Begin' }];
    const russian = [{ command: 'start', description: 'Начать' }];
    await sim.call('setMyCommands', { commands });
    await sim.call('setMyCommands', { commands: JSON.stringify(russian), language_code: 'ru' });
    expect((await sim.call('getMyCommands', { language_code: 'ru' })).result).toEqual(russian);
    const bad = await sim.call('setMyCommands', { commands: [{ command: 'Start!', description: 'x' }] });
    expect(bad.description).toBe('Bad Request: BOT_COMMAND_INVALID');
    await sim.call('deleteMyCommands', { language_code: 'ru' });
    expect((await sim.call('getMyCommands', { language_code: 'ru' })).result).toEqual([]);
  });
});

describe('E11 documented send limits', () => {
  test('a long burst into one chat gets 429 with retry_after; another chat still gets through', async () => {
    await using sim = await startSimulator({ limits: 'documented' });
    const [ann, bob] = [sim.newUser('Ann'), sim.newUser('Bob')];
    const answers = [];
    for (let i = 0; i < 10; i++)
      answers.push(await sim.call('sendMessage', { chat_id: ann, text: `n ${i}` }));
    const refused = answers.filter((a) => !a.ok);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]).toMatchObject({
      error_code: 429,
      description: 'Too Many Requests: retry after 1',
      parameters: { retry_after: 1 },
    });
    expect((await sim.call('sendMessage', { chat_id: bob, text: 'x' })).ok).toBe(true);
  });
});
