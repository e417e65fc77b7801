import type { Clock } from '../../core/ports/clock.ts';
import type { InlineButton, Message } from '../model/telegram-types.ts';
import type { World } from '../model/world.ts';

/** What a test waits for, as data: the same in process and over HTTP. All given fields must hold. */
export interface MessageMatcher {
  readonly from?: 'bot' | 'user';
  readonly has?: 'text' | 'document' | 'photo' | 'buttons';
  /** A part of the text or caption. */
  readonly contains?: string;
  /** A regular expression over the text or caption. */
  readonly matches?: string;
  /** Text of a button under it. */
  readonly button?: string;
  /** Messages with a greater id only. */
  readonly afterMessageId?: number;
}

export type MessagePredicate = MessageMatcher | ((message: Message) => boolean);

export interface MessageWatch {
  /**
   * The first message of the chat, already there or still to come, new or edited, that fits; the promise rejects
   * when none came within `withinMs`. Event-driven: nothing is polled.
   */
  awaitMessage(chatId: number, predicate: MessagePredicate, withinMs: number): Promise<Message>;
}

export function createMessageWatch(world: World, clock: Clock): MessageWatch {
  return {
    async awaitMessage(chatId, predicate, withinMs) {
      const fits = toFunction(predicate, world.bot.id);
      const present = [...(world.chats.find(chatId)?.messages.values() ?? [])].find(fits);
      if (present) return present;
      const found = Promise.withResolvers<Message>();
      const timer = new AbortController();
      const unlisten = world.listen((event) => {
        const isNews = event.kind === 'message' || event.kind === 'edited';
        if (isNews && event.chatId === chatId && fits(event.message)) found.resolve(event.message);
      });
      const late = () => found.reject(new Error(describeMiss(world, chatId, predicate, withinMs)));
      clock.sleep(withinMs, timer.signal).then(late, () => undefined);
      try {
        return await found.promise;
      } finally {
        timer.abort();
        unlisten();
      }
    },
  };
}

function toFunction(predicate: MessagePredicate, botId: number): (message: Message) => boolean {
  if (typeof predicate === 'function') return predicate;
  const pattern = predicate.matches === undefined ? null : new RegExp(predicate.matches, 'u');
  return (message) => {
    const body = message.text ?? message.caption ?? '';
    const sender = message.from.id === botId ? 'bot' : 'user';
    return (
      (predicate.from === undefined || predicate.from === sender) &&
      (predicate.has === undefined || has(message, predicate.has)) &&
      (predicate.contains === undefined || body.includes(predicate.contains)) &&
      (pattern === null || pattern.test(body)) &&
      (predicate.button === undefined || buttonsOf(message).some((b) => b.text === predicate.button)) &&
      message.message_id > (predicate.afterMessageId ?? 0)
    );
  };
}

function has(message: Message, what: 'text' | 'document' | 'photo' | 'buttons'): boolean {
  return what === 'buttons' ? message.reply_markup !== undefined : message[what] !== undefined;
}

export function buttonsOf(message: Message): readonly InlineButton[] {
  return message.reply_markup?.inline_keyboard.flat() ?? [];
}

function describeMiss(world: World, chatId: number, predicate: MessagePredicate, withinMs: number): string {
  const wanted = typeof predicate === 'function' ? 'a fitting message' : JSON.stringify(predicate);
  const messages = [...(world.chats.find(chatId)?.messages.values() ?? [])].slice(-5);
  const seen = messages.map(
    (m) => `#${m.message_id} ${m.from.first_name}: ${m.text ?? m.caption ?? '[file]'}`,
  );
  return `simulator: ${wanted} did not come to chat ${chatId} within ${withinMs} ms; last messages: ${seen.join(' | ') || 'none'}`;
}
