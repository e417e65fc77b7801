import type { Api } from 'grammy';
import { type ButtonAction, writeButton } from '../../core/bot-buttons.ts';
import { chatRefusal } from '../../core/chat-failure.ts';
import type { AccountId } from '../../core/ids.ts';
import type { Letter } from '../../core/ports/courier.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Voice } from '../../core/voice.ts';

/** Ends a delivery: the living message becomes "ready". What was delivered stays delivered, whatever comes of this. */
export async function sayReady(
  { api, log }: { readonly api: Api; readonly log: Log },
  letter: Letter,
  voice: Voice,
  key: 'ready' | 'link-ready',
): Promise<void> {
  try {
    const html = voice.html(key, { device: letter.deviceName, until: letter.until });
    const living = await letter.livingMessageId();
    await replaceOrSend(api, letter.chatId, living, html, readyButtons(voice, letter, key));
  } catch (error) {
    log.warn({ err: error, account: letter.accountId }, 'a delivery ended without its last message');
  }
}

type Keyboard = { text: string; callback_data: string }[][];

function readyButtons(voice: Voice, { accountId }: Letter, key: 'ready' | 'link-ready'): Keyboard {
  const button = (key: string, action: ButtonAction) => ({
    text: voice.plain(key),
    callback_data: writeButton(action, accountId),
  });
  return [
    [button('button-help', { kind: key === 'ready' ? 'help' : 'help-vless' })],
    [button('button-status', { kind: 'status' }), button('button-devices', { kind: 'devices' })],
  ];
}

export const homeButton = (voice: Voice, owner: AccountId): Keyboard => [
  [{ text: voice.plain('button-home'), callback_data: writeButton({ kind: 'home' }, owner) }],
];

/** Edits the message, or sends a new one where there is none any more. */
export async function replaceOrSend(
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
