import { createTelegramClient } from '../adapters/telegram/client.ts';
import type { Config } from '../config.ts';
import type { World } from './world.ts';

/** The Bot API with the configured token, through the one HTTP door. */
export function telegramClient(world: World, telegram: NonNullable<Config['telegram']>) {
  const { requester, clock } = world;
  return createTelegramClient({
    requester,
    clock,
    token: telegram.token.reveal(),
    apiRoot: telegram.apiRoot,
  });
}
