import { badRequest } from './api-error.ts';
import type { InlineButton, InlineKeyboard, ReplyKeyboard, ReplyMarkup } from './telegram-types.ts';

type Fields = Readonly<Record<string, unknown>>;

const ACTIONS = [
  'url',
  'callback_data',
  'copy_text',
  'web_app',
  'switch_inline_query',
  'switch_inline_query_current_chat',
] as const;
/** Telegram shows at most this many; more is REPLY_MARKUP_TOO_LONG. Observed, not documented. */
const MAX_BUTTONS = 100;
const MAX_BUTTONS_IN_ROW = 8;

/** Reads `reply_markup` as the server does, or throws its refusal. `undefined` when there is none. */
export function parseReplyMarkup(value: unknown): ReplyMarkup | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (!isFields(value)) throw badRequest('object expected as reply markup');
  if ('inline_keyboard' in value) return inlineMarkup(value);
  if ('keyboard' in value) return replyKeyboard(value);
  if (flag(value, 'remove_keyboard')) return { kind: 'remove' };
  if (flag(value, 'force_reply')) return { kind: 'force_reply' };
  return undefined;
}

function inlineMarkup(value: Fields): ReplyMarkup | undefined {
  const rows = rowsOf(value, 'inline_keyboard').map((row) => row.map(inlineButton));
  const filled = rows.filter((row) => row.length > 0);
  const count = filled.reduce((sum, row) => sum + row.length, 0);
  if (count > MAX_BUTTONS) throw badRequest('reply markup is too long');
  const keyboard: InlineKeyboard = { inline_keyboard: filled };
  return { kind: 'inline', keyboard };
}

function replyKeyboard(value: Fields): ReplyMarkup {
  const rows = rowsOf(value, 'keyboard').map((row) => row.map(replyButton));
  for (const name of ['resize_keyboard', 'one_time_keyboard', 'is_persistent', 'selective'])
    flag(value, name);
  const keyboard: ReplyKeyboard = { ...value, keyboard: rows };
  return { kind: 'reply', keyboard };
}

function rowsOf(value: Fields, field: string): readonly (readonly unknown[])[] {
  const rows = value[field];
  if (!Array.isArray(rows)) throw badRequest(`field "${field}" must be of type Array`);
  for (const row of rows) {
    if (!Array.isArray(row)) throw badRequest(`field "${field}" must be an Array of Arrays`);
    if (row.length > MAX_BUTTONS_IN_ROW) throw badRequest('reply markup is too long');
  }
  return rows;
}

function replyButton(value: unknown): { readonly text: string } {
  if (typeof value === 'string') return { text: value };
  if (!isFields(value)) throw badRequest("can't parse keyboard button: KeyboardButton must be an Object");
  return { text: textField(value, 'keyboard button') };
}

function inlineButton(value: unknown): InlineButton {
  if (!isFields(value))
    throw badRequest("can't parse inline keyboard button: InlineKeyboardButton must be an Object");
  const text = textField(value, 'inline keyboard button');
  if ('pay' in value || 'callback_game' in value) throw badRequest('BUTTON_TYPE_INVALID');
  const action = ACTIONS.find((name) => value[name] !== undefined && value[name] !== '');
  if (!action) {
    throw badRequest("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard");
  }
  if (text === '') throw badRequest('BUTTON_TEXT_INVALID');
  checkAction(action, value[action]);
  return { text, [action]: value[action] };
}

function checkAction(action: (typeof ACTIONS)[number], value: unknown): void {
  switch (action) {
    case 'callback_data': {
      const bytes = Buffer.byteLength(String(value));
      if (bytes < 1 || bytes > 64) throw badRequest('BUTTON_DATA_INVALID');
      return;
    }
    case 'copy_text': {
      const text = isFields(value) ? String(value.text ?? '') : '';
      if (text.length < 1 || text.length > 256) throw badRequest('BUTTON_COPY_TEXT_INVALID');
      return;
    }
    case 'url':
      checkUrl(String(value));
      return;
    case 'web_app': {
      const url = isFields(value) ? String(value.url ?? '') : '';
      if (URL.parse(url)?.protocol === 'https:') return;
      throw badRequest(
        `inline keyboard button Web App URL '${url}' is invalid: Only HTTPS links are allowed`,
      );
    }
    case 'switch_inline_query':
    case 'switch_inline_query_current_chat':
      return;
  }
}

function checkUrl(url: string): void {
  if (/^tg:\/\//i.test(url)) return;
  const refuse = (why: string) => badRequest(`inline keyboard button URL '${url}' is invalid: ${why}`);
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase();
  if (scheme && !['http', 'https', 'ton', 'tonsite'].includes(scheme))
    throw refuse('Unsupported URL protocol');
  const parsed = URL.parse(scheme ? url : `http://${url}`);
  if (!parsed?.hostname.includes('.')) throw refuse('Wrong HTTP URL');
}

function textField(value: Fields, what: string): string {
  if (!('text' in value)) throw badRequest(`can't parse ${what}: Can't find field "text"`);
  if (typeof value.text !== 'string')
    throw badRequest(`can't parse ${what}: Field "text" must be of type String`);
  return value.text;
}

function flag(value: Fields, name: string): boolean {
  const given = value[name];
  if (given === undefined) return false;
  if (typeof given !== 'boolean') throw badRequest(`field "${name}" must be of type Boolean`);
  return given;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
