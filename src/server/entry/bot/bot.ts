import type { Api } from 'grammy';
import type { Update } from 'grammy/types';
import type { LoopRecord } from '../../core/loop-record.ts';
import type { Clock, Random } from '../../core/ports/clock.ts';
import type { Desk } from '../../core/ports/desk.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Metrics } from '../../core/ports/metrics.ts';
import type { Inbox } from '../../core/ports/store.ts';
import type { Words } from '../../core/ports/words.ts';
import { createRateLimiter } from '../../core/rate-limiter.ts';
import { createConversation } from './conversation.ts';
import { createCourtesy } from './courtesy.ts';
import { createDispatcher } from './dispatcher.ts';
import { createIntake, type Intake } from './intake.ts';
import { createLink, type Link, type LinkState } from './link.ts';
import { createMemory } from './memory.ts';
import { poll } from './polling.ts';
import { createSettler, type Settler } from './settler.ts';
import { announceWebhook, createWebhookRoute, type WebhookRoute } from './webhook.ts';

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
const POLL_SECONDS = 30;
const REPLAY_RETRY_MS = 2_000;
const REPAY_EVERY_MS = 2_000;

export interface BotDeps {
  readonly api: Api;
  readonly desk: Desk;
  readonly inbox: Inbox;
  readonly words: Words;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Metrics;
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
  const converse = createConversation({ ...deps, memory, settler });
  const limit = createRateLimiter(limits);
  const { maxWaiting } = limits;
  const intake = createIntake({ ...deps, settler, dispatcher, courtesy, converse, limit, maxWaiting });
  const link = createLink(deps);
  const webhook = mode.kind === 'webhook' ? createWebhookRoute({ intake, clock, secret: mode.secret }) : null;
  let stopping = new AbortController();
  let work: Promise<unknown> | null = null;

  async function idle(): Promise<void> {
    await dispatcher.idle();
    await courtesy.idle();
  }

  return {
    start() {
      if (work) return;
      stopping = new AbortController();
      const { signal } = stopping;
      work = Promise.all([live(deps, intake, link, signal), repaySteadily(settler, clock, signal)]);
    },
    async stop(graceMs) {
      stopping.abort();
      const end = new AbortController();
      const ended = Promise.all([work, idle()]);
      await Promise.race([ended, clock.sleep(graceMs, end.signal).catch(() => undefined)]);
      end.abort();
      work = null;
    },
    handle: (update) => intake.take([update]),
    webhook,
    status: () => ({
      state: work ? link.state : 'stopped',
      running: dispatcher.running,
      waiting: dispatcher.waiting,
    }),
    record: () => (mode.kind === 'polling' ? link.record() : null),
    idle,
  };
}

async function live(deps: BotDeps, intake: Intake, link: Link, signal: AbortSignal): Promise<void> {
  await replayStubbornly(deps, intake, signal);
  const { api, mode } = deps;
  if (mode.kind === 'webhook') await announceWebhook({ api, link, ...mode }, signal);
  else await poll({ api, intake, link, pollSeconds: mode.pollSeconds ?? POLL_SECONDS }, signal);
}

/** Old updates go before new ones, so nothing new is taken until the inbox could be read. */
async function replayStubbornly({ clock, log }: BotDeps, intake: Intake, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      return await intake.replay(signal);
    } catch (error) {
      log.warn({ err: error }, 'the inbox could not be read; trying again');
      await clock.sleep(REPLAY_RETRY_MS, signal).catch(() => undefined);
    }
  }
}

/** After an outage nobody may write for hours: what is owed is not left to the next update, or the next start. */
async function repaySteadily(settler: Settler, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(REPAY_EVERY_MS, signal).catch(() => undefined);
    if (!signal.aborted) await settler.payDebts();
  }
}
