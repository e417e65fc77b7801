import { describe, expect, test } from 'bun:test';
import { readVlessLink } from '../../../../src/server/core/vless-link.ts';
import { startBot } from '../../../support/bot-rig.ts';
import { createManualClock } from '../../../support/manual-clock.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const ago = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);
const PUBLIC_URL = 'https://vpn.example.org';

/** A bot that sells VLESS, and a user with a WireGuard and a VLESS device. */
async function scene(options: { readonly publicUrl?: string; readonly language?: string } = {}) {
  const rig = await startBot({ clock: createManualClock(NOW), limits: { burst: 1000 } });
  rig.desk.protocols = ['wireguard', 'vless'];
  rig.desk.publicUrl = options.publicUrl ?? null;
  const user = rig.newUser('Ann', options.language);
  await rig.ask(user, '/start', '…');
  const list = (await rig.ask(user, '/devices', 'Device 1')).message_id;
  const text = (id = list) => rig.message(user, id)?.text ?? '';
  const buttons = (id = list) =>
    rig
      .message(user, id)
      ?.reply_markup?.inline_keyboard.flat()
      .map((each) => each.text) ?? [];
  const press = (button: string, id = list) => rig.press(user, id, button);
  const newest = () => rig.control.messages(user).at(-1)!;
  const end = () => rig[Symbol.asyncDispose]();
  return { rig, user, list, text, buttons, press, newest, [Symbol.asyncDispose]: end };
}

async function withVless(options: Parameters<typeof scene>[0] = {}) {
  const made = await scene(options);
  await made.press('➕ Add a device');
  await made.press('🔗 VLESS link');
  const device = made.rig.desk.state(made.user)!.devices[1]!;
  device.delivered = true;
  const list = (await made.rig.ask(made.user, '/devices', 'Device 2')).message_id;
  return { ...made, list, device, press: (button: string, id = list) => made.press(button, id) };
}

describe('E4: VLESS beside WireGuard', () => {
  test('with VLESS on sale a new device is asked what it shall use; without, nothing changes', async () => {
    await using s = await scene();
    await s.press('➕ Add a device');
    expect(s.text()).toContain('What shall the new device use?');
    expect(s.buttons()).toEqual(['🛡 WireGuard', '🔗 VLESS link', '← Back']);
    await s.press('🔗 VLESS link');
    expect(s.text()).toContain('Preparing Device 2');
    expect(s.rig.desk.state(s.user)?.devices.map((each) => each.peer.protocol)).toEqual([
      'wireguard',
      'vless',
    ]);

    await using plain = await scene();
    plain.rig.desk.protocols = ['wireguard'];
    await plain.press('➕ Add a device');
    expect(plain.text()).toContain('Preparing Device 2');
    const help = await plain.rig.ask(plain.user, '/help', 'How to connect');
    expect(plain.buttons(help.message_id).join()).not.toContain('VLESS');
  });

  test('a button of yesterday for what is not sold any more is answered, and nothing is made', async () => {
    await using s = await scene();
    await s.press('➕ Add a device');
    s.rig.desk.protocols = ['wireguard'];
    await s.press('🔗 VLESS link');
    expect(s.text()).toContain('not offered any more');
    expect(s.rig.desk.state(s.user)?.devices).toHaveLength(1);
  });

  test('its screen has no address; its link is shown again with QR and a button that copies it', async () => {
    await using s = await withVless();
    await s.press('❔ Device 2');
    expect(s.text(s.list)).toContain('VLESS link');
    expect(s.text(s.list)).not.toContain('Address');
    expect(s.buttons(s.list)).toContain('🔗 Show the link again');
    await s.press('🔗 Show the link again');
    const shown = s.newest();
    expect(shown.photo?.length).toBeGreaterThan(0);
    const link = /vless:\S+/.exec(shown.caption ?? '')![0];
    expect(readVlessLink(link).name).toBe('Device 2');
    const copy = shown.reply_markup?.inline_keyboard.flat()[0] as { copy_text?: { text: string } };
    expect(copy.copy_text?.text).toBe(link);
    // The way back from a picture is a message of its own.
    await s.press('← Back', shown.message_id);
    expect(s.newest().text).toContain('Device 2');
  });

  test('a WireGuard device has no link to show, and a paused one none either', async () => {
    await using s = await withVless();
    await s.press('⚪️ Device 1');
    expect(s.buttons(s.list)).not.toContain('🔗 Show the link again');
    await s.press('← Back');
    await s.press('❔ Device 2');
    await s.press('⏸ Pause');
    expect(s.buttons(s.list)).not.toContain('🔗 Show the link again');
  });

  test.each([
    [{}, 'Whether it is used cannot be seen now'],
    [{ uploadedBytes: 0, downloadedBytes: 0 }, 'no traffic has been counted yet'],
    [{ uploadedBytes: 2 ** 20, downloadedBytes: 2 ** 21 }, 'has been used: ↓ 2 MB ↑ 1 MB'],
    [{ uploadedBytes: 1, downloadedBytes: 1, lastHandshakeAt: ago(1) }, 'works: last traffic 1 minute ago'],
    [
      { uploadedBytes: 1, downloadedBytes: 1, lastHandshakeAt: ago(90) },
      'last traffic 1 hour ago. That is fine',
    ],
  ])('E12: “is it working?” says what is known and no more: %o', async (facts, says) => {
    await using s = await withVless();
    s.rig.desk.live(s.device.id, facts);
    await s.rig.ask(s.user, '/status', says);
  });

  test('how to connect has its own page in both languages', async () => {
    await using s = await scene();
    const help = await s.rig.ask(s.user, '/help', 'For WireGuard');
    await s.press('🔗 How to use a VLESS link', help.message_id);
    expect(s.text(help.message_id)).toContain('v2rayNG');
    await using ru = await scene({ language: 'ru' });
    const page = await ru.rig.ask(ru.user, '/help', 'Для WireGuard');
    await ru.press('🔗 Как пользоваться ссылкой VLESS', page.message_id);
    expect(ru.text(page.message_id)).toContain('Streisand');
  });
});

