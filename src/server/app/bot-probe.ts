import type { Config } from '../config.ts';
import { telegramClient } from './telegram-client.ts';
import type { World } from './world.ts';

/** Asks Telegram who the token belongs to; answers the bot's username. */
export function createBotProbe(
  world: World,
  telegram: NonNullable<Config['telegram']>,
): () => Promise<string> {
  const api = telegramClient(world, telegram);
  return async () => (await api.getMe()).username;
}
