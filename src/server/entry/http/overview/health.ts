import type { Health } from '../../../../views/dashboard/models/overview.ts';
import type { Attention } from '../../../core/attention.ts';

type Area = 'database' | 'pool' | 'jobs' | 'loop' | 'calls' | 'bot' | 'node' | 'operators';

const AREA_OF: Readonly<Record<Attention['kind'], Area>> = {
  'database-away': 'database',
  'database-waiting': 'database',
  'jobs-stuck': 'jobs',
  'jobs-dead': 'jobs',
  'peers-late': 'jobs',
  'pool-low': 'pool',
  'breaker-open': 'calls',
  'loop-lag': 'loop',
  'loop-silent': 'jobs',
  'reconcile-overdue': 'node',
  'reconcile-refused': 'node',
  'node-not-held': 'node',
  'bot-failing': 'bot',
  'bot-away': 'bot',
  'bot-unauthorized': 'bot',
  'bot-conflict': 'bot',
  'no-second-factor': 'operators',
};

/** A panel is as bad as the worst line of the list above it: the two never say different things. */
export function healthOf(attention: readonly Attention[]): (area: Area, poolId?: number) => Health {
  return (area, poolId) => {
    const lines = attention.filter(
      (item) =>
        AREA_OF[item.kind] === area && (poolId === undefined || ('poolId' in item && item.poolId === poolId)),
    );
    if (lines.some(({ severity }) => severity === 'bad')) return 'bad';
    return lines.length > 0 ? 'warn' : 'good';
  };
}
