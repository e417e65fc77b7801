import { isRed, type LoopRecord } from '../core/loop-record.ts';
import type { Breakers } from '../core/ports/breaker.ts';
import type { Readiness } from '../entry/http/server.ts';

export interface ReadinessParts {
  readonly database: { readonly reachable: boolean; readonly lastSuccessAgeMs: number };
  readonly holdsNode: boolean;
  readonly bot: { readonly ok: boolean; readonly reason: string | null };
  readonly loops: readonly LoopRecord[];
  readonly breakers: ReturnType<Breakers['states']>;
}

/** WireGuard is served without it: an Xray that is away is said on the dashboard, and is no reason to take users away. */
const SERVED_WITHOUT = /^(xray|reconcile:xray)/;

/** Whether users are served now, and if not, why, in sentences for the operator. Never a secret. */
export function readinessOf(parts: ReadinessParts | null): Readiness {
  if (parts === null) return { ready: false, reasons: ['starting'] };
  const reasons = [
    ...(parts.database.reachable
      ? []
      : [`the database has not answered for ${seconds(parts.database.lastSuccessAgeMs)}`]),
    ...(parts.holdsNode
      ? []
      : ['this process does not hold its node: another one does, or it is being taken over']),
    ...(parts.bot.ok ? [] : [parts.bot.reason ?? 'the bot does not work']),
    ...parts.loops
      .filter((loop) => overdue(loop) && !SERVED_WITHOUT.test(loop.name))
      .map((loop) => `the loop ${loop.name} has had no success for ${seconds(loop.lastSuccessAgeMs ?? 0)}`),
    ...parts.breakers
      .filter((each) => each.state === 'open' && !SERVED_WITHOUT.test(each.name))
      .map((each) => `calls of ${each.name} are refused after failures in a row`),
  ];
  return { ready: reasons.length === 0, reasons };
}

const overdue = (loop: LoopRecord) => loop.lastSuccessAgeMs !== null && isRed(loop);
const seconds = (ms: number) => `${Math.round(ms / 1000)} s`;
