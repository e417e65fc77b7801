import type {
  ButtonProps,
  LiveProps,
  MessageProps,
  NoticeProps,
  PersonProps,
} from '../../../views/simulator/props.ts';
import type { Press } from '../model/callback-queries.ts';
import type { ChatState } from '../model/chats.ts';
import type { InlineButton, Message } from '../model/telegram-types.ts';
import type { World } from '../model/world.ts';
import { safeLink, textBlocks } from './text-blocks.ts';

const SHOWN_PEOPLE = 40;
const SHOWN_MESSAGES = 80;
const TOAST_MS = 6_000;
const ACTION_MS = 5_000;
/** A button stops looking busy after this, as in Telegram's apps. */
const WAITING_MS = 15_000;

/** What the page remembers that Telegram does not: alerts put away, what the bot is seen doing. */
export interface PageMemory {
  readonly dismissed: Set<string>;
  readonly actions: Map<number, { readonly action: string; readonly atMs: number }>;
}

export function livePropsOf(
  world: World,
  memory: PageMemory,
  userId: number | null,
  nowMs: number,
): LiveProps {
  const state = userId === null ? undefined : world.chats.find(userId);
  const all = [...world.chats.list()].sort((a, b) => b.touchedAtMs - a.touchedAtMs || a.user.id - b.user.id);
  const shown = all.slice(0, SHOWN_PEOPLE);
  return {
    botName: world.bot.first_name,
    status: statusOf(memory, state, nowMs),
    people: shown.map((s) => personOf(s, s === state)),
    hiddenPeople: all.length - shown.length,
    current: state ? personOf(state, true) : null,
    messages: state ? messagesOf(world, state, nowMs) : [],
    notice: state ? noticeOf(world.callbacks.lastOf(state.user.id), memory, nowMs) : null,
    commands: state ? world.profile.menuFor(state.chat.id, state.user.language_code ?? '') : [],
    replyKeyboard: (state?.replyKeyboard?.keyboard ?? []).map((row) => row.map((key) => key.text)),
  };
}

function statusOf(memory: PageMemory, state: ChatState | undefined, nowMs: number): string {
  if (state?.isBlocked) return 'stopped by this person';
  const seen = state && memory.actions.get(state.chat.id);
  if (!seen || nowMs - seen.atMs > ACTION_MS) return 'bot';
  return seen.action === 'typing' ? 'typing…' : 'sending a file…';
}

function personOf(state: ChatState, isCurrent: boolean): PersonProps {
  const last = [...state.messages.values()].at(-1);
  const name = state.user.first_name;
  return {
    id: state.user.id,
    name,
    initials: initialsOf(name),
    colour: state.user.id % 7,
    language: state.user.language_code ?? '–',
    lastLine: last ? lineOf(last) : 'no messages yet',
    time: last ? clockTime(last.date) : '',
    isCurrent,
    isBlocked: state.isBlocked,
    href: `/chat?user=${state.user.id}`,
  };
}

export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/).slice(0, 2);
  return words.map((word) => [...word][0]?.toUpperCase() ?? '').join('');
}

function lineOf(message: Message): string {
  const line =
    message.text ?? message.caption ?? message.document?.file_name ?? (message.photo ? 'Photo' : '');
  return line.replace(/\s+/g, ' ').slice(0, 80);
}

function messagesOf(world: World, state: ChatState, nowMs: number): readonly MessageProps[] {
  const press = world.callbacks.lastOf(state.user.id);
  const waiting = press && !press.answer && nowMs - press.pressedAtMs < WAITING_MS ? press : null;
  const messages = [...state.messages.values()].slice(-SHOWN_MESSAGES);
  return messages.map((message) => messageOf(world, message, waiting));
}

function messageOf(world: World, message: Message, waiting: Press | null): MessageProps {
  const isOwn = message.from.id !== world.bot.id;
  const at = message.edit_date ?? message.date;
  const quoted = message.reply_to_message;
  return {
    id: message.message_id,
    isOwn,
    author: message.from.first_name,
    time: clockTime(message.date),
    isoTime: new Date(at * 1000).toISOString(),
    isEdited: message.edit_date !== undefined,
    text: textBlocks(
      message.text ?? message.caption ?? '',
      message.entities ?? message.caption_entities ?? [],
    ),
    quoted: quoted ? lineOf(quoted) : null,
    document: documentOf(message),
    photo: photoOf(message),
    rows: rowsOf(message, waiting),
  };
}

function documentOf(message: Message): MessageProps['document'] {
  const { document } = message;
  if (!document) return null;
  const size =
    document.file_size < 1024 ? `${document.file_size} B` : `${(document.file_size / 1024).toFixed(1)} KB`;
  return { name: document.file_name ?? 'file', size, href: `/chat/files/${document.file_id}` };
}

function photoOf(message: Message): MessageProps['photo'] {
  const size = message.photo?.at(-1);
  return size ? { href: `/chat/files/${size.file_id}`, width: size.width, height: size.height } : null;
}

function rowsOf(message: Message, waiting: Press | null): readonly (readonly ButtonProps[])[] {
  const rows = message.reply_markup?.inline_keyboard ?? [];
  return rows.map((buttons, row) =>
    buttons.map((button, column) => ({
      ...buttonKind(button, message, row, column),
      text: button.text,
      row,
      column,
      isWaiting: waiting?.messageId === message.message_id && waiting.data === button.callback_data,
    })),
  );
}

function buttonKind(
  button: InlineButton,
  message: Message,
  row: number,
  column: number,
): Pick<ButtonProps, 'kind' | 'href' | 'copyText'> {
  if (button.callback_data !== undefined) return { kind: 'press', href: null, copyText: null };
  if (button.copy_text) {
    const place = `${message.message_id}.${row}.${column}`;
    const href = `/chat?user=${message.chat.id}&copy=${place}`;
    return { kind: 'copy', href, copyText: button.copy_text.text };
  }
  const href = safeLink(button.url ?? button.web_app?.url ?? '');
  return href ? { kind: 'link', href, copyText: null } : { kind: 'inert', href: null, copyText: null };
}

function noticeOf(press: Press | undefined, memory: PageMemory, nowMs: number): NoticeProps | null {
  const answer = press?.answer;
  if (!press || !answer || answer.text === '' || memory.dismissed.has(press.id)) return null;
  const isOver = !answer.showAlert && nowMs - (press.answeredAtMs ?? 0) > TOAST_MS;
  return isOver ? null : { pressId: press.id, text: answer.text, isAlert: answer.showAlert };
}

function clockTime(unixSeconds: number): string {
  return new Date(unixSeconds * 1000).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}
