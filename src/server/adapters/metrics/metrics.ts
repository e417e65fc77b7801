import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Clock } from '../../core/ports/clock.ts';
import type { GaugeReader, Metrics } from '../../core/ports/metrics.ts';
import { createObservedGauges } from './observed-gauges.ts';

const CALL_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const UPDATE_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Metrics in a registry of their own, by prom-client; its default metrics print nonsense under Bun. */
export function createMetrics(deps: { readonly clock: Clock }): Metrics {
  const registry = new Registry();
  const recorded = createRecorded(registry);
  const breakers = new Map<string, () => boolean>();
  const observed = createObservedGauges(deps.clock);
  return {
    call(name, seconds, reason) {
      // A call that a breaker refused took no time: it would make an outage look fast.
      if (reason !== 'breaker_open') recorded.callSeconds.observe({ call: name }, seconds);
      if (reason !== undefined) recorded.callFailures.inc({ call: name, reason });
    },
    breaker: (name, isOpen) => void breakers.set(name, isOpen),
    processStarted: (program) => recorded.processesStarted.inc({ program }),
    update(outcome, seconds) {
      recorded.updates.inc({ outcome });
      if (seconds !== undefined) recorded.updateSeconds.observe(seconds);
    },
    observe: (name: string, help: string, labels: readonly string[], read: GaugeReader) =>
      observed.add({ name: fullName(name), help, labels, read }),
    async render() {
      for (const [call, isOpen] of breakers) recorded.breakerOpen.set({ call }, isOpen() ? 1 : 0);
      return (await registry.metrics()) + (await observed.render());
    },
  };
}

/** The contract lists names without their prefix; both spellings are taken. */
function fullName(name: string): string {
  return name.startsWith('adit_') ? name : `adit_${name}`;
}

const createRecorded = (registry: Registry) => ({ ...callMetrics([registry]), ...updateMetrics([registry]) });

function callMetrics(registers: Registry[]) {
  return {
    callSeconds: new Histogram({
      name: 'adit_call_seconds',
      help: 'Duration of calls to the outside.',
      labelNames: ['call'],
      buckets: CALL_SECONDS,
      registers,
    }),
    callFailures: new Counter({
      name: 'adit_call_failures_total',
      help: 'Calls to the outside that failed, by reason.',
      labelNames: ['call', 'reason'],
      registers,
    }),
    breakerOpen: new Gauge({
      name: 'adit_breaker_open',
      help: '1 while calls of this name are refused after failures in a row.',
      labelNames: ['call'],
      registers,
    }),
    processesStarted: new Counter({
      name: 'adit_processes_started_total',
      help: 'Child processes started.',
      labelNames: ['program'],
      registers,
    }),
  };
}

function updateMetrics(registers: Registry[]) {
  return {
    updates: new Counter({
      name: 'adit_updates_total',
      help: 'Telegram updates, by outcome.',
      labelNames: ['outcome'],
      registers,
    }),
    updateSeconds: new Histogram({
      name: 'adit_update_seconds',
      help: 'From an update taken in hand to its answer.',
      buckets: UPDATE_SECONDS,
      registers,
    }),
  };
}
