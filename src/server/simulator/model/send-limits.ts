/**
 * Telegram's advice on sending (core.telegram.org/bots/faq#my-bot-is-hitting-limits): about 30 messages a second in
 * all, one a second in one chat though short bursts pass, 20 a minute in a group. How long a burst may be is not
 * documented; `chatBurst` is a guess on the tight side.
 */
export interface SendLimits {
  readonly overallPerSecond: number;
  readonly overallBurst: number;
  readonly chatPerSecond: number;
  readonly chatBurst: number;
  readonly groupPerMinute: number;
}

export const DOCUMENTED_LIMITS: SendLimits = {
  overallPerSecond: 30,
  overallBurst: 30,
  chatPerSecond: 1,
  chatBurst: 8,
  groupPerMinute: 20,
};

interface Bucket {
  tokens: number;
  filledAtMs: number;
}

export interface SendGate {
  /** Takes `count` messages' worth; 0 when they may go, else the whole seconds to wait. Nothing is taken then. */
  take(chatId: number, count: number, nowMs: number): number;
}

/** Token buckets. `limits` null lets everything pass. */
export function createSendGate(limits: SendLimits | null): SendGate {
  if (!limits) return { take: () => 0 };
  const overall: Bucket = { tokens: limits.overallBurst, filledAtMs: 0 };
  const chats = new Map<number, Bucket>();
  return {
    take(chatId, count, nowMs) {
      const isGroup = chatId < 0;
      const rate = isGroup ? limits.groupPerMinute / 60 : limits.chatPerSecond;
      const size = isGroup ? limits.groupPerMinute : limits.chatBurst;
      const chat = chats.get(chatId) ?? { tokens: size, filledAtMs: nowMs };
      chats.set(chatId, chat);
      refill(chat, rate, size, nowMs);
      refill(overall, limits.overallPerSecond, limits.overallBurst, nowMs);
      const wait = Math.max(
        secondsUntil(chat, Math.min(count, size), rate),
        secondsUntil(overall, Math.min(count, limits.overallBurst), limits.overallPerSecond),
      );
      if (wait > 0) return Math.ceil(wait);
      chat.tokens -= count;
      overall.tokens -= count;
      return 0;
    },
  };
}

function refill(bucket: Bucket, perSecond: number, size: number, nowMs: number): void {
  const gained = ((nowMs - bucket.filledAtMs) / 1000) * perSecond;
  bucket.tokens = Math.min(size, bucket.tokens + Math.max(0, gained));
  bucket.filledAtMs = nowMs;
}

function secondsUntil(bucket: Bucket, count: number, perSecond: number): number {
  return Math.max(0, (count - bucket.tokens) / perSecond);
}
