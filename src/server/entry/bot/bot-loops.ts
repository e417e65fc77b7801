import type { LoopRecord } from '../../core/loop-record.ts';
import { createSupervisedLoop } from '../../core/supervised-loop.ts';
import type { BotDeps } from './bot.ts';
import type { Intake } from './intake.ts';
import type { Link } from './link.ts';
import { createPolling } from './polling.ts';
import type { Settler } from './settler.ts';
import { announceWebhook } from './webhook.ts';

/** What turns in the background of the bot. */
export interface BotLoops {
  /** Returns at once. Old updates go before new ones: nothing new is taken until the inbox could be read. */
  start(): void;
  /** Resolves when nothing turns any more. Repeating is safe. */
  stop(): Promise<void>;
  /** Of those that have something left to do. */
  records(): readonly LoopRecord[];
  /** The polling loop's; null with a webhook. */
  polling(): LoopRecord | null;
}

export interface BotLoopsDeps extends Pick<BotDeps, 'api' | 'clock' | 'log' | 'activity' | 'mode'> {
  readonly intake: Intake;
  readonly link: Link;
  readonly settler: Settler;
}

const POLL_SECONDS = 30;
const REPLAY_RETRY_MS = 2_000;
const REPAY_EVERY_MS = 2_000;

export function createBotLoops(deps: BotLoopsDeps): BotLoops {
  const { clock, log, mode, settler } = deps;
  const replaying = createReplaying(deps);
  const taking =
    mode.kind === 'webhook' ? createAnnouncing(deps, mode) : createTaking(deps, mode.pollSeconds);
  /** After an outage nobody may write for hours: what is owed is not left to the next update, or the next start. */
  const repaying = createSupervisedLoop({
    name: 'bot:repay',
    clock,
    log,
    pause: REPAY_EVERY_MS,
    work: () => settler.payDebts(),
  });
  const loops = [replaying, taking, repaying];
  let stopped = true;

  async function thenTake(): Promise<void> {
    await replaying.ended();
    if (!stopped) taking.start();
  }

  return {
    start() {
      stopped = false;
      replaying.start();
      repaying.start();
      void thenTake();
    },
    async stop() {
      stopped = true;
      await Promise.all(loops.map((loop) => loop.stop()));
    },
    records: () => loops.filter((loop) => !loop.isDone()).map((loop) => loop.record()),
    polling: () => (mode.kind === 'polling' ? taking.record() : null),
  };
}

function createReplaying({ clock, log, intake }: BotLoopsDeps) {
  return createSupervisedLoop({
    name: 'bot:replay',
    clock,
    log,
    pause: REPLAY_RETRY_MS,
    async work(signal) {
      await intake.replay(signal);
      return 'done' as const;
    },
    failed: (err) => log.warn({ err }, 'the inbox could not be read; trying again'),
  });
}

/** The link says what is wrong with Telegram, and waits as long as that wants. */
const untilLinkMends = (link: Link) => async (signal: AbortSignal, failure: unknown) => {
  if (failure !== null) await link.failed(failure, signal);
};
const saidByLink = () => undefined;

function createTaking(deps: BotLoopsDeps, pollSeconds = POLL_SECONDS) {
  const { clock, log, activity, link } = deps;
  const poll = createPolling({
    ...deps,
    pollSeconds,
    answered() {
      link.succeeded();
      loop.succeeded();
    },
  });
  const loop = createSupervisedLoop({
    name: 'bot',
    clock,
    log,
    activity,
    work: poll,
    pause: untilLinkMends(link),
    failed: saidByLink,
  });
  return loop;
}

function createAnnouncing(
  { api, clock, log, link }: BotLoopsDeps,
  mode: { readonly url: string; readonly secret: string },
) {
  return createSupervisedLoop({
    name: 'bot:webhook',
    clock,
    log,
    async work(signal) {
      await announceWebhook({ ...mode, api }, signal);
      link.succeeded();
      return 'done' as const;
    },
    pause: untilLinkMends(link),
    failed: saidByLink,
  });
}
