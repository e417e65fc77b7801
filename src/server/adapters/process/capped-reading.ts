import { AppError } from '../../core/errors.ts';

export interface Reading {
  /** All bytes as UTF-8, at the end of the stream. Rejects with AppError `exhausted` at the first byte too many. */
  readonly text: Promise<string>;
  /** Lets go of the pipe, even if somebody else still holds its other end. Safe to repeat. */
  stop(): void;
}

/** Gets what is read, piece by piece, in place of its text. */
export type Consume = (piece: Uint8Array) => void | Promise<void>;

/** Reads a pipe as it fills, so that neither memory nor a full pipe can stand still behind a talkative child. */
export function readCapped(stream: ReadableStream<Uint8Array>, maxBytes: number, consume?: Consume): Reading {
  const reader = stream.getReader();
  const text = consume ? handOver(reader, maxBytes, consume) : collect(reader, maxBytes);
  // The first failure of a run wins, and the others must not count as unhandled.
  text.catch(() => {});
  return { text, stop: () => void reader.cancel().catch(() => {}) };
}

async function collect(reader: ReadableStreamDefaultReader<Uint8Array>, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks).toString('utf8');
    total += value.byteLength;
    if (total > maxBytes) throw tooMuch(maxBytes);
    chunks.push(value);
  }
}

async function handOver(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  maxBytes: number,
  consume: Consume,
): Promise<string> {
  let total = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return '';
    total += value.byteLength;
    if (total > maxBytes) throw tooMuch(maxBytes);
    await consume(value);
  }
}

function tooMuch(maxBytes: number): AppError {
  return new AppError('exhausted', 'The program printed more than it may.', { details: { maxBytes } });
}
