import type { Language, Setting } from './models.ts';

/** Numbers, sizes, durations and moments as people read them. Pure: the moment "now" is part of the setting. */
const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', ru: 'ru' };
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** What JavaScript can tell as a date; beyond it a moment is only a number. */
const LAST_MOMENT = 8.64e15;

const numberFormats = new Map<string, Intl.NumberFormat>();
const relativeFormats = new Map<Language, Intl.RelativeTimeFormat>();

/** `1,204` or `1 204`; at most `digits` after the point. A dash for what is no number. */
export function number(language: Language, value: number | null, digits = 0): string {
  if (value === null || !Number.isFinite(value)) return '–';
  const name = `${language}${digits}`;
  const known = numberFormats.get(name);
  const format = known ?? new Intl.NumberFormat(LOCALES[language], { maximumFractionDigits: digits });
  if (!known) numberFormats.set(name, format);
  return format.format(value);
}

/** One digit after the point below ten: `0.4`, `9.8`, `12`. */
export function rough(language: Language, value: number | null): string {
  return number(language, value, value !== null && Math.abs(value) < 10 ? 1 : 0);
}

const SIZES = ['bytes', 'kib', 'mib', 'gib', 'tib'] as const;

/** `0 B`, `1.2 GiB`. */
export function bytes({ language, t }: Setting, value: number | null): string {
  if (value === null || !Number.isFinite(value)) return '–';
  const step = value < 1 ? 0 : Math.min(SIZES.length - 1, Math.floor(Math.log2(value) / 10));
  return t(`size-${SIZES[step]!}`, { size: rough(language, value / 1024 ** step) });
}

/** `0.1 ms`, `412 ms`, `3.2 s`, `4 min 10 s`, `5 h 3 min`, `3 d 4 h`. */
export function duration(setting: Setting, ms: number | null): string {
  if (ms === null || !Number.isFinite(ms)) return '–';
  const { language, t } = setting;
  if (ms > 0 && ms < 0.05) return t('time-ms', { n: `<${rough(language, 0.1)}` });
  if (ms < SECOND) return t('time-ms', { n: rough(language, Math.max(0, ms)) });
  if (ms < MINUTE) return t('time-s', { n: rough(language, ms / SECOND) });
  if (ms < HOUR) return pair(setting, ms, ['min', MINUTE], ['s', SECOND]);
  if (ms < 2 * DAY) return pair(setting, ms, ['h', HOUR], ['min', MINUTE]);
  return pair(setting, ms, ['d', DAY], ['h', HOUR]);
}

type Unit = readonly [name: string, ms: number];

function pair({ language, t }: Setting, ms: number, big: Unit, small: Unit): string {
  const whole = Math.floor(ms / big[1]);
  const rest = Math.floor((ms % big[1]) / small[1]);
  const first = t(`time-${big[0]}`, { n: number(language, whole) });
  return rest === 0 || whole >= 10
    ? first
    : `${first} ${t(`time-${small[0]}`, { n: number(language, rest) })}`;
}

/** `3 min ago`, `in 2 hr`, `now`. The page's script says it the same way. */
export function relative({ language, now }: Setting, at: number): string {
  const known = relativeFormats.get(language);
  const format = known ?? new Intl.RelativeTimeFormat(LOCALES[language], { style: 'short', numeric: 'auto' });
  if (!known) relativeFormats.set(language, format);
  const ms = at - now;
  const size = Math.abs(ms);
  if (size < 5 * SECOND) return format.format(0, 'second');
  if (size < MINUTE) return format.format(Math.trunc(ms / SECOND), 'second');
  if (size < HOUR) return format.format(Math.trunc(ms / MINUTE), 'minute');
  if (size < DAY) return format.format(Math.trunc(ms / HOUR), 'hour');
  return format.format(Math.trunc(ms / DAY), 'day');
}

/** `2026-11-21 01:02:03 UTC`. */
export function absolute(at: number): string {
  if (!isMoment(at)) return '–';
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

export function isMoment(at: number): boolean {
  return Number.isFinite(at) && Math.abs(at) <= LAST_MOMENT;
}
