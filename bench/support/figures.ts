/** Arithmetic of measurements and the way they are written. */

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The smallest value that `share` of all values do not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** Median of the ratios of rounds: `over[i] / under[i]` were measured right after each other. */
export function pairedRatio(over: readonly number[], under: readonly number[]): number {
  const rounds = Math.min(over.length, under.length);
  return median(Array.from({ length: rounds }, (_, round) => over[round]! / under[round]!));
}

export function perSecond(rate: number): string {
  if (Number.isNaN(rate)) return '–';
  return rate >= 100 ? `${Math.round(rate).toLocaleString('en')}/s` : `${rate.toPrecision(2)}/s`;
}

export function milliseconds(ms: number): string {
  if (Number.isNaN(ms)) return '–';
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)} s`;
  return ms >= 100 ? `${ms.toFixed(0)} ms` : `${ms.toPrecision(3)} ms`;
}

export function times(ratio: number): string {
  if (Number.isNaN(ratio)) return '–';
  return ratio >= 100 ? `${Math.round(ratio).toLocaleString('en')}×` : `${ratio.toPrecision(3)}×`;
}

export const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(0)} MB`;