describe('the subscription in the bot', () => {
  test('is offered with PUBLIC_URL and a VLESS device only', async () => {
    await using without = await withVless();
    expect(without.buttons(without.list)).not.toContain('🔗 Subscription for apps');
    await using s = await scene({ publicUrl: PUBLIC_URL });
    expect(s.buttons()).not.toContain('🔗 Subscription for apps');
    await using both = await withVless({ publicUrl: PUBLIC_URL });
    expect(both.buttons(both.list)).toContain('🔗 Subscription for apps');
  });

  test('is shown with QR, and another one is made after a question', async () => {
    await using s = await withVless({ publicUrl: PUBLIC_URL });
    await s.press('🔗 Subscription for apps');
    const first = s.newest();
    expect(first.photo?.length).toBeGreaterThan(0);
    const urlOf = (message: typeof first) => /https:\S+/.exec(message.caption ?? '')![0];
    await s.press('🔑 New address', first.message_id);
    expect(s.newest().text).toContain('The old one stops working at once');
    await s.press('Yes, make a new address', s.newest().message_id);
    expect(urlOf(s.newest())).not.toBe(urlOf(first));
    const lines = JSON.stringify(s.rig.log.lines);
    expect(lines).not.toContain(urlOf(first));
  });
});

describe('a delivery of a link', () => {
  const parcelOf = (user: number, link: string) => ({
    chatId: user as never,
    accountId: user as never,
    language: 'en' as const,
    deviceId: 'd',
    deviceName: 'Phone <b>',
    until: NOW,
    link,
    qrPng: async () => new Uint8Array(Buffer.from(PNG, 'base64')),
    livingMessageId: async () => null,
    sentMessageId: null,
  });

  const bare = 'vless://x@h:1?a=1&b=<2>';
  test.each([
    ['a short link, all of it', `${bare}#`.padEnd(256, 'n'), (link: string) => link],
    ['one whose name makes it too long, without the name', `${bare}#`.padEnd(257, 'n'), () => bare],
    ['one too long by itself, by a tap only', `${bare}&c=`.padEnd(257, 'n'), () => null],
  ])('a button copies %s; the message has it whole', async (_, link, copies) => {
    await using s = await scene();
    const ids: number[] = [];
    await s.rig.courier.deliverLink(parcelOf(s.user, link), async (id) => void ids.push(id));
    const message = s.rig.message(s.user, ids[0]!)!;
    expect(message.text).toContain(link);
    const button = message.reply_markup?.inline_keyboard[0]?.[0] as { copy_text?: { text: string } };
    expect(button?.copy_text?.text ?? null).toBe(copies(link));
    expect(s.newest().text).toContain('Phone <b> is ready');
  });

  test('one that was sent by an earlier try is not sent again', async () => {
    await using s = await scene();
    const before = s.rig.control.messages(s.user).length;
    const again = { ...parcelOf(s.user, 'vless://x@h:1'), sentMessageId: 5 };
    expect(await s.rig.courier.deliverLink(again, () => Promise.reject(new Error('sent again')))).toEqual({
      kind: 'delivered',
    });
    const added = s.rig.control.messages(s.user).slice(before);
    expect(added.filter((each) => each.text?.includes('vless://'))).toEqual([]);
    expect(added.filter((each) => each.photo)).toHaveLength(1);
  });
});

/** One white pixel. */
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsfB6rQAAAABJRU5ErkJggg==';
