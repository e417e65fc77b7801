import { createHash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../../core/ports/clock.ts';
import type { Secret } from '../../../core/secret.ts';

export type KeyVerdict = 'right' | 'wrong' | 'too_many';

/** Wrong keys of one address within this time are answered as such; further ones are only told to stop. */
const FREE_TRIES = 10;
const WINDOW_MS = 60_000;
const MOST_ADDRESSES = 10_000;

/**
 * Looks at the key of a request, in constant time. Whoever has the right key is never slowed down, whatever others do
 * from the same address: behind a proxy they all have one.
 */
export function createKeyCheck(key: Secret, clock: Clock) {
  const wanted = digest(key.reveal());
  const tries = new Map<string, { readonly since: number; count: number }>();

  function tooMany(address: string): boolean {
    const now = clock.monotonicMs();
    const known = tries.get(address);
    if (known === undefined || now - known.since > WINDOW_MS) {
      if (tries.size >= MOST_ADDRESSES) tries.clear();
      tries.set(address, { since: now, count: 1 });
      return false;
    }
    known.count += 1;
    return known.count > FREE_TRIES;
  }

  return (headers: Headers, address: string): KeyVerdict => {
    const [, given = ''] = /^Bearer (\S+)$/i.exec(headers.get('authorization') ?? '') ?? [];
    if (timingSafeEqual(wanted, digest(given))) return 'right';
    return tooMany(address) ? 'too_many' : 'wrong';
  };
}

/** Digests have one length, so that the comparison takes the same time for every key. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
