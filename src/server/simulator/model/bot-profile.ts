import { badRequest } from './api-error.ts';
import type { BotCommand } from './telegram-types.ts';

/** For whom a list of commands is; `chat_id` only with the scopes of one chat. */
export interface CommandScope {
  readonly type: string;
  readonly chatId?: number;
}

export interface BotProfile {
  setCommands(commands: readonly BotCommand[], scope: CommandScope, language: string): void;
  getCommands(scope: CommandScope, language: string): readonly BotCommand[];
  deleteCommands(scope: CommandScope, language: string): void;
  /** What a user's menu shows, by Telegram's order: chat, all private chats, default; each by language, then any. */
  menuFor(chatId: number, language: string): readonly BotCommand[];
  setDescription(kind: 'description' | 'short_description', text: string, language: string): void;
  getDescription(kind: 'description' | 'short_description', language: string): string;
}

/** Telegram's limits: core.telegram.org/bots/api#setmydescription, #setmyshortdescription. */
const MAX_LENGTH = { description: 512, short_description: 120 } as const;
const MAX_COMMANDS = 100;

export function createBotProfile(): BotProfile {
  const commands = new Map<string, readonly BotCommand[]>();
  const texts = new Map<string, string>();
  const key = (scope: CommandScope, language: string) => `${scope.type}:${scope.chatId ?? ''}:${language}`;
  return {
    setCommands(list, scope, language) {
      if (list.length > MAX_COMMANDS) throw badRequest('BOT_COMMANDS_TOO_MUCH');
      commands.set(key(scope, language), list.map(checkCommand));
    },
    getCommands: (scope, language) => commands.get(key(scope, language)) ?? [],
    deleteCommands: (scope, language) => void commands.delete(key(scope, language)),
    menuFor(chatId, language) {
      const scopes = [{ type: 'chat', chatId }, { type: 'all_private_chats' }, { type: 'default' }];
      for (const scope of scopes) {
        const found = commands.get(key(scope, language)) ?? commands.get(key(scope, ''));
        if (found && found.length > 0) return found;
      }
      return [];
    },
    setDescription(kind, text, language) {
      if (text.length > MAX_LENGTH[kind]) throw badRequest(`bot ${kind.replace('_', ' ')} is too long`);
      texts.set(`${kind}:${language}`, text);
    },
    getDescription: (kind, language) => texts.get(`${kind}:${language}`) ?? texts.get(`${kind}:`) ?? '',
  };
}

function checkCommand(input: BotCommand): BotCommand {
  const command = input.command.replace(/^\//, '');
  const description = input.description.trim();
  if (!/^[a-z0-9_]{1,32}$/.test(command)) throw badRequest('BOT_COMMAND_INVALID');
  if (description.length < 1 || description.length > 256) throw badRequest('BOT_COMMAND_DESCRIPTION_INVALID');
  return { command, description };
}
