import { createHttpRequester } from '../../src/server/adapters/http-client/http-requester.ts';
import { createQrMaker } from '../../src/server/adapters/qr/qr-png.ts';
import { systemClock } from '../../src/server/adapters/system/clock.ts';
import { createTelegramClient } from '../../src/server/adapters/telegram/client.ts';
import { createCourier } from '../../src/server/adapters/telegram/courier.ts';
import { createWords } from '../../src/server/adapters/words/words.ts';
import { accountId } from '../../src/server/core/ids.ts';
import type { Clock } from '../../src/server/core/ports/clock.ts';
import { type BotDeps, createBot } from '../../src/server/entry/bot/bot.ts';
import { createDrawQr } from '../../src/server/services/draw-qr.ts';
import type { SimulatorOptions } from '../../src/server/simulator/simulator.ts';
import { TEXTS } from '../../src/views/words/texts.ts';
import { createDoorKit } from './door-kit.ts';
import { createMemoryDesk } from './memory-desk.ts';
import { createMemoryInbox } from './memory-inbox.ts';
import { createRecordingLog, type RecordedLine } from './recording-log.ts';
import { startSimulator, TOKEN } from './simulator.ts';

export interface BotRigOptions {
  /** Of the bot alone: the sockets live in real time. */
  readonly clock?: Clock;
  readonly mode?: BotDeps['mode'];
  readonly limits?: BotDeps['limits'];
  readonly simulator?: Partial<SimulatorOptions>;
  readonly token?: string;
  readonly maxWaitMs?: number;
}

export const WITHIN_MS = 5_000;

/** The whole bot on the simulated Telegram, over real sockets; only the desk and the inbox are in memory. */
export async function startBot(options: BotRigOptions = {}) {
  const simulated = await startSimulator(options.simulator);
  const { control } = simulated;
  const kit = createDoorKit({ threshold: 1_000_000 });
  const lines: RecordedLine[] = [];
  const log = Object.assign(createRecordingLog(lines), { lines });
  const clock = options.clock ?? systemClock;
  const api = createTelegramClient({
    requester: createHttpRequester(kit),
    token: options.token ?? TOKEN,
    apiRoot: simulated.apiRoot,
    clock: systemClock,
    maxWaitMs: options.maxWaitMs,
  });
  const inbox = createMemoryInbox();
  const desk = createMemoryDesk({ clock, inbox });
  const words = createWords(TEXTS);
  const draw = createDrawQr({ qr: createQrMaker(), clock: systemClock });
  const mode = options.mode ?? { kind: 'polling', pollSeconds: 5 };
  const bot = createBot({ ...kit, clock, api, desk, inbox, words, log, mode, draw, limits: options.limits });
  bot.start();

  /** The next message of the bot in this chat that holds the text, new or edited. */
  const says = (chat: number, contains: string, afterMessageId = 0) =>
    control.awaitMessage(chat, { from: 'bot', contains, afterMessageId }, WITHIN_MS);

  return {
    ...simulated,
    api,
    bot,
    desk,
    inbox,
    words,
    log,
    metrics: kit.metrics,
    courier: createCourier({ api, words, log }),
    newUser: (firstName = 'Ann', languageCode = 'en') =>
      accountId(control.createUser({ firstName, languageCode }).id),
    says,
    /** What the Bot API answers to a method the bot itself never calls. */
    async look<T>(method: string, query: Readonly<Record<string, string>> = {}): Promise<T> {
      const answer = await fetch(`${simulated.apiRoot}/bot${TOKEN}/${method}?${new URLSearchParams(query)}`);
      return ((await answer.json()) as { result: T }).result;
    },
    /** Types and waits for the answer. */
    async ask(user: number, text: string, contains: string) {
      return says(user, contains, control.sendText(user, text).messageId);
    },
    /** Presses the button with this text under the message and waits for all that comes of it. */
    async press(user: number, messageId: number, text: string) {
      const press = await control.awaitAnswer(control.press(user, messageId, { text }), WITHIN_MS);
      await bot.idle();
      return press;
    },
    /** The message as it stands now. */
    message: (chat: number, id: number) => control.messages(chat).find((each) => each.message_id === id),
    async [Symbol.asyncDispose]() {
      await bot.stop(1_000);
      await simulated[Symbol.asyncDispose]();
    },
  };
}
