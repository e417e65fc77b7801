import { describe, expect, test } from 'bun:test';
import { textBlocks } from '../../src/server/simulator/chat/text-blocks.ts';
import { startSimulator, TOKEN } from '../support/simulator.ts';

const form = (fields: Record<string, string>) => ({
  method: 'POST',
  body: new URLSearchParams(fields),
  redirect: 'manual' as const,
});

/** Reads the stream until a frame contains the words; the test's own limit ends a wait in vain. */
async function frameWith(reader: ReadableStreamDefaultReader<Uint8Array>, words: string): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`the stream ended without "${words}"`);
    text += decoder.decode(value, { stream: true });
    if (text.includes(words)) return text;
  }
}

describe('E11 the chat page', () => {
  test('without scripts: add a person, say /start, press a button, see the answer', async () => {
    await using sim = await startSimulator();
    expect(await (await fetch(sim.chatUrl)).text()).toContain('Nobody is here yet');
    const added = await fetch(`${sim.chatUrl}/people`, form({ name: 'Maria', language: 'ru' }));
    const page = `${sim.apiRoot}${added.headers.get('location')}`;
    const [user] = sim.control.users();
    expect(user).toMatchObject({ first_name: 'Maria', language_code: 'ru' });
    expect(await (await fetch(page)).text()).toContain('Type <code>/start</code>');
    const id = String(user?.id);
    await fetch(`${sim.chatUrl}/say`, form({ user: id, text: '/start' }));
    const reply_markup = { inline_keyboard: [[{ text: 'Go on', callback_data: 'go' }]] };
    const { message_id } = (await sim.call('sendMessage', { chat_id: id, text: 'Hello', reply_markup }))
      .result;
    await fetch(
      `${sim.chatUrl}/press`,
      form({ user: id, message: String(message_id), row: '0', column: '0' }),
    );
    const query = (await sim.call('getUpdates')).result.at(-1).callback_query;
    expect(query).toMatchObject({ data: 'go', from: { id: user?.id } });
    await sim.call('answerCallbackQuery', {
      callback_query_id: query.id,
      text: 'Well done',
      show_alert: true,
    });
    expect(await (await fetch(page)).text()).toContain('<p>Well done</p>');
    await fetch(`${sim.chatUrl}/dismiss`, form({ user: id }));
    expect(await (await fetch(page)).text()).not.toContain('Well done');
  });

  test('live: a frame holds the whole panel as soon as the bot writes', async () => {
    await using sim = await startSimulator();
    const user = sim.newUser();
    const stream = await fetch(`${sim.chatUrl}/stream?user=${user}`);
    expect(stream.headers.get('content-type')).toBe('text/event-stream');
    const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
    await frameWith(reader, '/start');
    await sim.call('setMyCommands', { commands: [{ command: 'trial', description: 'Three days' }] });
    await sim.call('sendMessage', { chat_id: user, text: 'from the bot' });
    const frame = await frameWith(reader, 'from the bot');
    for (const region of ['#people', '#status', '#conversation', '#commands', '#reply-keys', '#notice']) {
      expect(frame).toContain(`hx-target="${region}"`);
    }
    await reader.cancel();
  });

  test('F-S11 a strict policy, no inline script or style, every asset served from here', async () => {
    await using sim = await startSimulator();
    sim.newUser();
    const page = await fetch(sim.chatUrl);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    const html = await page.text();
    expect(html).not.toMatch(/<script(?![^>]*src=)|<style| style=| on[a-z]+=/);
    const assets = [...html.matchAll(/(?:src|href)="(\/chat\/assets\/[^"]+)"/g)].map((m) => m[1]);
    expect(assets).toHaveLength(5);
    for (const asset of assets) {
      const answer = await fetch(`${sim.apiRoot}${asset}`);
      expect([asset, answer.status, (await answer.text()).length > 100]).toEqual([asset, 200, true]);
    }
  });

  test('F-S1 names and texts are shown, never run', async () => {
    await using sim = await startSimulator();
    const nasty = '<img src=x onerror=alert(1)>';
    const user = sim.newUser(nasty);
    const entities = [{ type: 'text_link', offset: 0, length: 4, url: 'javascript:alert(1)' }];
    await sim.call('sendMessage', { chat_id: user, text: `${nasty} "quoted"`, entities });
    const html = await (await fetch(sim.chatUrl)).text();
    expect(html).not.toContain('<img src=x');
    expect(html).not.toContain('javascript:');
    expect(html).toContain('&lt;img src=x');
  });

  test('a config is downloaded under its own name; a copy button works without scripts', async () => {
    await using sim = await startSimulator();
    const chat_id = String(sim.newUser());
    const body = new FormData();
    body.set('chat_id', chat_id);
    body.set('document', new File(['[Interface]'], 'телефон.conf'));
    const copy_text = { text: 'vless://secret' };
    body.set('reply_markup', JSON.stringify({ inline_keyboard: [[{ text: 'Copy', copy_text }]] }));
    await fetch(`${sim.apiRoot}/bot${TOKEN}/sendDocument`, { method: 'POST', body });
    const html = await (await fetch(sim.chatUrl)).text();
    const file = await fetch(`${sim.apiRoot}${/href="(\/chat\/files\/[^"]+)"/.exec(html)?.[1]}`);
    const name = decodeURIComponent(file.headers.get('content-disposition') ?? '');
    expect([name, await file.text()]).toEqual(["attachment; filename*=UTF-8''телефон.conf", '[Interface]']);
    const copy = /href="([^"]+copy=[^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&');
    expect(await (await fetch(`${sim.apiRoot}${copy}`)).text()).toMatch(/<textarea[^>]*>vless:\/\/secret</);
  });

  test('entities that overlap are cut into runs; a quote is a block and eats the line break beside it', () => {
    const entities = [
      { type: 'bold', offset: 0, length: 6 },
      { type: 'italic', offset: 3, length: 3 },
      { type: 'blockquote', offset: 7, length: 5 },
    ];
    const blocks = textBlocks(
      'one six\nquote',
      entities.with(2, { type: 'blockquote', offset: 8, length: 5 }),
    );
    expect(blocks).toEqual([
      {
        kind: 'plain',
        runs: [
          { text: 'one', marks: ['bold'], href: null },
          { text: ' si', marks: ['bold', 'italic'], href: null },
          { text: 'x', marks: [], href: null },
        ],
      },
      { kind: 'quote', runs: [{ text: 'quote', marks: [], href: null }] },
    ]);
  });
});
