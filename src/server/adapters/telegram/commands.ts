import type { Api } from 'grammy';
import { COMMANDS } from '../../core/bot-buttons.ts';
import type { Log } from '../../core/ports/log.ts';
import { LANGUAGES, type Language, type Words } from '../../core/ports/words.ts';

/**
 * Shows the commands and the short description in both languages; English is also what speakers of other
 * languages see. Never throws: the bot works without its menu. Repeating is safe.
 */
export async function registerCommands(
  api: Api,
  words: Words,
  log: Log,
  signal?: AbortSignal,
): Promise<void> {
  try {
    for (const language of LANGUAGES) await registerIn(api, words, language, language, signal);
    await registerIn(api, words, 'en', undefined, signal);
  } catch (error) {
    if (!signal?.aborted) log.warn({ err: error }, 'the command menu could not be set');
  }
}

/** The bot's name without the @; null when Telegram does not tell it now. Never throws. */
export async function readUsername(api: Api, log: Log, signal?: AbortSignal): Promise<string | null> {
  try {
    return (await api.getMe(signal as unknown as GrammySignal | undefined)).username;
  } catch (error) {
    if (!signal?.aborted) log.warn({ err: error }, 'the name of the bot could not be read');
    return null;
  }
}

type GrammySignal = NonNullable<Parameters<Api['getMe']>[0]>;

async function registerIn(
  api: Api,
  words: Words,
  language: Language,
  code: Language | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  // grammY's types name the AbortSignal of a shim; at run time it is this one.
  const end = signal as unknown as GrammySignal | undefined;
  const commands = COMMANDS.map((command) => ({
    command,
    description: words.say(language, `command-${command}`),
  }));
  await api.setMyCommands(commands, { language_code: code }, end);
  await api.setMyShortDescription(words.say(language, 'about-short'), { language_code: code }, end);
}
