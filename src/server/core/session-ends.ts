import type { SessionId } from './ids.ts';

/** Tells streams at once that their session is over. Other processes learn it by asking `stillValid`. */
export interface SessionEnds {
  announce(ids: readonly SessionId[]): void;
  /** Returns how to stop listening. A listener must not throw. */
  onEnded(listener: (ids: readonly SessionId[]) => void): () => void;
}

export function createSessionEnds(): SessionEnds {
  const listeners = new Set<(ids: readonly SessionId[]) => void>();
  return {
    announce(ids) {
      if (ids.length === 0) return;
      for (const listener of [...listeners]) listener(ids);
    },
    onEnded(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
