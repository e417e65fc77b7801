/**
 * PostgreSQL's `hashtextextended(line, 0)` of ASCII (common/hashfn.c, hash_bytes_extended with seed 0; Bob Jenkins's
 * lookup3): so the database hashes 100,000 lines without sending one of them. Two lines that differ by chance have the
 * same hash once in 2^64.
 */
export interface LineHash {
  readonly high: number;
  readonly low: number;
}

export function hashLine(line: string): LineHash {
  const bytes = encoder.encode(line);
  return hashBytes(bytes, bytes.length);
}

const encoder = new TextEncoder();

/** Of the first `length` bytes. The answer is one object, overwritten by the next call: a hundred thousand would be garbage. */
export function hashBytes(bytes: Uint8Array, length: number): LineHash {
  const start = (0x9e3779b9 + length + 3923095) | 0;
  state.a = start;
  state.b = start;
  state.c = start;
  let at = 0;
  for (; length - at >= 12; at += 12) {
    state.a = (state.a + word(bytes, at)) | 0;
    state.b = (state.b + word(bytes, at + 4)) | 0;
    state.c = (state.c + word(bytes, at + 8)) | 0;
    mix();
  }
  const rest = length - at;
  state.a = (state.a + part(bytes, at, Math.min(4, rest))) | 0;
  state.b = (state.b + part(bytes, at + 4, Math.min(4, rest - 4))) | 0;
  // The lowest byte of c is the length's.
  state.c = (state.c + (part(bytes, at + 8, Math.min(3, rest - 8)) << 8)) | 0;
  finish();
  answer.high = state.b;
  answer.low = state.c;
  return answer;
}

const state = { a: 0, b: 0, c: 0 };
const answer = { high: 0, low: 0 };

/** Four bytes as a little-endian number. */
const word = (bytes: Uint8Array, at: number): number =>
  bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);

function part(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let index = 0; index < count; index += 1) value |= bytes[at + index]! << (8 * index);
  return value;
}

const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by));

function mix(): void {
  let { a, b, c } = state;
  a = ((a - c) | 0) ^ rotate(c, 4);
  c = (c + b) | 0;
  b = ((b - a) | 0) ^ rotate(a, 6);
  a = (a + c) | 0;
  c = ((c - b) | 0) ^ rotate(b, 8);
  b = (b + a) | 0;
  a = ((a - c) | 0) ^ rotate(c, 16);
  c = (c + b) | 0;
  b = ((b - a) | 0) ^ rotate(a, 19);
  a = (a + c) | 0;
  c = ((c - b) | 0) ^ rotate(b, 4);
  b = (b + a) | 0;
  state.a = a;
  state.b = b;
  state.c = c;
}

function finish(): void {
  let { a, b, c } = state;
  c = ((c ^ b) - rotate(b, 14)) | 0;
  a = ((a ^ c) - rotate(c, 11)) | 0;
  b = ((b ^ a) - rotate(a, 25)) | 0;
  c = ((c ^ b) - rotate(b, 16)) | 0;
  a = ((a ^ c) - rotate(c, 4)) | 0;
  b = ((b ^ a) - rotate(a, 14)) | 0;
  c = ((c ^ b) - rotate(b, 24)) | 0;
  state.a = a;
  state.b = b;
  state.c = c;
}
