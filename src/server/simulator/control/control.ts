import type { Clock, Random } from '../../core/ports/clock.ts';
import type { Press } from '../model/callback-queries.ts';
import type { NewUser } from '../model/chats.ts';
import type { FaultBook, FaultOrder, OrderedFault } from '../model/faults.ts';
import type { StoredFile } from '../model/file-store.ts';
import type { Counters, Journal, JournalEntry, JournalFilter } from '../model/journal.ts';
import type { InlineButton, Message, TelegramUser, Update } from '../model/telegram-types.ts';
import type { World } from '../model/world.ts';
import type { Disturbance, UpdateFeed } from '../update-feed.ts';
import { type BurstReport, type BurstRequest, runBurst } from './burst.ts';
import { buttonsOf, createMessageWatch, type MessagePredicate } from './message-watch.ts';

/** Which button of a message: by its text, by its data, or by its place counted from 0. */
export type ButtonChoice =
  | { readonly text: string }
  | { readonly data: string }
  | { readonly row: number; readonly column: number };

export interface Sent {
  readonly messageId: number;
  /** Null when the bot did not ask for such updates, or one was ordered late. */
  readonly updateId: number | null;
}

/** What a test does in the users' stead, and sees over their shoulder. Mistakes of the test throw. */
export interface Control {
  createUser(user: NewUser): TelegramUser;
  users(): readonly TelegramUser[];
  /** The user types. */
  sendText(userId: number, text: string): Sent;
  /** The user presses a button with callback data; returns the callback query's id. */
  press(userId: number, messageId: number, button: ButtonChoice): string;
  /** The bot's answer to a press; null when it has not answered. */
  pressOf(callbackQueryId: string): Press | null;
  /** The bot's answer to a press, waited for. */
  awaitAnswer(callbackQueryId: string, withinMs: number): Promise<Press>;
  setBlocked(userId: number, isBlocked: boolean): void;
  /** The account is gone for good. */
  deactivate(userId: number): void;
  /** Oldest first. */
  messages(chatId: number): readonly Message[];
  file(fileId: string): StoredFile | null;
  awaitMessage(chatId: number, predicate: MessagePredicate, withinMs: number): Promise<Message>;
  orderFault(fault: FaultOrder): number;
  clearFaults(id?: number): void;
  faults(): readonly OrderedFault[];
  disturb(disturbance: Disturbance): void;
  /** Updates the bot has not confirmed yet. */
  pendingUpdates(): readonly Update[];
  counters(): Counters;
  journal(filter?: JournalFilter): readonly JournalEntry[];
  clearJournal(): void;
  burst(request: BurstRequest): Promise<BurstReport>;
}

export interface ControlDeps {
  readonly world: World;
  readonly feed: UpdateFeed;
  readonly faults: FaultBook;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly random: Random;
}

export function createControl(deps: ControlDeps): Control {
  const { world, feed, clock } = deps;
  const nowMs = () => clock.now().getTime();
  const watch = createMessageWatch(world, clock);

  const createUser = (user: NewUser): TelegramUser => {
    const state = world.chats.addUser(user);
    world.emit({ kind: 'profile', chatId: null });
    return state.user;
  };

  const sendText = (userId: number, text: string): Sent => {
    const message = world.chats.fromUser(userId, text, nowMs());
    world.emit({ kind: 'message', chatId: userId, message });
    return { messageId: message.message_id, updateId: feed.push('message', message, userId) };
  };

  return {
    createUser,
    users: () => world.chats.list().map((state) => state.user),
    sendText,
    press: (userId, messageId, button) => pressButton(deps, userId, messageId, button),
    pressOf: (id) => world.callbacks.find(id) ?? null,
    awaitAnswer: (id, withinMs) => awaitAnswer(deps, id, withinMs),
    setBlocked: (userId, isBlocked) => setBlocked(deps, userId, isBlocked),
    deactivate(userId) {
      world.chats.deactivate(userId);
      world.emit({ kind: 'profile', chatId: userId });
    },
    messages: (chatId) => [...(world.chats.find(chatId)?.messages.values() ?? [])],
    file: (fileId) => world.files.find(fileId) ?? null,
    awaitMessage: watch.awaitMessage,
    orderFault: deps.faults.order,
    clearFaults: deps.faults.clear,
    faults: deps.faults.list,
    disturb: feed.disturb,
    pendingUpdates: () => world.updates.pending().map((queued) => queued.update),
    counters: deps.journal.counters,
    journal: deps.journal.entries,
    clearJournal: deps.journal.clear,
    burst: (request) =>
      runBurst(
        {
          world,
          clock,
          addUser: (firstName, languageCode, id) => createUser({ firstName, languageCode, id }).id,
          sendText,
        },
        request,
      ),
  };
}

