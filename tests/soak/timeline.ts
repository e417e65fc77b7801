/** What happened, as one readable line each, in seconds since the beginning. */
export interface Timeline {
  /** Milliseconds since the beginning. */
  now(): number;
  say(text: string, atMs?: number): void;
}

export function createTimeline(print: (line: string) => void): Timeline {
  const startedAt = performance.now();
  const now = () => performance.now() - startedAt;
  return {
    now,
    say: (text, atMs = now()) => print(`${(atMs / 1_000).toFixed(1).padStart(7)} s  ${text}`),
  };
}

export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
