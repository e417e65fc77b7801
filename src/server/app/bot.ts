import { createQrMaker } from '../adapters/qr/qr-png.ts';
import { readUsername, registerCommands } from '../adapters/telegram/commands.ts';
import { createCourier } from '../adapters/telegram/courier.ts';
import type { Config } from '../config.ts';
import { AppError } from '../core/errors.ts';
import type { LoopRecord } from '../core/loop-record.ts';
import type { Courier } from '../core/ports/courier.ts';
import type { Desk } from '../core/ports/desk.ts';
import type { Inbox } from '../core/ports/store.ts';
import type { BotVitals } from '../core/ports/vitals.ts';
import type { Words } from '../core/ports/words.ts';
import { createBot } from '../entry/bot/bot.ts';
import type { WebhookEntry } from '../entry/http/server.ts';
import { createDrawQr, type DrawQr } from '../services/draw-qr.ts';
import { telegramClient } from './telegram-client.ts';
import type { World } from './world.ts';

/** Everything that talks to Telegram; without a token there is nobody to talk to. */
export interface BotPart {
  readonly courier: Courier;
  readonly draw: DrawQr;
  readonly webhook: WebhookEntry | null;
  start(): void;
  stop(graceMs: number): Promise<void>;
  status(): { readonly ok: boolean; readonly reason: string | null };
  records(): readonly LoopRecord[];
  /** How it stands with Telegram, for the dashboard. */
  vitals(): Omit<BotVitals, 'updates'>;
}

export interface BotPartDeps {
  readonly telegram: Config['telegram'];
  readonly desk: Desk;
  readonly inbox: Inbox;
  readonly words: Words;
}

export function createBotPart(world: World, { telegram, desk, inbox, words }: BotPartDeps): BotPart {
  const draw = createDrawQr({ qr: createQrMaker(), clock: world.clock });
  if (telegram === null) return silent(draw);
  const api = telegramClient(world, telegram);
  const { updates } = telegram;
  const mode = updates.kind === 'polling' ? updates : { ...updates, secret: updates.secret.reveal() };
  const bot = createBot({ ...world, api, desk, inbox, words, mode, draw });
  const ending = new AbortController();
  let greeting: Promise<void> | null = null;
  let username: string | null = null;

  /** What Telegram is told and asked once; the bot works without. */
  async function greet(): Promise<void> {
    const menu = registerCommands(api, words, world.log, ending.signal);
    username = await readUsername(api, world.log, ending.signal);
    await menu;
  }

  return {
    courier: createCourier({ api, words, log: world.log }),
    draw,
    webhook:
      updates.kind === 'webhook' && bot.webhook
        ? { path: new URL(updates.url).pathname, take: bot.webhook }
        : null,
    start() {
      bot.start();
      greeting = greet();
    },
    async stop(graceMs) {
      ending.abort();
      await Promise.all([bot.stop(graceMs), greeting]);
    },
    status: () => explain(bot.status().state),
    records: bot.records,
    vitals: () => ({
      mode: updates.kind,
      state: bot.status().state,
      lastAnswerAgeMs: bot.record()?.lastSuccessAgeMs ?? null,
      username,
    }),
  };
}

function explain(state: ReturnType<ReturnType<typeof createBot>['status']>['state']) {
  const reasons = {
    unauthorized: 'Telegram refuses the bot token: check BOT_TOKEN',
    conflict: 'another program polls with the same bot token',
    unreachable: 'Telegram does not answer',
  };
  const reason = (reasons as Readonly<Record<string, string>>)[state] ?? null;
  return { ok: reason === null, reason };
}

const nobody = () => new AppError('unavailable', 'There is no bot: BOT_TOKEN is not set.');

/** Configs stay due until there is a bot to bring them. */
function silent(draw: DrawQr): BotPart {
  return {
    draw,
    courier: {
      deliver: () => Promise.reject(nobody()),
      deliverLink: () => Promise.reject(nobody()),
      apologise: async () => undefined,
      // Nobody can hear it, and waiting for a bot would make old news of it.
      tellEnding: async () => ({ kind: 'delivered' }),
    },
    webhook: null,
    start: () => undefined,
    stop: async () => undefined,
    status: () => ({ ok: true, reason: null }),
    records: () => [],
    vitals: () => ({ mode: 'off', state: 'off', lastAnswerAgeMs: null, username: null }),
  };
}
