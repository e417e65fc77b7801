import { badRequest, forbidden } from './api-error.ts';
import { detectEntities } from './formatted-text.ts';
import type {
  Chat,
  InlineKeyboard,
  Message,
  ReplyKeyboard,
  ReplyMarkup,
  TelegramUser,
} from './telegram-types.ts';

/** Older messages of a chat are forgotten: a load run must not grow without end. */
const KEEP_MESSAGES = 500;

export interface NewUser {
  readonly id?: number;
  readonly firstName: string;
  readonly languageCode?: string;
  readonly username?: string;
}

/** A private chat of one user with the bot, as both sides see it. */
export interface ChatState {
  readonly user: TelegramUser;
  readonly chat: Chat;
  /** The bot may write only to users who wrote first. */
  readonly hasStarted: boolean;
  readonly isBlocked: boolean;
  readonly isDeactivated: boolean;
  readonly messages: ReadonlyMap<number, Message>;
  readonly replyKeyboard: ReplyKeyboard | null;
  /** Unix milliseconds of the last message either way. */
  readonly touchedAtMs: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type State = Omit<Mutable<ChatState>, 'messages'> & { readonly messages: Map<number, Message> };

export type MessageContent = Partial<
  Pick<
    Message,
    | 'text'
    | 'entities'
    | 'caption'
    | 'caption_entities'
    | 'document'
    | 'photo'
    | 'media_group_id'
    | 'reply_to_message'
  >
>;

export interface Chats {
  addUser(user: NewUser): ChatState;
  /** Throws a plain Error when there is no such user: a mistake of the test, not of the bot. */
  ofUser(userId: number): ChatState;
  find(chatId: number): ChatState | undefined;
  /** For a bot's call: Telegram's refusals for an unknown, blocked or gone chat. */
  writable(chatId: number): ChatState;
  known(chatId: number): ChatState;
  list(): readonly ChatState[];
  /** A message typed by the user. The first one opens the chat for the bot; any one unblocks it. */
  fromUser(userId: number, text: string, nowMs: number): Message;
  fromBot(chatId: number, content: MessageContent, markup: ReplyMarkup | undefined, nowMs: number): Message;
  replace(message: Message): void;
  remove(chatId: number, messageId: number): void;
  setBlocked(userId: number, isBlocked: boolean): void;
  deactivate(userId: number): void;
}

/** Users, their chats and messages. Pure: no clock, no I/O; ids count up. */
export function createChats(bot: TelegramUser): Chats {
  const states = new Map<number, State>();
  let nextUserId = 100_001;
  let nextMessageId = 1;

  const ofUser = (userId: number): State => {
    const state = states.get(userId);
    if (!state) throw new Error(`simulator: no user ${userId}`);
    return state;
  };

  const known = (chatId: number): State => {
    const state = states.get(chatId);
    if (!state?.hasStarted) throw badRequest('chat not found');
    return state;
  };

  const store = (state: State, message: Message, nowMs: number): Message => {
    state.messages.set(message.message_id, message);
    state.touchedAtMs = nowMs;
    if (state.messages.size > KEEP_MESSAGES) {
      const oldest = state.messages.keys().next();
      if (!oldest.done) state.messages.delete(oldest.value);
    }
    return message;
  };

  const frame = (state: State, from: TelegramUser, nowMs: number) => ({
    message_id: nextMessageId++,
    from,
    chat: state.chat,
    date: Math.floor(nowMs / 1000),
  });

  return {
    addUser(input) {
      const id = input.id ?? nextUserId;
      if (states.has(id)) throw new Error(`simulator: user ${id} exists already`);
      nextUserId = Math.max(nextUserId, id) + 1;
      const state = newState(id, input);
      states.set(id, state);
      return state;
    },
    ofUser,
    find: (chatId) => states.get(chatId),
    known,
    writable(chatId) {
      const state = known(chatId);
      if (state.isDeactivated) throw forbidden('user is deactivated');
      if (state.isBlocked) throw forbidden('bot was blocked by the user');
      return state;
    },
    list: () => [...states.values()],
    fromUser(userId, text, nowMs) {
      const state = ofUser(userId);
      state.hasStarted = true;
      state.isBlocked = false;
      const entities = detectEntities(text);
      const message = { ...frame(state, state.user, nowMs), text, ...(entities.length > 0 && { entities }) };
      return store(state, message, nowMs);
    },
    fromBot(chatId, content, markup, nowMs) {
      const state = known(chatId);
      if (markup?.kind === 'reply') state.replyKeyboard = markup.keyboard;
      if (markup?.kind === 'remove') state.replyKeyboard = null;
      const keyboard = inlineOf(markup);
      const message = {
        ...frame(state, bot, nowMs),
        ...content,
        ...(keyboard && { reply_markup: keyboard }),
      };
      return store(state, message, nowMs);
    },
    replace: (message) => void known(message.chat.id).messages.set(message.message_id, message),
    remove: (chatId, messageId) => void known(chatId).messages.delete(messageId),
    setBlocked: (userId, isBlocked) => {
      ofUser(userId).isBlocked = isBlocked;
    },
    deactivate: (userId) => {
      ofUser(userId).isDeactivated = true;
    },
  };
}

/** The keyboard that stays part of a message; an empty one is none. */
export function inlineOf(markup: ReplyMarkup | undefined): InlineKeyboard | undefined {
  return markup?.kind === 'inline' && markup.keyboard.inline_keyboard.length > 0
    ? markup.keyboard
    : undefined;
}

function newState(id: number, input: NewUser): State {
  const name = { first_name: input.firstName, ...(input.username && { username: input.username }) };
  return {
    user: { id, is_bot: false, ...name, ...(input.languageCode && { language_code: input.languageCode }) },
    chat: { id, ...name, type: 'private' },
    hasStarted: false,
    isBlocked: false,
    isDeactivated: false,
    messages: new Map(),
    replyKeyboard: null,
    touchedAtMs: 0,
  };
}
