import { z } from 'zod';
import { badRequest } from '../model/api-error.ts';
import type { CommandScope } from '../model/bot-profile.ts';
import { type ApiMethod, defineMethod } from './method.ts';
import { flag, integer, json, text } from './parameters.ts';

const getMe = defineMethod('getMe', z.object({}), (call) => ({
  ...call.world.bot,
  can_join_groups: true,
  can_read_all_group_messages: false,
  supports_inline_queries: false,
  can_connect_to_business: false,
  has_main_web_app: false,
}));

const answerCallbackQuery = defineMethod(
  'answerCallbackQuery',
  z.object({
    callback_query_id: text,
    text,
    show_alert: flag,
    url: text,
    cache_time: integer(0, 0, 2_592_000),
  }),
  (call, p) => {
    if (p.text.length > 200) throw badRequest('MESSAGE_TOO_LONG');
    const answer = { text: p.text, showAlert: p.show_alert, url: p.url || null };
    const press = call.world.callbacks.answer(p.callback_query_id, answer, call.nowMs);
    call.world.emit({ kind: 'answer', chatId: press.userId, callbackQueryId: press.id });
    return true;
  },
);

const scope = json(
  z.object({ type: z.string(), chat_id: z.union([z.number(), z.string()]).optional() }),
  'BotCommandScope',
);
const commands = json(
  z.array(z.object({ command: z.string(), description: z.string() })),
  'list of bot commands',
);
const SCOPES = new Set([
  'default',
  'all_private_chats',
  'all_group_chats',
  'all_chat_administrators',
  'chat',
  'chat_administrators',
  'chat_member',
]);

function scopeOf(given: z.output<typeof scope>): CommandScope {
  if (!given) return { type: 'default' };
  if (!SCOPES.has(given.type)) throw badRequest("can't parse BotCommandScope: Unsupported type specified");
  return given.chat_id === undefined
    ? { type: given.type }
    : { type: given.type, chatId: Number(given.chat_id) };
}

const setMyCommands = defineMethod(
  'setMyCommands',
  z.object({ commands, scope, language_code: text }),
  (call, p) => {
    if (!p.commands) throw badRequest('expected an Array of BotCommand');
    call.world.profile.setCommands(p.commands, scopeOf(p.scope), p.language_code);
    call.world.emit({ kind: 'profile', chatId: null });
    return true;
  },
);

const getMyCommands = defineMethod('getMyCommands', z.object({ scope, language_code: text }), (call, p) =>
  call.world.profile.getCommands(scopeOf(p.scope), p.language_code),
);

const deleteMyCommands = defineMethod(
  'deleteMyCommands',
  z.object({ scope, language_code: text }),
  (call, p) => {
    call.world.profile.deleteCommands(scopeOf(p.scope), p.language_code);
    call.world.emit({ kind: 'profile', chatId: null });
    return true;
  },
);

function describing(suffix: string, kind: 'description' | 'short_description'): readonly ApiMethod[] {
  const set = defineMethod(`setMy${suffix}`, z.object({ [kind]: text, language_code: text }), (call, p) => {
    call.world.profile.setDescription(kind, p[kind] ?? '', p.language_code ?? '');
    call.world.emit({ kind: 'profile', chatId: null });
    return true;
  });
  const get = defineMethod(`getMy${suffix}`, z.object({ language_code: text }), (call, p) => ({
    [kind]: call.world.profile.getDescription(kind, p.language_code),
  }));
  return [set, get];
}

const close = defineMethod('close', z.object({}), () => true);
const logOut = defineMethod('logOut', z.object({}), () => true);

export const botMethods: readonly ApiMethod[] = [
  getMe,
  answerCallbackQuery,
  setMyCommands,
  getMyCommands,
  deleteMyCommands,
  ...describing('Description', 'description'),
  ...describing('ShortDescription', 'short_description'),
  close,
  logOut,
];
