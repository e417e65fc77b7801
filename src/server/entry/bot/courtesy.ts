import type { Api } from 'grammy';
import { createBoundedMap } from '../../core/bounded-map.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Words } from '../../core/ports/words.ts';
import { createVoice } from '../../core/voice.ts';
import type { Asking } from './incoming.ts';
import type { Memory } from './memory.ts';

/**
 * Short words to those who are not served now. They go beside the lanes, at most a few hundred at once and one a
 * minute for each chat; a pressed button is always answered while there is room.
 */
export interface Courtesy {
  tell(incoming: Asking, key: 'try-later' | 'busy' | 'slow-down'): void;
  /** Ends the waiting of a pressed button, without a word. */
  hush(incoming: Asking): void;
  /** Resolves when all that was begun has ended. */
  idle(): Promise<void>;
}

const EVERY_MS = 60_000;
const AT_ONCE = 200;
const REMEMBERED = 50_000;

export interface CourtesyDeps {
  readonly api: Api;
  readonly words: Words;
  readonly clock: Clock;
  readonly memory: Memory;
  readonly log: Log;
}

export function createCourtesy({ api, words, clock, memory, log }: CourtesyDeps): Courtesy {
  const lastAt = createBoundedMap<string, number>(REMEMBERED);
  const underway = new Set<Promise<unknown>>();

  function begin(call: () => Promise<unknown>): void {
    if (underway.size >= AT_ONCE) return;
    const ending = call()
      .catch((error: unknown) => log.debug({ err: error }, 'a courtesy did not arrive'))
      .finally(() => underway.delete(ending));
    underway.add(ending);
  }

  function isTooSoon(name: string): boolean {
    const now = clock.monotonicMs();
    const last = lastAt.get(name);
    if (last !== undefined && now - last < EVERY_MS) return true;
    lastAt.set(name, now);
    return false;
  }

  return {
    tell(incoming, key) {
      const { profile } = incoming;
      if (isTooSoon(`${key}:${profile.chatId}`)) return this.hush(incoming);
      const voice = createVoice(words, memory.guess(profile));
      if (incoming.kind === 'button') {
        const text = voice.plain(key);
        begin(() => api.answerCallbackQuery(incoming.queryId, { text, show_alert: true }));
      } else begin(() => api.sendMessage(profile.chatId, voice.html(key), { parse_mode: 'HTML' }));
    },
    hush(incoming) {
      if (incoming.kind === 'button') begin(() => api.answerCallbackQuery(incoming.queryId));
    },
    async idle() {
      await Promise.all(underway);
    },
  };
}
