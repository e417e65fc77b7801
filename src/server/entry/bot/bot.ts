import type { Api } from 'grammy';
import type { Update } from 'grammy/types';
import type { LoopRecord } from '../../core/loop-record.ts';
import type { Activity } from '../../core/ports/activity.ts';
import type { Clock, Random } from '../../core/ports/clock.ts';
import type { Desk } from '../../core/ports/desk.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Metrics } from '../../core/ports/metrics.ts';
import type { Inbox } from '../../core/ports/store.ts';
import type { Words } from '../../core/ports/words.ts';
import { createRateLimiter } from '../../core/rate-limiter.ts';
import { createBotLoops } from './bot-loops.ts';
import { createConversation } from './conversation.ts';
import { createCourtesy } from './courtesy.ts';
import { createDispatcher } from './dispatcher.ts';
import { createIntake } from './intake.ts';
import { createLink, type LinkState } from './link.ts';
import { createMemory } from './memory.ts';
import { createSettler } from './settler.ts';
import { createWebhookRoute, type WebhookRoute } from './webhook.ts';

export type BotMode =
  | { readonly kind: 'polling'; readonly pollSeconds?: number }
  | { readonly kind: 'webhook'; readonly url: string; readonly secret: string };

export interface BotLimits {
  /** Updates handled at once. */
  readonly maxRunning: number;
  /** Updates waiting beyond those; above it, senders hear that we are busy. */
  readonly maxWaiting: number;
  readonly burst: number;
  readonly refillMs: number;
  readonly maxUsers: number;
}

const LIMITS: BotLimits = {
  maxRunning: 500,
  maxWaiting: 5_000,
  burst: 10,
  refillMs: 2_000,
  maxUsers: 50_000,
};

export interface BotDeps {
  readonly api: Api;
  readonly desk: Desk;
  readonly inbox: Inbox;
  readonly words: Words;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Told of each update that is taken in hand. */
  readonly activity?: Activity;
  readonly mode: BotMode;
  /** A QR as PNG. */
  draw(text: string): Promise<Uint8Array<ArrayBuffer>>;
  readonly limits?: Partial<BotLimits>;
}

export interface BotStatus {
  readonly state: LinkState | 'stopped';
  readonly running: number;
  readonly waiting: number;
}

export interface Bot {
  /** Begins to take updates, first those an earlier run left behind. Returns at once; starting twice is safe. */
  start(): void;
  /** Takes no more and lets what runs end, for `graceMs` at most. Safe to repeat, and before a start. */
  stop(graceMs: number): Promise<void>;
  /** Takes one update by hand, as if Telegram had sent it. */
  handle(update: Update): Promise<void>;
  /** For the HTTP entry; works before `start` too. Null when polling. */
  readonly webhook: WebhookRoute | null;
  status(): BotStatus;
  /** The polling loop's; null with a webhook, which has none. */
  record(): LoopRecord | null;
  /** Of every loop of the bot. */
  records(): readonly LoopRecord[];
  /** Resolves when nothing is being handled. */
  idle(): Promise<void>;
}

export function createBot(deps: BotDeps): Bot {
  const { clock, mode } = deps;
  const limits = { ...LIMITS, ...deps.limits };
  const memory = createMemory(clock);
  const settler = createSettler(deps.inbox, deps.log);
  const dispatcher = createDispatcher(limits);
  const courtesy = createCourtesy({ ...deps, memory });
  const conversation = createConversation({ ...deps, memory, settler });
  const { converse } = conversation;
  const limit = createRateLimiter(limits);
  const { maxWaiting } = limits;
  const intake = createIntake({ ...deps, settler, dispatcher, courtesy, converse, limit, maxWaiting });
  const link = createLink(deps);
  const webhook = mode.kind === 'webhook' ? createWebhookRoute({ intake, clock, secret: mode.secret }) : null;
  const loops = createBotLoops({ ...deps, intake, link, settler });
  let working = false;

  async function idle(): Promise<void> {
    await dispatcher.idle();
    await Promise.all([courtesy.idle(), conversation.idle()]);
  }

  return {
    start() {
      if (working) return;
      working = true;
      loops.start();
    },
    async stop(graceMs) {
      const end = new AbortController();
      const ended = Promise.all([loops.stop(), idle()]);
      await Promise.race([ended, clock.sleep(graceMs, end.signal).catch(() => undefined)]);
      end.abort();
      working = false;
    },
    handle: (update) => intake.take([update]),
    webhook,
    status: () => ({
      state: working ? link.state : 'stopped',
      running: dispatcher.running,
      waiting: dispatcher.waiting,
    }),
    record: loops.polling,
    records: loops.records,
    idle,
  };
}
