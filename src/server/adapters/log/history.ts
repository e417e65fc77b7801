import { sliceOfAll } from '../../core/keyset.ts';
import { LOG_LEVELS, type LogHistory, type LogLevel, type LogRow } from '../../core/ports/log-history.ts';

export interface LogHistoryLimits {
  readonly maxLines: number;
  /** Letters of all lines together. */
  readonly maxLetters: number;
  readonly maxAgeMs: number;
}

const LIMITS: LogHistoryLimits = { maxLines: 20_000, maxLetters: 4 * 1024 * 1024, maxAgeMs: 3_600_000 };
/** Of one line; what is longer is cut, so that one monster does not push everything else out. */
const LONGEST_LINE = 16 * 1024;
/** As pino begins a line here. */
const HEAD = /^\{"level":"(\w+)","time":"([^"]+)"/;

interface Line {
  readonly id: number;
  readonly at: number;
  readonly level: LogLevel;
  readonly text: string;
}

/** Keeps finished lines in memory, the oldest go first. `take` is the tap of `createLog`. */
export function createLogHistory(
  limits: LogHistoryLimits = LIMITS,
): LogHistory & { readonly take: (line: string) => void } {
  let lines: Line[] = [];
  /** Lines before it are gone; they are cut off the array now and then, not one by one. */
  let first = 0;
  let letters = 0;
  let taken = 0;
  let dropped = 0;

  function dropOldest(): Line {
    const oldest = lines[first]!;
    first += 1;
    letters -= oldest.text.length;
    if (first > 1024 && first > lines.length / 2) {
      lines = lines.slice(first);
      first = 0;
    }
    return oldest;
  }

  return {
    take(whole) {
      const text = whole.trimEnd().slice(0, LONGEST_LINE);
      const [, level, time] = HEAD.exec(text) ?? [];
      taken += 1;
      const at = time === undefined ? (lines.at(-1)?.at ?? 0) : Date.parse(time);
      lines.push({ id: taken, at, level: asLevel(level), text });
      letters += text.length;
      while (lines.length - first > limits.maxLines || letters > limits.maxLetters) {
        if (dropOldest().at > at - limits.maxAgeMs) dropped += 1;
      }
    },
    list({ level, q }, page, now) {
      const since = now.getTime() - limits.maxAgeMs;
      const least = LOG_LEVELS.indexOf(level);
      const wanted = q.toLowerCase();
      const found = lines.slice(first).filter((line) => {
        if (line.at < since || LOG_LEVELS.indexOf(line.level) < least) return false;
        return wanted === '' || line.text.toLowerCase().includes(wanted);
      });
      const keyOf = (line: Line) => [String(line.id)];
      const slice = sliceOfAll(found.reverse(), page, keyOf, (line, [id]) => Number(id) - line.id);
      return { ...slice, rows: slice.rows.map(toRow) };
    },
    dropped: () => dropped,
  };
}

function asLevel(text: string | undefined): LogLevel {
  return LOG_LEVELS.find((each) => each === text) ?? 'info';
}

function toRow({ id, at, level, text }: Line): LogRow {
  const whole = { id: String(id), at, level };
  try {
    const { level: _level, time: _time, msg, ...fields } = JSON.parse(text) as Record<string, unknown>;
    const rest = Object.keys(fields).length === 0 ? null : JSON.stringify(fields, null, 2);
    return { ...whole, message: String(msg ?? ''), fields: rest };
  } catch {
    // It was cut, or is no line of ours.
    return { ...whole, message: text, fields: null };
  }
}
