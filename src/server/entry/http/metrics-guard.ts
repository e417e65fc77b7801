/** Who may read the metrics: this machine, or whoever has the token. */
export interface MetricsGuard {
  /** True for the token that was configured; compared in constant time. */
  matches(token: string): boolean;
}

export function mayReadMetrics(guard: MetricsGuard, headers: Headers, fromLoopback: boolean): boolean {
  const [scheme, token] = (headers.get('authorization') ?? '').split(' ', 2);
  if (scheme?.toLowerCase() === 'bearer' && token) return guard.matches(token);
  // Behind a proxy on this machine everybody looks like loopback.
  return fromLoopback && !headers.has('x-forwarded-for') && !headers.has('forwarded');
}

export function isLoopback(address: string | undefined): boolean {
  if (address === undefined) return false;
  return address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.');
}
