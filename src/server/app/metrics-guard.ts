import { timingSafeEqual } from 'node:crypto';
import type { Secret } from '../core/secret.ts';
import type { MetricsGuard } from '../entry/http/metrics-guard.ts';

/** Lets in who brings METRICS_TOKEN; nobody while it is unset. In constant time for tokens of the right length. */
export const metricsGuard = (token: Secret | null): MetricsGuard => ({
  matches(given) {
    if (token === null) return false;
    const [wanted, got] = [Buffer.from(token.reveal()), Buffer.from(given)];
    return wanted.length === got.length && timingSafeEqual(wanted, got);
  },
});
