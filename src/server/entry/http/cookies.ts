/**
 * The dashboard's cookies. `__Host-` binds each to this host, to HTTPS and to the whole site (RFC 6265bis): a sibling
 * domain cannot plant one. Chromium takes them on plain http from localhost and 127.0.0.1 as well (tried in
 * Chromium 156); other browsers may want HTTPS even at home.
 */
export const COOKIES = {
  session: '__Host-adit-session',
  /** Between password and second factor. */
  code: '__Host-adit-code',
  /** A browser that has logged in before. */
  device: '__Host-adit-device',
  /** Ties forms to a browser before login. */
  visitor: '__Host-adit-visitor',
  /** What the last action came to, until a page has shown it. */
  notice: '__Host-adit-notice',
  language: '__Host-adit-language',
  theme: '__Host-adit-theme',
} as const;

export type Cookies = ReadonlyMap<string, string>;

export function readCookies(headers: Headers): Cookies {
  const found = new Map<string, string>();
  for (const part of (headers.get('cookie') ?? '').split(';')) {
    const equals = part.indexOf('=');
    const name = part.slice(0, equals).trim();
    // The first of a name is the one with the longest path (RFC 6265, 5.4).
    if (equals > 0 && name !== '' && !found.has(name)) found.set(name, part.slice(equals + 1).trim());
  }
  return found;
}

/** `seconds` null: until the browser closes; 0: gone now. Lax: a link from a chat opens the page one is logged in to. */
export function cookie(name: string, value: string, seconds: number | null): string {
  const age = seconds === null ? '' : `; Max-Age=${seconds}`;
  return `${name}=${value}; Path=/; Secure; HttpOnly; SameSite=Lax${age}`;
}

export const noCookie = (name: string): string => cookie(name, '', 0);
