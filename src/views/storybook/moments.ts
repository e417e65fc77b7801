/** 2026-11-21 12:00 UTC: the one moment all canned data is told from. */
export const NOW = Date.UTC(2026, 10, 21, 12, 0, 0);

export const ago = (seconds: number): number => NOW - seconds * 1_000;
export const ahead = (seconds: number): number => NOW + seconds * 1_000;

const DAY = 86_400;
export const daysAgo = (days: number): number => ago(days * DAY);
export const daysAhead = (days: number): number => ahead(days * DAY);

/** Values that look measured and are the same each time: two sines and a little noise; a gap near the beginning. */
export function wave(length: number, low: number, high: number, seed: number): (number | null)[] {
  return Array.from({ length }, (_, index) => {
    if (index > length * 0.1 && index < length * 0.13) return null;
    const slow = Math.sin(index / 17 + seed) * 0.35 + 0.5;
    const quick = Math.sin(index * 1.7 + seed * 3) * 0.12;
    const noise = ((index * 7919 + seed * 104_729) % 101) / 1_000;
    const value = low + (high - low) * Math.min(1, Math.max(0, slow + quick + noise));
    return Math.round(value * 100) / 100;
  });
}