function pressButton(deps: ControlDeps, userId: number, messageId: number, choice: ButtonChoice): string {
  const { world } = deps;
  const state = world.chats.ofUser(userId);
  const message = state.messages.get(messageId);
  if (!message) throw new Error(`simulator: chat ${userId} has no message ${messageId}`);
  const data = choose(message, choice)?.callback_data;
  if (data === undefined) {
    const present = buttonsOf(message).map((button) => button.text);
    throw new Error(`simulator: no such button to press; there are: ${present.join(', ') || 'none'}`);
  }
  const pressedAtMs = deps.clock.now().getTime();
  const id = `${pressedAtMs}${String(deps.random.integer(1_000_000)).padStart(6, '0')}`;
  world.callbacks.open({ id, userId, messageId, data, pressedAtMs });
  const query = { id, from: state.user, message, chat_instance: String(userId), data };
  deps.feed.push('callback_query', query, userId);
  world.emit({ kind: 'profile', chatId: userId });
  return id;
}

function choose(message: Message, choice: ButtonChoice): InlineButton | undefined {
  if ('row' in choice) return message.reply_markup?.inline_keyboard[choice.row]?.[choice.column];
  const buttons = buttonsOf(message);
  if ('text' in choice) return buttons.find((button) => button.text === choice.text);
  return buttons.find((button) => button.callback_data === choice.data);
}

/** Blocking and unblocking reach the bot as `my_chat_member`, as with Telegram. */
function setBlocked(deps: ControlDeps, userId: number, isBlocked: boolean): void {
  const { world } = deps;
  const state = world.chats.ofUser(userId);
  if (state.isBlocked === isBlocked) return;
  world.chats.setBlocked(userId, isBlocked);
  const member = (status: string) => ({
    user: world.bot,
    status,
    ...(status === 'kicked' && { until_date: 0 }),
  });
  const change = {
    chat: state.chat,
    from: state.user,
    date: Math.floor(deps.clock.now().getTime() / 1000),
    old_chat_member: member(isBlocked ? 'member' : 'kicked'),
    new_chat_member: member(isBlocked ? 'kicked' : 'member'),
  };
  if (state.hasStarted) deps.feed.push('my_chat_member', change, userId);
  world.emit({ kind: 'profile', chatId: userId });
}

async function awaitAnswer(deps: ControlDeps, id: string, withinMs: number): Promise<Press> {
  const present = deps.world.callbacks.find(id);
  if (present?.answer) return present;
  const found = Promise.withResolvers<Press>();
  const timer = new AbortController();
  const unlisten = deps.world.listen((event) => {
    if (event.kind !== 'answer' || event.callbackQueryId !== id) return;
    const press = deps.world.callbacks.find(id);
    if (press) found.resolve(press);
  });
  const late = () =>
    found.reject(new Error(`simulator: the press ${id} was not answered within ${withinMs} ms`));
  deps.clock.sleep(withinMs, timer.signal).then(late, () => undefined);
  try {
    return await found.promise;
  } finally {
    timer.abort();
    unlisten();
  }
}
