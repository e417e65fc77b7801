import { type Api, InputFile } from 'grammy';
import type { InlineKeyboardButton, InlineKeyboardMarkup } from 'grammy/types';
import type { Button } from '../../core/bot-buttons.ts';
import { chatRefusal } from '../../core/chat-failure.ts';
import { AppError } from '../../core/errors.ts';
import type { Asking } from './incoming.ts';
import type { Screen } from './page.ts';

/** Puts replies into the chat. Throws what the Api throws. */
export interface Presenter {
  /** Edits the message the pressed button is under, or sends a new one. Answers the message's id. */
  show(incoming: Asking, screen: Screen, placeholder?: string): Promise<number>;
  /** Sends a picture with the screen beneath it; where that does not go, the screen alone. */
  showPicture(incoming: Asking, screen: Screen, png: Uint8Array<ArrayBuffer>): Promise<number>;
  /** Ends the waiting of a pressed button; exactly once for each press. Nothing for other updates. */
  acknowledge(incoming: Asking, toast?: string, alert?: boolean): Promise<void>;
}

export function createPresenter(api: Api): Presenter {
  return {
    async show(incoming, screen, placeholder) {
      const chat = incoming.profile.chatId;
      const living = incoming.kind === 'button' && placeholder === undefined ? incoming.messageId : null;
      if (living !== null) {
        const edited = await edit(api, chat, living, screen);
        if (edited) return living;
      }
      const sent = await api.sendMessage(chat, screen.html, {
        ...LOOK,
        reply_markup: placeholder === undefined ? keyboard(screen) : question(placeholder),
      });
      return sent.message_id;
    },

    async showPicture(incoming, screen, png) {
      const chat = incoming.profile.chatId;
      const look = { caption: screen.html, parse_mode: 'HTML', reply_markup: keyboard(screen) } as const;
      try {
        return (await api.sendPhoto(chat, new InputFile(png, 'qr.png'), look)).message_id;
      } catch (error) {
        // A caption is shorter than a message may be; the link is what counts.
        if (!(error instanceof AppError) || error.code !== 'invalid') throw error;
      }
      return (await api.sendMessage(chat, screen.html, { ...LOOK, reply_markup: keyboard(screen) }))
        .message_id;
    },

    async acknowledge(incoming, toast, alert = false) {
      if (incoming.kind !== 'button') return;
      await api.answerCallbackQuery(incoming.queryId, { text: toast, show_alert: alert });
    },
  };
}

/** False when the message is no longer there. */
async function edit(api: Api, chat: number, messageId: number, screen: Screen): Promise<boolean> {
  try {
    await api.editMessageText(chat, messageId, screen.html, { ...LOOK, reply_markup: keyboard(screen) });
    return true;
  } catch (error) {
    if (chatRefusal(error) === 'message-gone') return false;
    throw error;
  }
}

const LOOK = { parse_mode: 'HTML', link_preview_options: { is_disabled: true } } as const;

function inlineButton(button: Button): InlineKeyboardButton {
  const { text } = button;
  return 'data' in button ? { text, callback_data: button.data } : { text, copy_text: { text: button.copy } };
}

function keyboard({ buttons }: Screen): InlineKeyboardMarkup {
  return {
    inline_keyboard: buttons.map((row) => row.map(inlineButton)),
  };
}

/** At most 64 characters (https://core.telegram.org/bots/api#forcereply). */
function question(placeholder: string): { force_reply: true; input_field_placeholder: string } {
  return { force_reply: true, input_field_placeholder: placeholder.slice(0, 64) };
}
