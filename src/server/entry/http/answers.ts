import { type AppError, assertNever } from '../../core/errors.ts';
import { COOKIES, cookie } from './cookies.ts';

/** A word of the last action for the next page, as a key of the dashboard's texts. */
export interface Flash {
  readonly tone: 'good' | 'warn' | 'bad';
  readonly key: string;
  readonly values?: Readonly<Record<string, string | number>>;
}

const NOTICE_SECONDS = 60;

/** A page. `html` is what a view drew. */
export function page(html: string, status = 200, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(html, { status, headers: { 'content-type': 'text/html; charset=utf-8', ...headers } });
}

/** After an action: the browser asks for `path`, which shows `flash` once. */
export function seeOther(path: string, flash: Flash | null = null): Response {
  const answer = new Response(null, { status: 303, headers: { location: path } });
  if (flash === null) return answer;
  const text = Buffer.from(JSON.stringify(flash)).toString('base64url');
  answer.headers.append('set-cookie', cookie(COOKIES.notice, text, NOTICE_SECONDS));
  return answer;
}

/** A path of ours from something typed or sent, else `fallback`: nobody is led elsewhere. */
export function localPath(text: string | null, fallback: string): string {
  if (text === null || !/^\/(?![/\\])[!-[\]-~]*$/.test(text)) return fallback;
  // Printable ASCII without the backslash is left; read as a browser would, it must stay here.
  const base = 'http://here.invalid';
  return URL.canParse(text, base) && new URL(text, base).origin === base ? text : fallback;
}

export function statusOf(error: AppError): number {
  const own = error.details.status;
  if (typeof own === 'number') return own;
  switch (error.code) {
    case 'invalid':
      return 400;
    case 'not_found':
      return 404;
    case 'conflict':
      return 409;
    case 'forbidden':
      return 403;
    case 'exhausted':
      return 503;
    case 'unavailable':
      return 503;
    case 'timeout':
      return 504;
    case 'internal':
      return 500;
    default:
      return assertNever(error.code);
  }
}
