/** The parts of the Bot API's objects that the simulator speaks; names are Telegram's. See core.telegram.org/bots/api. */
export interface TelegramUser {
  readonly id: number;
  readonly is_bot: boolean;
  readonly first_name: string;
  readonly last_name?: string;
  readonly username?: string;
  readonly language_code?: string;
}

export interface Chat {
  readonly id: number;
  readonly type: 'private' | 'group';
  readonly title?: string;
  readonly first_name?: string;
  readonly last_name?: string;
  readonly username?: string;
}

export interface MessageEntity {
  readonly type: string;
  /** In UTF-16 code units, as `length`. */
  readonly offset: number;
  readonly length: number;
  readonly url?: string;
  readonly language?: string;
  readonly custom_emoji_id?: string;
}

export interface FormattedText {
  readonly text: string;
  readonly entities: readonly MessageEntity[];
}

export interface InlineButton {
  readonly text: string;
  readonly url?: string;
  readonly callback_data?: string;
  readonly copy_text?: { readonly text: string };
  readonly web_app?: { readonly url: string };
  readonly switch_inline_query?: string;
  readonly switch_inline_query_current_chat?: string;
}

export interface InlineKeyboard {
  readonly inline_keyboard: readonly (readonly InlineButton[])[];
}

export interface ReplyKeyboard {
  readonly keyboard: readonly (readonly { readonly text: string }[])[];
  readonly [option: string]: unknown;
}

/** What a bot may send along with a message; only inline keyboards stay part of the message. */
export type ReplyMarkup =
  | { readonly kind: 'inline'; readonly keyboard: InlineKeyboard }
  | { readonly kind: 'reply'; readonly keyboard: ReplyKeyboard }
  | { readonly kind: 'remove' }
  | { readonly kind: 'force_reply' };

export interface DocumentInfo {
  readonly file_name?: string;
  readonly mime_type: string;
  readonly file_id: string;
  readonly file_unique_id: string;
  readonly file_size: number;
}

export interface PhotoSize {
  readonly file_id: string;
  readonly file_unique_id: string;
  readonly width: number;
  readonly height: number;
  readonly file_size: number;
}

export interface Message {
  readonly message_id: number;
  readonly from: TelegramUser;
  readonly chat: Chat;
  /** Unix seconds. */
  readonly date: number;
  readonly edit_date?: number;
  readonly text?: string;
  readonly entities?: readonly MessageEntity[];
  readonly caption?: string;
  readonly caption_entities?: readonly MessageEntity[];
  readonly document?: DocumentInfo;
  readonly photo?: readonly PhotoSize[];
  readonly media_group_id?: string;
  readonly reply_to_message?: Message;
  readonly reply_markup?: InlineKeyboard;
}

/** One update as it is delivered; everything besides `update_id` is one field named after its kind. */
export interface Update {
  readonly update_id: number;
  readonly [kind: string]: unknown;
}

export interface BotCommand {
  readonly command: string;
  readonly description: string;
}
