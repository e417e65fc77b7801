import { type Api, InputFile } from 'grammy';
import { copiedBy } from '../../core/bot-buttons.ts';
import { chatRefusal } from '../../core/chat-failure.ts';
import { AppError, isPassing } from '../../core/errors.ts';
import type { Courier, DeliveryOutcome, Letter, LinkParcel, Parcel } from '../../core/ports/courier.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Words } from '../../core/ports/words.ts';
import { createVoice, type Voice } from '../../core/voice.ts';
import { homeButton, replaceOrSend, sayReady } from './last-words.ts';

export interface CourierDeps {
  readonly api: Api;
  readonly words: Words;
  readonly log: Log;
}

/** Delivers configs and links into chats. These are what counts: after one and its QR nothing undoes a delivery. */
export function createCourier(deps: CourierDeps): Courier {
  return {
    async deliver(parcel, onDocument) {
      const voice = createVoice(deps.words, parcel.language);
      try {
        if (parcel.deadDocumentId !== null) await discard(deps, parcel, parcel.deadDocumentId);
        await onDocument(await sendDocument(deps.api, voice, parcel));
        await sendQr(deps, parcel, voice.html('qr-caption'));
      } catch (error) {
        return outcomeOf(error);
      }
      await sayReady(deps, parcel, voice, 'ready');
      return { kind: 'delivered' };
    },

    async deliverLink(parcel, onLink) {
      const voice = createVoice(deps.words, parcel.language);
      try {
        if (parcel.sentMessageId === null) await onLink(await sendLink(deps.api, voice, parcel));
        await sendQr(deps, parcel, voice.html('link-qr-caption'));
      } catch (error) {
        return outcomeOf(error);
      }
      await sayReady(deps, parcel, voice, 'link-ready');
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

/** In `<code>` a tap copies it; a button does where it is short enough. */
async function sendLink(api: Api, voice: Voice, parcel: LinkParcel): Promise<number> {
  const { chatId, deviceName: device, until, link } = parcel;
  const text = copiedBy(link);
  const keyboard = text === null ? [] : [[{ text: voice.plain('button-copy-link'), copy_text: { text } }]];
  const sent = await api.sendMessage(chatId, voice.html('link-message', { device, until, link }), {
    parse_mode: 'HTML',
    link_preview_options: { is_disabled: true },
    ...(text === null ? {} : { reply_markup: { inline_keyboard: keyboard } }),
  });
  return sent.message_id;
}

/** A picture Telegram will not take is no reason to fail: the message before it has it all. */
async function sendQr({ api, log }: CourierDeps, letter: Letter, caption: string): Promise<void> {
  const picture = await letter.qrPng();
  try {
    await api.sendPhoto(letter.chatId, new InputFile(picture, 'qr.png'), { caption, parse_mode: 'HTML' });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'invalid') throw error;
    log.error({ err: error, account: letter.accountId }, 'Telegram did not take a QR');
  }
}
