import { describe, expect, test } from 'bun:test';
import { createQrMaker } from '../../../../src/server/adapters/qr/qr-png.ts';
import { accountId, chatId } from '../../../../src/server/core/ids.ts';
import type { Parcel } from '../../../../src/server/core/ports/courier.ts';
import { startBot } from '../../../support/bot-rig.ts';

const CONFIG = '[Interface]\nPrivateKey = abc\n';

function parcelFor(user: number, changes: Partial<Parcel> = {}): Parcel {
  return {
    chatId: chatId(user),
    accountId: accountId(user),
    language: 'en',
    deviceId: '0192f3a4-0000-7000-8000-0123456789ab',
    deviceName: 'Mum & <Dad>',
    fileName: 'Mum_Dad.conf',
    configText: CONFIG,
    qrPng: async () => createQrMaker().png(CONFIG),
    until: new Date('2026-11-24T22:05:00Z'),
    livingMessageId: async () => null,
    deadDocumentId: null,
    ...changes,
  };
}

/** A user with a "preparing" message, and what the chat holds from the bot. */
async function scene() {
  const rig = await startBot();
  const user = rig.newUser();
  const preparing = await rig.ask(user, '/start', 'Preparing');
  const fromBot = () => rig.control.messages(user).filter((each) => each.from.is_bot);
  return { rig, user, preparing, fromBot, [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose]() };
}

describe('a delivery', () => {
  test('is the document, the QR, and the living message turned into "ready"', async () => {
    await using s = await scene();
    const { rig, user, preparing } = s;
    const steps: number[] = [];
    const parcel = parcelFor(user, { livingMessageId: async () => preparing.message_id });
    const outcome = await rig.courier.deliver(parcel, async () => {
      steps.push(s.fromBot().length);
    });
    expect(outcome).toEqual({ kind: 'delivered' });
    const [ready, document, photo, ...more] = s.fromBot();
    expect(more).toEqual([]);
    // Told of the document before anything else went out: "preparing" and the document were there.
    expect(steps).toEqual([2]);
    expect(document?.document?.file_name).toBe('Mum_Dad.conf');
    const file = rig.control.file(document?.document?.file_id ?? '');
    expect(new TextDecoder().decode(file?.bytes)).toBe(CONFIG);
    expect(document?.caption).toContain('Mum & <Dad>');
    expect(document?.caption).toContain('until 24 November at 22:05');
    expect(photo?.photo).toBeDefined();
    expect(ready?.message_id).toBe(preparing.message_id);
    expect(ready?.text).toContain('Mum & <Dad> is ready');
    expect(ready?.reply_markup?.inline_keyboard.flat().map((each) => each.text)).toEqual([
      '📖 How to connect',
      '🩺 Is it working?',
      '📱 My devices',
    ]);
  });

  test('says "ready" anew when there is no living message, or it was deleted', async () => {
    await using s = await scene();
    const noted = async () => undefined;
    await s.rig.courier.deliver(parcelFor(s.user), noted);
    await s.rig.courier.deliver(parcelFor(s.user, { livingMessageId: async () => 999_999 }), noted);
    expect(s.fromBot().filter((each) => each.text?.includes('is ready'))).toHaveLength(2);
  });

  test('takes the dead document away first', async () => {
    await using s = await scene();
    let first = 0;
    await s.rig.courier.deliver(parcelFor(s.user), async (id) => {
      first = id;
    });
    await s.rig.courier.deliver(parcelFor(s.user, { deadDocumentId: first }), async () => undefined);
    expect(s.fromBot().filter((each) => each.document)).toHaveLength(1);
    expect(s.fromBot().some((each) => each.message_id === first)).toBe(false);
  });

  test('the buttons under "ready" work', async () => {
    await using s = await scene();
    const parcel = parcelFor(s.user, { livingMessageId: async () => s.preparing.message_id });
    await s.rig.courier.deliver(parcel, async () => undefined);
    await s.rig.press(s.user, s.preparing.message_id, '🩺 Is it working?');
    await s.rig.says(s.user, 'The server answers');
  });
});

describe('a delivery that cannot be', () => {
  test('F-G6: a user who blocked the bot is an outcome, and nothing was said to have been sent', async () => {
    await using s = await scene();
    s.rig.control.setBlocked(s.user, true);
    let documents = 0;
    const outcome = await s.rig.courier.deliver(parcelFor(s.user), async () => {
      documents += 1;
    });
    expect(outcome).toEqual({ kind: 'blocked' });
    expect(documents).toBe(0);
  });

  test('F-L4: a long 429 comes back as "later", and other chats are served meanwhile', async () => {
    await using s = await scene();
    const other = s.rig.newUser('Bob');
    await s.rig.ask(other, '/start', 'Preparing');
    s.rig.control.orderFault({ kind: 'too_many_requests', chatId: s.user, retryAfterSeconds: 3600 });
    const noted = async () => undefined;
    expect(await s.rig.courier.deliver(parcelFor(s.user), noted)).toEqual({
      kind: 'later',
      retryAfterMs: 3_600_000,
    });
    expect(await s.rig.courier.deliver(parcelFor(other), noted)).toEqual({ kind: 'delivered' });
  });

  test('a server error is thrown on, and sending is not repeated by itself', async () => {
    await using s = await scene();
    s.rig.control.clearJournal();
    s.rig.control.orderFault({ kind: 'server_error', method: 'sendDocument' });
    const delivery = s.rig.courier.deliver(parcelFor(s.user), async () => undefined);
    await expect(delivery).rejects.toMatchObject({ code: 'unavailable' });
    expect(s.rig.control.journal({ method: 'sendDocument' })).toHaveLength(1);
  });

  test('trouble after document and QR does not undo the delivery', async () => {
    await using s = await scene();
    s.rig.control.orderFault({ kind: 'server_error', method: 'editMessageText' });
    const parcel = parcelFor(s.user, { livingMessageId: async () => s.preparing.message_id });
    expect(await s.rig.courier.deliver(parcel, async () => undefined)).toEqual({ kind: 'delivered' });
  });

  test('an apology takes the place of "preparing", and never throws', async () => {
    await using s = await scene();
    const to = { chatId: chatId(s.user), language: 'ru', livingMessageId: s.preparing.message_id } as const;
    await s.rig.courier.apologise(to);
    expect(s.fromBot()[0]?.text).toContain('что-то пошло не так');
    s.rig.control.setBlocked(s.user, true);
    await s.rig.courier.apologise(to);
  });
});
