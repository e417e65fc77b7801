import type { Language, Notice, Shell, Theme } from '../../../views/dashboard/models.ts';
import { paths, withQuery } from '../../../views/dashboard/paths.ts';
import type { Operator } from '../../core/operators.ts';
import type { Words } from '../../core/ports/words.ts';
import type { Flash } from './answers.ts';
import { COOKIES, type Cookies } from './cookies.ts';

export interface ShellParts {
  readonly words: Words;
  readonly version: string;
  /** Length of the "needs attention" list; null: not known. */
  attention(): number | null;
}

/** What every page is drawn in. */
export function shellOf(
  { words, version, attention }: ShellParts,
  visit: {
    readonly operator: Operator | null;
    readonly cookies: Cookies;
    readonly headers: Headers;
    readonly path: string;
    readonly csrf: string;
    readonly now: Date;
  },
): Shell {
  const { operator, cookies, path, csrf, now } = visit;
  const language = languageOf(cookies, visit.headers);
  const t: Shell['t'] = (key, values) => words.say(language, key, values);
  return {
    language,
    t,
    now: now.getTime(),
    operator: operator === null ? null : { name: operator.name, role: operator.role },
    csrf,
    theme: themeOf(cookies),
    path,
    attention: operator === null ? null : attention(),
    notice: noticeOf(cookies, t),
    // Every page of somebody who is logged in says how much needs attention.
    live: operator === null ? null : withQuery(paths.live, { panels: 'badge' }),
    version,
  };
}

/** What was chosen, else what the browser prefers. */
export function languageOf(cookies: Cookies, headers: Headers): Language {
  const chosen = cookies.get(COOKIES.language);
  if (chosen === 'en' || chosen === 'ru') return chosen;
  const first = /\b(en|ru)\b/i.exec(headers.get('accept-language') ?? '')?.[1]?.toLowerCase();
  return first === 'ru' ? 'ru' : 'en';
}

function themeOf(cookies: Cookies): Theme {
  const chosen = cookies.get(COOKIES.theme);
  return chosen === 'light' || chosen === 'dark' ? chosen : 'system';
}

/** The cookie comes back from outside: what does not fit is no notice. */
function noticeOf(cookies: Cookies, t: Shell['t']): Notice | null {
  const text = cookies.get(COOKIES.notice);
  if (!text) return null;
  try {
    const { tone, key, values } = JSON.parse(Buffer.from(text, 'base64url').toString()) as Flash;
    return { tone: tone === 'good' || tone === 'warn' ? tone : 'bad', text: t(key, values) };
  } catch {
    return null;
  }
}
