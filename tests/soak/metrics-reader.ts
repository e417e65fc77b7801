/** Reads what is needed from Prometheus text. */
import type { AditProcess } from '../support/adit-process.ts';

export const scrape = async (adit: AditProcess): Promise<string> => (await adit.get('/metrics')).body;

/** NaN when it is not there. */
export function gauge(text: string, name: string): number {
  const line = text.split('\n').find((each) => each.startsWith(`${name} `));
  return line === undefined ? Number.NaN : Number(line.slice(name.length + 1));
}

export interface CallTimes {
  readonly name: string;
  readonly count: number;
  /** Interpolated inside its bucket. */
  quantileMs(share: number): number;
}

/** Each call between two scrapes of the histogram adit_call_seconds. */
export function callTimes(before: string, after: string): readonly CallTimes[] {
  const [old, now] = [bucketsOf(before), bucketsOf(after)];
  return [...now].map(([name, buckets]) => {
    const earlier = old.get(name) ?? [];
    const added = buckets.map(({ le, count }, at) => ({ le, count: count - (earlier[at]?.count ?? 0) }));
    return {
      name,
      count: added.at(-1)?.count ?? 0,
      quantileMs: (share) => quantile(added, share) * 1_000,
    };
  });
}

interface Bucket {
  /** Upper end in seconds. */
  readonly le: number;
  /** Of this bucket and all below. */
  readonly count: number;
}

function bucketsOf(text: string): ReadonlyMap<string, readonly Bucket[]> {
  const calls = new Map<string, Bucket[]>();
  for (const line of text.split('\n').filter((each) => each.startsWith('adit_call_seconds_bucket'))) {
    const label = (name: string) => new RegExp(`[{,]${name}="([^"]*)"`).exec(line)?.[1] ?? '';
    const le = label('le') === '+Inf' ? Infinity : Number(label('le'));
    const buckets = calls.get(label('call')) ?? [];
    calls.set(label('call'), [...buckets, { le, count: Number(line.slice(line.lastIndexOf(' '))) }]);
  }
  return calls;
}

function quantile(buckets: readonly Bucket[], share: number): number {
  const rank = (buckets.at(-1)?.count ?? 0) * share;
  const at = buckets.findIndex((each) => each.count >= rank && each.count > 0);
  const [bucket, below] = [buckets[at], buckets[at - 1] ?? { le: 0, count: 0 }];
  if (bucket === undefined) return Number.NaN;
  if (bucket.le === Infinity) return below.le;
  const part = bucket.count === below.count ? 1 : (rank - below.count) / (bucket.count - below.count);
  return below.le + (bucket.le - below.le) * part;
}
