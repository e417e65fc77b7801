import type { LoopLag } from '../adapters/system/loop-lag.ts';
import type { LoopRecord } from '../core/loop-record.ts';
import type { GaugeValue } from '../core/ports/metrics.ts';
import type { ReconcileRun } from '../core/ports/store.ts';
import type { ReconcileWork } from './reconcile.ts';
import type { Stores } from './stores.ts';
import type { World } from './world.ts';

export interface Observed {
  readonly lag: LoopLag;
  readonly stores: Stores;
  /** The interface, and an Xray where there is one. */
  readonly compared: readonly ComparedNode[];
}

interface ComparedNode {
  readonly id: string;
  readonly reconciling: Pick<ReconcileWork, 'lastRun' | 'lastSuccess'>;
}

/** How every loop of the program fares; a loop without any success yet has no age. */
export function observeLoops({ metrics }: Pick<World, 'metrics'>, loops: () => readonly LoopRecord[]): void {
  const observe = (name: string, help: string, value: (record: LoopRecord) => number | null) =>
    metrics.observe(name, help, ['loop'], () =>
      loops().flatMap((record) => {
        const read = value(record);
        return read === null ? [] : [{ labels: { loop: record.name }, value: read }];
      }),
    );
  observe('adit_loop_last_success_age_seconds', 'Time since a background loop last succeeded.', (each) =>
    each.lastSuccessAgeMs === null ? null : each.lastSuccessAgeMs / 1000,
  );
  observe(
    'adit_loop_failures_in_row',
    'Failures of a background loop since it last succeeded.',
    (each) => each.failuresInRow,
  );
  observe(
    'adit_loop_restarts_total',
    'How often a background loop had to be begun again.',
    (each) => each.restarts,
  );
}

/** The gauges that are read when somebody asks. */
export function observe(world: World, observed: Observed): void {
  const { metrics } = world;
  metrics.observe(
    'adit_event_loop_lag_seconds',
    'Delay of the event loop over the last window.',
    ['stat'],
    () => {
      const lag = observed.lag.read();
      return (['p50', 'p99', 'max'] as const).map((stat) => ({ labels: { stat }, value: lag[stat] }));
    },
  );
  metrics.observe('adit_addresses', 'Addresses of a pool by state.', ['pool', 'state'], async () =>
    (await observed.stores.nodes.usage()).flatMap((pool) =>
      (['free', 'leased', 'resting'] as const).map((state) => ({
        labels: { pool: pool.pool, state },
        value: pool[state],
      })),
    ),
  );
  metrics.observe('adit_jobs', 'Jobs that are not done, by state.', ['queue', 'state'], async () =>
    (await observed.stores.jobs.counts()).map(({ queue, state, count }) => ({
      labels: { queue, state },
      value: count,
    })),
  );
  metrics.observe('adit_jobs_stuck', 'Jobs somebody should look at.', [], async () => [
    { labels: {}, value: await observed.stores.jobs.stuck(world.clock.now()) },
  ]);
  observeReconcile(world, observed);
}

function observeReconcile({ metrics, clock }: World, { compared }: Observed): void {
  metrics.observe(
    'adit_reconcile_last_success_age_seconds',
    'Time since the node was last compared with the database.',
    ['node'],
    () =>
      compared.flatMap(({ id: node, reconciling }) => {
        const last = reconciling.lastSuccess();
        return last ? [{ labels: { node }, value: (clock.now().getTime() - last.getTime()) / 1000 }] : [];
      }),
  );
  metrics.observe('adit_reconcile_drift', 'What the last comparison found, by kind.', ['node', 'kind'], () =>
    compared.flatMap(({ id, reconciling }) => {
      const run = reconciling.lastRun();
      return run ? driftOf(id, run) : [];
    }),
  );
}

const driftOf = (node: string, run: ReconcileRun): readonly GaugeValue[] =>
  (['added', 'removed', 'changed', 'quarantined', 'refused'] as const).map((kind) => ({
    labels: { node, kind },
    value: run[kind],
  }));
