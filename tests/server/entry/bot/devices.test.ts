import { describe, expect, test } from 'bun:test';
import { startBot } from '../../../support/bot-rig.ts';
import { createManualClock } from '../../../support/manual-clock.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const ago = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);

/** A user with one delivered device, its list of devices open, and time that stands still. */
async function scene(name?: string) {
  const clock = createManualClock(NOW);
  const rig = await startBot({ clock, limits: { burst: 1000 } });
  const user = rig.newUser();
  await rig.ask(user, '/start', 'Preparing');
  const device = rig.desk.state(user)?.devices[0];
  if (!device) throw new Error('no device was issued');
  device.delivered = true;
  if (name) device.name = name;
  const list = (await rig.ask(user, '/devices', 'Your devices')).message_id;
  const text = () => rig.message(user, list)?.text ?? '';
  const buttons = () =>
    rig
      .message(user, list)
      ?.reply_markup?.inline_keyboard.flat()
      .map((each) => each.text);
  const press = (button: string) => rig.press(user, list, button);
  const open = () => press(`⚪️ ${device.name}`);
  const end = () => rig[Symbol.asyncDispose]();
  return { rig, clock, user, device, list, text, buttons, press, open, [Symbol.asyncDispose]: end };
}

describe('one device', () => {
  test('F-G7: a name of markup, emoji and right-to-left letters is shown as it is', async () => {
    await using s = await scene('<b>🦊 שלום & Co</b>');
    expect(s.text()).toContain('<b>🦊 שלום & Co</b>: never connected');
    await s.press('⚪️ <b>🦊 שלום & Co</b>');
    expect(s.text()).toContain('<b>🦊 שלום & Co</b>');
  });

  test('shows address, last contact and traffic', async () => {
    await using s = await scene();
    const uploadedBytes = 5 * 2 ** 20;
    s.rig.desk.live(s.device.id, {
      lastHandshakeAt: ago(125),
      uploadedBytes,
      downloadedBytes: 3.5 * 2 ** 30,
    });
    await s.rig.press(s.user, s.list, '⚪️ Device 1');
    expect(s.text()).toContain(s.device.peer.ip4 as string);
    expect(s.text()).toContain('Last contact: 2 hours ago');
    expect(s.text()).toContain('↓ 3.5 GB ↑ 5 MB');
  });

  test('is paused and resumed in place', async () => {
    await using s = await scene();
    await s.open();
    const paused = await s.press('⏸ Pause');
    expect(paused.answer?.text).toBe('Paused');
    expect(s.device.state).toBe('paused');
    expect(s.buttons()).toContain('▶️ Resume');
    await s.press('▶️ Resume');
    expect(s.device.state as string).toBe('active');
    expect(s.buttons()).toContain('⏸ Pause');
  });

  test('is revoked only after a second tap', async () => {
    await using s = await scene();
    await s.open();
    await s.press('🗑 Revoke');
    expect(s.rig.desk.state(s.user)?.devices).toHaveLength(1);
    await s.press('Cancel');
    await s.press('🗑 Revoke');
    await s.press('Yes, revoke it');
    expect(s.rig.desk.state(s.user)?.devices).toHaveLength(0);
    expect(s.text()).toContain('no devices yet');
  });

  test('E12: gets a new key, and the message becomes the one the delivery edits', async () => {
    await using s = await scene();
    await s.open();
    await s.press('🔑 New key');
    await s.press('Yes, make a new key');
    expect(s.text()).toContain('Preparing Device 1');
    expect(s.rig.desk.issues[1]).toMatchObject({ deviceId: s.device.id, livingMessageId: s.list });
  });

  test('that is gone meanwhile is said, and the list is shown', async () => {
    await using s = await scene();
    await s.open();
    const state = s.rig.desk.state(s.user);
    if (state) state.devices = [];
    await s.press('⏸ Pause');
    expect(s.text()).toContain('not there any more');
  });

  test('cannot come back without access', async () => {
    await using s = await scene();
    await s.open();
    await s.press('⏸ Pause');
    s.rig.desk.expire(s.user);
    await s.press('▶️ Resume');
    expect(s.text()).toContain('Your access has ended');
    expect(s.device.state).toBe('paused');
  });
});

test('E12: after the end of access a device is off, not "never connected", and nobody is sent to switch it on', async () => {
  await using s = await scene();
  s.rig.desk.expire(s.user);
  const list = await s.rig.ask(s.user, '/devices', 'access has ended');
  expect(list.text).not.toContain('never connected');
  const status = await s.rig.ask(s.user, '/status', 'Is it working?');
  expect(status.text).toContain('Device 1 is off until you have access again');
  expect(status.text).not.toContain('switch the tunnel on');
});

describe('adding', () => {
  test('goes up to the limit, then the button is gone', async () => {
    await using s = await scene();
    await s.press('➕ Add a device');
    await s.rig.ask(s.user, '/devices', 'Your devices: 2 of 3');
    const third = await s.rig.ask(s.user, '/devices', '2 of 3');
    await s.rig.press(s.user, third.message_id, '➕ Add a device');
    const full = await s.rig.ask(s.user, '/devices', 'Your devices: 3 of 3');
    expect(full.reply_markup?.inline_keyboard.flat().map((each) => each.text)).not.toContain(
      '➕ Add a device',
    );
  });

  test('an old button beyond the limit is refused with the number', async () => {
    await using s = await scene();
    s.rig.desk.rules.devicesPerAccount = 1;
    await s.press('➕ Add a device');
    expect(s.text()).toContain('all your places: 1 device.');
  });
});

