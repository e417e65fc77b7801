/**
 * Whether a change was asked for by a page of ours. Browsers say where a POST comes from in `Origin`, and newer ones in
 * `Sec-Fetch-Site`, which no script can set. Whoever says neither is no browser that holds anybody's cookies, and is
 * refused too.
 */
export function isSameOrigin(headers: Headers, host: string): boolean {
  const site = headers.get('sec-fetch-site');
  const origin = headers.get('origin');
  if (site === null && origin === null) return false;
  if (site !== null && site !== 'same-origin') return false;
  return origin === null || hostOf(origin) === host.toLowerCase();
}

/** `null`, which hides where it comes from, is nobody's host. */
function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}
