import type { Activity, Begun } from '../../../core/ports/activity.ts';
import { monotonicMs } from './monotonic.ts';

/**
 * The memory that the main thread and the watchdog share. Only the main thread writes beats and what began, only the
 * watchdog writes its looks; both read everything. Moments are whole milliseconds of the machine's monotonic clock, in 32 bits: they
 * wrap every 49 days, and so do their differences.
 */
export interface Board extends Activity {
  /** Hand this to the other thread and open it there. */
  readonly memory: SharedArrayBuffer;
  /** The main loop turns. */
  beat(): void;
  beats(): number;
  beatAgeMs(): number;
  /** What began last, newest first. */
  latest(): readonly Begun[];
  /** The watchdog looked; `notCountedMs` of the time since its last look it did not have its turn. */
  looked(notCountedMs: number): void;
  /** Milliseconds up to now in which the watchdog did not have its turn: the process was stopped, or the machine asleep. */
  notCountedMs(): number;
  /** Since the watchdog last looked; null: it never did. */
  lookAgeMs(): number | null;
  /** Asks the watchdog to end. */
  close(): void;
  /** In the watchdog: sleeps until the time is over or the board is closed. True: go on. */
  wait(ms: number): boolean;
}

const [BEATS, BEAT_AT, LOOKED_AT, NOT_COUNTED, HEAD, LABELS, CLOSED] = [0, 1, 2, 3, 4, 5, 6];
const HEADER = 8;
const RING = 16;
const SHOWN = 8;
/** Names beyond these are told as "other": the memory is bounded whatever happens. */
const MOST_LABELS = 255;
const LABEL_BYTES = 64;
const OTHER = 'other';
/** A look may be so late on a busy machine. */
const LOOKS_EVERY_MS = 150;

export function createBoard(memory = new SharedArrayBuffer(sizeOf())): Board {
  const header = new Int32Array(memory, 0, HEADER);
  const ring = new Int32Array(memory, HEADER * 4, RING * 2);
  const texts = new Uint8Array(memory, (HEADER + RING * 2) * 4);
  const read = (at: number) => Atomics.load(header, at);
  const since = (moment: number) => (now() - moment) >>> 0;
  const labels = createLabels(texts, header);

  return {
    memory,
    beat() {
      Atomics.store(header, BEAT_AT, now());
      Atomics.add(header, BEATS, 1);
    },
    began(kind, name) {
      const head = read(HEAD);
      const slot = ((head >>> 0) % RING) * 2;
      Atomics.store(ring, slot + 1, now());
      Atomics.store(ring, slot, labels.idOf(kind, name));
      Atomics.store(header, HEAD, head + 1);
    },
    beats: () => read(BEATS),
    beatAgeMs: () => since(read(BEAT_AT)),
    latest() {
      const head = read(HEAD) >>> 0;
      return Array.from({ length: Math.min(SHOWN, head) }, (_, index) => {
        const slot = ((head - 1 - index) % RING) * 2;
        return { what: labels.text(Atomics.load(ring, slot)), agoMs: since(Atomics.load(ring, slot + 1)) };
      });
    },
    looked(notCountedMs) {
      Atomics.add(header, NOT_COUNTED, Math.round(notCountedMs));
      Atomics.store(header, LOOKED_AT, now());
    },
    notCountedMs() {
      // A look that is overdue now will tell of this time later; whoever asks before it must not be misled.
      const overdue = read(LOOKED_AT) === 0 ? 0 : Math.max(0, since(read(LOOKED_AT)) - LOOKS_EVERY_MS);
      return (read(NOT_COUNTED) >>> 0) + overdue;
    },
    lookAgeMs: () => (read(LOOKED_AT) === 0 ? null : since(read(LOOKED_AT))),
    close() {
      Atomics.store(header, CLOSED, 1);
      Atomics.notify(header, CLOSED);
    },
    wait: (ms) => Atomics.wait(header, CLOSED, 0, ms) === 'timed-out',
  };
}

const now = () => monotonicMs() | 0;
const sizeOf = () => (HEADER + RING * 2) * 4 + (MOST_LABELS + 1) * LABEL_BYTES;

/** Each text is written once, before its number is used; number 0 is what has no room. */
function createLabels(texts: Uint8Array, header: Int32Array) {
  const ids = new Map<string, number>();
  const place = (id: number) => id * LABEL_BYTES;
  write(0, OTHER);

  function write(id: number, text: string): void {
    const bytes = new TextEncoder().encode(text).subarray(0, LABEL_BYTES - 1);
    texts[place(id)] = bytes.length;
    texts.set(bytes, place(id) + 1);
  }

  function add(key: string): number {
    const known = Atomics.load(header, LABELS);
    if (known >= MOST_LABELS) return 0;
    write(known + 1, key);
    ids.set(key, known + 1);
    return Atomics.add(header, LABELS, 1) + 1;
  }

  return {
    idOf(kind: string, name: string): number {
      const key = `${kind} ${name}`;
      return ids.get(key) ?? add(key);
    },
    text(id: number): string {
      const from = place(id) + 1;
      // The decoder takes no shared memory.
      return new TextDecoder().decode(texts.slice(from, from + texts[from - 1]!));
    },
  };
}