describe('a new name', () => {
  test('is asked for with the keyboard open, and taken from the next text', async () => {
    await using s = await scene();
    await s.open();
    await s.press('✏️ Rename');
    await s.rig.says(s.user, 'What shall Device 1 be called?');
    await s.rig.ask(s.user, 'Mum <3', 'Renamed: Mum <3');
    expect(s.device.name).toBe('Mum <3');
    await s.rig.ask(s.user, 'Dad', 'buttons best');
    expect(s.device.name).toBe('Mum <3');
  });

  test.each(['x'.repeat(33), 'two\nlines', '🦊'.repeat(2000)])(
    '%# that will not do is asked for again',
    async (bad) => {
      await using s = await scene();
      await s.open();
      await s.press('✏️ Rename');
      await s.rig.ask(s.user, bad, 'That name will not do');
      await s.rig.ask(s.user, 'Good', 'Renamed: Good');
    },
  );

  test('is no longer waited for after ten minutes', async () => {
    await using s = await scene();
    await s.open();
    await s.press('✏️ Rename');
    s.clock.advance(10 * 60_000);
    await s.rig.ask(s.user, 'Late', 'buttons best');
    expect(s.device.name).toBe('Device 1');
  });

  test('is no longer waited for once the user does something else', async () => {
    await using s = await scene();
    await s.open();
    await s.press('✏️ Rename');
    await s.rig.ask(s.user, '/help', 'How to connect');
    await s.rig.ask(s.user, 'Late', 'buttons best');
    expect(s.device.name).toBe('Device 1');
  });
});

describe('E12: is it working?', () => {
  test.each<[string, object, string]>([
    ['a minute ago', { lastHandshakeAt: ago(1) }, '🟢 Device 1 works: last contact 1 minute ago'],
    ['yesterday', { lastHandshakeAt: ago(1500) }, '🟡 Device 1: last contact 1 day ago. If it should be on'],
    ['in the future', { lastHandshakeAt: ago(-1) }, '🟢 Device 1 works: last contact just now'],
    ['never', {}, '⚪️ Device 1 has never connected'],
    ['not applied yet', { applied: false }, '⏳ Device 1 is being set up'],
    ['paused', { state: 'paused' }, '⏸ Device 1 is paused'],
  ])('last handshake %s', async (_when, facts, verdict) => {
    await using s = await scene();
    s.rig.desk.live(s.device.id, facts);
    const status = await s.rig.ask(s.user, '/status', 'The server answers');
    expect(status.text).toContain(verdict);
  });

  test('a silent node is said, and devices are not blamed', async () => {
    await using s = await scene();
    s.rig.desk.nodeAnswers = false;
    const status = await s.rig.ask(s.user, '/status', 'The server does not answer');
    expect(status.text).toContain('❔ Device 1: no data yet');
  });

  test('a new key is one tap away where it may help', async () => {
    await using s = await scene();
    const status = await s.rig.ask(s.user, '/status', 'never connected');
    await s.rig.press(s.user, status.message_id, '🔑 New key: Device 1');
    expect(s.rig.desk.issues).toHaveLength(2);
    expect(s.rig.desk.issues[1]?.livingMessageId).toBe(status.message_id);
  });
});

describe('a button', () => {
  /** Sends a press with any data, as a modified client can. */
  async function forge(s: Awaited<ReturnType<typeof scene>>, user: number, data: string) {
    const sent = await s.rig.api.sendMessage(user, 'forged', {
      reply_markup: { inline_keyboard: [[{ text: 'x', callback_data: data }]] },
    });
    return s.rig.press(user, sent.message_id, 'x');
  }

  test('of somebody else does nothing', async () => {
    await using s = await scene();
    const thief = s.rig.newUser('Eve');
    await s.rig.ask(thief, '/start', 'Preparing');
    const press = await forge(s, thief, `1:revoke:${s.device.id}:${s.user.toString(36)}`);
    expect(press.answer?.text).toContain('belongs to somebody else');
    expect(s.rig.desk.state(s.user)?.devices).toHaveLength(1);
  });

  test('with the thief as its owner finds no such device among the thief’s own', async () => {
    await using s = await scene();
    const thief = s.rig.newUser('Eve');
    await s.rig.ask(thief, '/start', 'Preparing');
    await forge(s, thief, `1:revoke:${s.device.id}:${thief.toString(36)}`);
    await s.rig.says(thief, 'not there any more');
    expect(s.rig.desk.state(s.user)?.devices).toHaveLength(1);
  });

  test('of an older edition is answered with a fresh screen', async () => {
    await using s = await scene();
    const press = await forge(s, s.user, 'menu_v0');
    expect(press.answer?.text).toContain('out of date');
    await s.rig.says(s.user, 'Access is on');
  });

  test('under a message that was deleted is answered in a new one', async () => {
    await using s = await scene();
    const chat = { id: s.user, type: 'private' };
    const message = { message_id: 999_999, date: 1, chat };
    const from = { id: s.user, is_bot: false, first_name: 'Ann' };
    const data = `1:status::${s.user.toString(36)}`;
    s.rig.control.disturb({ kind: 'raw', fields: { callback_query: { id: '1', from, message, data } } });
    await s.rig.says(s.user, 'The server answers', s.list);
  });
});
