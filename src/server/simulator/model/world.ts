import type { Random } from '../../core/ports/clock.ts';
import { type BotProfile, createBotProfile } from './bot-profile.ts';
import { type CallbackQueries, createCallbackQueries } from './callback-queries.ts';
import { type Chats, createChats } from './chats.ts';
import { createFileStore, type FileStore } from './file-store.ts';
import type { Message, TelegramUser } from './telegram-types.ts';
import { createUpdateQueue, type UpdateQueue } from './update-queue.ts';

/** Something a person looking at a chat would notice. */
export type WorldEvent =
  | { readonly kind: 'message' | 'edited'; readonly chatId: number; readonly message: Message }
  | { readonly kind: 'deleted'; readonly chatId: number; readonly messageId: number }
  | { readonly kind: 'answer'; readonly chatId: number; readonly callbackQueryId: string }
  | { readonly kind: 'action'; readonly chatId: number; readonly action: string }
  | { readonly kind: 'profile'; readonly chatId: number | null };

/** All of Telegram there is: one bot, its users and chats, its queue, its files. Pure but for the listeners. */
export interface World {
  readonly bot: TelegramUser;
  readonly chats: Chats;
  readonly updates: UpdateQueue;
  readonly files: FileStore;
  readonly callbacks: CallbackQueries;
  readonly profile: BotProfile;
  emit(event: WorldEvent): void;
  /** Returns the way to stop listening. A listener must not throw. */
  listen(listener: (event: WorldEvent) => void): () => void;
}

export interface WorldOptions {
  /** The number before the colon of a bot token. */
  readonly botId: number;
  readonly botName: string;
  readonly botUsername: string;
  readonly random: Random;
}

export function createWorld(options: WorldOptions): World {
  const bot = { id: options.botId, is_bot: true, first_name: options.botName, username: options.botUsername };
  const listeners = new Set<(event: WorldEvent) => void>();
  return {
    bot,
    chats: createChats(bot),
    // A real bot's ids start anywhere; starting high catches code that takes them for small.
    updates: createUpdateQueue(options.random.integer(500_000_000) + 100_000_000),
    files: createFileStore(options.random),
    callbacks: createCallbackQueries(),
    profile: createBotProfile(),
    emit: (event) => {
      for (const listener of listeners) listener(event);
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
