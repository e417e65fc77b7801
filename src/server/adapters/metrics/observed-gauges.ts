import { Gauge, Registry } from 'prom-client';
import { AppError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { GaugeReader, GaugeValue } from '../../core/ports/metrics.ts';

interface Observed {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly read: GaugeReader;
}

interface ObservedGauges {
  /** Throws AppError `conflict` for a name taken before. */
  add(gauge: Observed): void;
  /** Prometheus text of the gauges that could be read in time. */
  render(): Promise<string>;
}

/** A scrape must end even when the database does not answer. */
const READ_WITHIN_MS = 1_000;

/** Gauges that are read when somebody asks, all at the same time; one that throws or is late is left out. */
export function createObservedGauges(clock: Clock): ObservedGauges {
  const gauges = new Map<string, Observed & { readonly current: () => Promise<readonly GaugeValue[]> }>();
  return {
    add(gauge) {
      if (gauges.has(gauge.name)) throw new AppError('conflict', `The metric ${gauge.name} exists already.`);
      gauges.set(gauge.name, { ...gauge, current: shared(gauge.read) });
    },
    async render() {
      // A registry per scrape: a gauge without values must not appear as 0.
      const registry = new Registry();
      const late = clock.deadline(READ_WITHIN_MS);
      await Promise.all([...gauges.values()].map((gauge) => readInto(registry, gauge, gauge.current, late)));
      return registry.metrics();
    },
  };
}

/** One reading at a time: scrapes of a reader that hangs wait for the same one instead of piling up. */
function shared(read: GaugeReader): () => Promise<readonly GaugeValue[]> {
  let pending: Promise<readonly GaugeValue[]> | undefined;
  return () => {
    pending ??= Promise.try(read).finally(() => {
      pending = undefined;
    });
    return pending;
  };
}

async function readInto(
  registry: Registry,
  observed: Observed,
  current: () => Promise<readonly GaugeValue[]>,
  late: AbortSignal,
): Promise<void> {
  try {
    const values = await Promise.race([current(), rejected(late)]);
    const gauge = new Gauge({
      name: observed.name,
      help: observed.help,
      labelNames: [...observed.labels],
      registers: [registry],
    });
    for (const { labels, value } of values) gauge.set({ ...labels }, value);
  } catch {
    registry.removeSingleMetric(observed.name);
  }
}

function rejected(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
