import { randomBytes, randomInt } from 'node:crypto';
import type { Random } from '../../core/ports/clock.ts';

/** Cryptographic randomness of the machine. Ids are UUID v7 (RFC 9562), so they sort by time. */
export const systemRandom: Random = {
  uuid: () => Bun.randomUUIDv7(),
  integer: (below) => randomInt(below),
  bytes: (count) => randomBytes(count),
};
