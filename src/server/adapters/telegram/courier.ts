import { type Api, InputFile } from 'grammy';
import { type ButtonAction, writeButton } from '../../core/bot-buttons.ts';
import { chatRefusal } from '../../core/chat-failure.ts';
import { AppError, isPassing } from '../../core/errors.ts';
import type { AccountId } from '../../core/ids.ts';
import type { Courier, DeliveryOutcome, Parcel } from '../../core/ports/courier.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Words } from '../../core/ports/words.ts';
import { createVoice, type Voice } from '../../core/voice.ts';

export interface CourierDeps {
  readonly api: Api;
  readonly words: Words;
  readonly log: Log;
}

/** Delivers configs into chats. The document is what counts: after it and the QR nothing undoes a delivery. */
export function createCourier(deps: CourierDeps): Courier {
  return {
    async deliver(parcel, onDocument) {
      const voice = createVoice(deps.words, parcel.language);
      try {
        if (parcel.deadDocumentId !== null) await discard(deps, parcel, parcel.deadDocumentId);
        await onDocument(await sendDocument(deps.api, voice, parcel));
        await sendQr(deps, voice, parcel);
      } catch (error) {
        return outcomeOf(error);
      }
      await sayReady(deps, voice, parcel);
      return { kind: 'delivered' };
    },

    async apologise({ chatId, language, livingMessageId }) {
      const html = createVoice(deps.words, language).html('apology');
      await replaceOrSend(deps.api, chatId, livingMessageId, html, []).catch((error: unknown) => {
        deps.log.warn({ err: error, account: chatId }, 'an apology did not arrive');
      });
    },

    async tellEnding({ chatId, accountId, language, ending }) {
      const voice = createVoice(deps.words, language);
      const look = {
        parse_mode: 'HTML',
        reply_markup: { inline_keyboard: homeButton(voice, accountId) },
      } as const;
      try {
        await deps.api.sendMessage(chatId, voice.html(`told-${ending}`), look);
        return { kind: 'delivered' };
      } catch (error) {
        return outcomeOf(error);
      }
    },
  };
}

/** Expected ends become outcomes; everything else is thrown on. */
function outcomeOf(error: unknown): DeliveryOutcome {
  const refusal = chatRefusal(error);
  if (refusal === 'blocked') return { kind: 'blocked' };
  if (refusal === 'slow-down' && error instanceof AppError && error.retryAfterMs !== undefined) {
    return { kind: 'later', retryAfterMs: error.retryAfterMs };
  }
  throw error;
}

/** A message older than 48 hours cannot be deleted; its key is dead anyway. */
async function discard({ api, log }: CourierDeps, { chatId }: Parcel, messageId: number): Promise<void> {
  try {
    await api.deleteMessage(chatId, messageId);
  } catch (error) {
    if (isPassing(error) || chatRefusal(error) === 'blocked') throw error;
    log.info({ err: error, account: chatId }, 'a dead config could not be deleted');
  }
}

async function sendDocument(api: Api, voice: Voice, parcel: Parcel): Promise<number> {
  const file = new InputFile(new TextEncoder().encode(parcel.configText), parcel.fileName);
  const caption = voice.html('config-caption', { device: parcel.deviceName, until: parcel.until });
  const sent = await api.sendDocument(parcel.chatId, file, {
    caption,
    parse_mode: 'HTML',
    disable_content_type_detection: true,
  });
  return sent.message_id;
}

/** A picture Telegram will not take is no reason to make a new key: the document has it all. */
async function sendQr({ api, log }: CourierDeps, voice: Voice, parcel: Parcel): Promise<void> {
  const picture = await parcel.qrPng();
  try {
    await api.sendPhoto(parcel.chatId, new InputFile(picture, 'qr.png'), {
      caption: voice.html('qr-caption'),
      parse_mode: 'HTML',
    });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'invalid') throw error;
    log.error({ err: error, account: parcel.accountId }, 'Telegram did not take a QR');
  }
}

async function sayReady({ api, log }: CourierDeps, voice: Voice, parcel: Parcel): Promise<void> {
  try {
    const html = voice.html('ready', { device: parcel.deviceName, until: parcel.until });
    const living = await parcel.livingMessageId();
    await replaceOrSend(api, parcel.chatId, living, html, readyButtons(voice, parcel));
  } catch (error) {
    log.warn({ err: error, account: parcel.accountId }, 'a delivery ended without its last message');
  }
}

type Keyboard = { text: string; callback_data: string }[][];

function readyButtons(voice: Voice, { accountId }: Parcel): Keyboard {
  const button = (key: string, action: ButtonAction) => ({
    text: voice.plain(key),
    callback_data: writeButton(action, accountId),
  });
  return [
    [button('button-help', { kind: 'help' })],
    [button('button-status', { kind: 'status' }), button('button-devices', { kind: 'devices' })],
  ];
}

const homeButton = (voice: Voice, owner: AccountId): Keyboard => [
  [{ text: voice.plain('button-home'), callback_data: writeButton({ kind: 'home' }, owner) }],
];

async function replaceOrSend(
  api: Api,
  chat: number,
  messageId: number | null,
  html: string,
  keyboard: Keyboard,
): Promise<void> {
  const look = { parse_mode: 'HTML', reply_markup: { inline_keyboard: keyboard } } as const;
  if (messageId !== null) {
    try {
      await api.editMessageText(chat, messageId, html, look);
      return;
    } catch (error) {
      if (chatRefusal(error) !== 'message-gone') throw error;
    }
  }
  await api.sendMessage(chat, html, look);
}
