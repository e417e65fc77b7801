/**
 * Judges a heartbeat, look by look. The looks may come whenever they come: only time in which the watcher itself had its
 * turn counts, so that a process that was stopped whole, or a machine that slept, is not taken for a frozen loop.
 */
export interface Watch {
  /** `beat` is the counter of the heartbeat, `beatAgeMs` how long ago it was last raised. */
  look(nowMs: number, beat: number, beatAgeMs: number): Judgement;
}

export interface Judgement {
  /** How long the loop has stood, in milliseconds; with `went-on`, how long it stood until then. */
  readonly stoodMs: number;
  /**
   * `fine`: nothing to say. `stands`: it stands longer than it may, said at once and then each time it has
   * become ten times as long. `went-on`: it stood, that was said, and it beats again. `end`: longer than anybody waits.
   */
  readonly verdict: 'fine' | 'stands' | 'went-on' | 'end';
  /** When to look again: no alarm is due before. */
  readonly againInMs: number;
  /** Time of this look that does not count: the watcher did not have its turn either. */
  readonly notCountedMs: number;
}

export interface WatchLimits {
  /** Longer than this without a beat is an alarm. */
  readonly alarmMs: number;
  /** Longer than this is the end; null: never. */
  readonly endMs: number | null;
}

/** The longest pause between two looks, in milliseconds. */
export const LOOK_EVERY_MS = 50;
/** A look may be so much later than it was asked for on a busy machine, and still counts in full. */
export const LOOK_SLACK_MS = 50;

export function createWatch({ alarmMs, endMs }: WatchLimits): Watch {
  let seen: number | null = null;
  let lookedAt = 0;
  let asked = LOOK_EVERY_MS;
  let stoodMs = 0;
  /** What has to be reached for the next word; the first is the alarm itself. */
  let nextWordMs = alarmMs;

  function again(): number {
    const due = Math.min(nextWordMs, endMs ?? Number.POSITIVE_INFINITY) - stoodMs;
    asked = Math.max(1, Math.min(LOOK_EVERY_MS, Math.ceil(due)));
    return asked;
  }

  /** True when it stood so long that it was said. */
  function beaten(beat: number, beatAgeMs: number, mostMs: number): boolean {
    const wasSaid = nextWordMs > alarmMs;
    seen = beat;
    stoodMs = Math.min(beatAgeMs, mostMs);
    nextWordMs = alarmMs;
    return wasSaid;
  }

  function standing(): 'fine' | 'stands' | 'end' {
    if (endMs !== null && stoodMs >= endMs) return 'end';
    if (stoodMs < nextWordMs) return 'fine';
    while (nextWordMs <= stoodMs) nextWordMs *= 10;
    return 'stands';
  }

  return {
    look(nowMs, beat, beatAgeMs) {
      const gap = seen === null ? 0 : nowMs - lookedAt;
      const counted = Math.min(gap, asked + LOOK_SLACK_MS);
      lookedAt = nowMs;
      const notCountedMs = gap - counted;
      if (beat !== seen) {
        const stoodBefore = stoodMs + Math.max(0, counted - beatAgeMs);
        const wasSaid = beaten(beat, beatAgeMs, counted);
        if (wasSaid) return { verdict: 'went-on', stoodMs: stoodBefore, againInMs: again(), notCountedMs };
      } else {
        stoodMs += counted;
      }
      const verdict = standing();
      return { verdict, stoodMs, againInMs: again(), notCountedMs };
    },
  };
}
