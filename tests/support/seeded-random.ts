import type { Random } from '../../src/server/core/ports/clock.ts';

/** Repeatable randomness: the same seed gives the same ids, in rising order as UUID v7 promises. */
export function createSeededRandom(seed: number): Random {
  let state = seed >>> 0;
  let made = 0;

  // mulberry32: small, and good enough to spread claims.
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0').slice(-digits);

  return {
    uuid() {
      made += 1;
      const time = hex(made, 12);
      const [a, b, c] = [next(), next(), next()];
      return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(a, 3)}-8${hex(b, 3)}-${hex(b >>> 12, 4)}${hex(c, 8)}`;
    },
    integer: (below) => Math.floor((next() / 2 ** 32) * below),
    bytes: (count) => Uint8Array.from({ length: count }, () => next() & 0xff),
  };
}
