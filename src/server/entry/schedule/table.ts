import { LOCAL_NODE, XRAY_NODE } from '../../core/ids.ts';
import type { NewJob } from '../../core/ports/jobs.ts';

/** A line of the schedule: cron only enqueues, the work is a job (durable, visible, retried). */
export interface ScheduledJob {
  readonly name: string;
  /** Seconds between two runs. */
  readonly everySeconds: number;
  readonly job: NewJob;
}

/**
 * Every line has a singleton key: a run that is late is never doubled, and downtime is not made up for in a heap. When a
 * line runs is told by app/schedule.ts.
 */
export function scheduleTable(settings: {
  readonly reconcileSeconds: number;
  /** Null: VLESS is not on sale. */
  readonly inboundSeconds: number | null;
}): readonly ScheduledJob[] {
  return [
    ...(settings.inboundSeconds === null ? [] : [inboundLine(settings.inboundSeconds)]),
    {
      name: 'reconcile-node',
      everySeconds: settings.reconcileSeconds,
      job: { kind: 'reconcile-node', data: { nodeId: LOCAL_NODE }, singletonKey: `reconcile:${LOCAL_NODE}` },
    },
    {
      name: 'expire-subscriptions',
      // Access ends on the interface within five seconds of its time, the tick and the work included.
      everySeconds: 2,
      job: { kind: 'expire-subscriptions', data: {}, singletonKey: 'expire', priority: 5 },
    },
    {
      name: 'count-traffic',
      // Whoever has a limit is cut off within five seconds of reaching it; without any limit most ticks only ask.
      everySeconds: 2,
      job: { kind: 'count-traffic', data: {}, singletonKey: 'count-traffic', priority: 3 },
    },
    {
      name: 'housekeeping',
      everySeconds: 60,
      job: { kind: 'housekeeping', data: {}, singletonKey: 'housekeeping' },
    },
  ];
}

const inboundLine = (everySeconds: number): ScheduledJob => ({
  name: 'reconcile-inbound',
  everySeconds,
  job: { kind: 'reconcile-inbound', data: { nodeId: XRAY_NODE }, singletonKey: `reconcile:${XRAY_NODE}` },
});
