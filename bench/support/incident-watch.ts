/** What is seen of a bot from outside while people use it. */
import type { Asked } from '../../tests/support/crowd.ts';
import { percentile } from './figures.ts';

export interface HealthFigures {
  readonly asked: number;
  readonly failed: number;
  readonly worstMs: number;
}

export interface HealthProbe {
  stop(): Promise<HealthFigures>;
}

const EVERY_MS = 100;
const LONGEST_MS = 10_000;

/** Asks /healthz ten times a second until stopped. */
export function probeHealth(base: string): HealthProbe {
  let going = true;
  const seen = { asked: 0, failed: 0, worstMs: 0 };
  const ask = async () => {
    const startedAt = performance.now();
    const answer = await fetch(`${base}/healthz`, { signal: AbortSignal.timeout(LONGEST_MS) }).catch(
      () => null,
    );
    await answer?.text().catch(() => undefined);
    const tookMs = performance.now() - startedAt;
    seen.asked += 1;
    if (answer?.status !== 200) seen.failed += 1;
    seen.worstMs = Math.max(seen.worstMs, tookMs);
    await Bun.sleep(Math.max(0, EVERY_MS - tookMs));
  };
  const probing = (async () => {
    while (going) await ask();
  })();
  return {
    async stop() {
      going = false;
      await probing;
      return seen;
    },
  };
}

export interface WaitFigures {
  readonly asked: number;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
  /** Asked and never answered while anybody waited. */
  readonly unanswered: number;
}

/** Who gave up is counted with the whole time they waited. */
export function waitsOf(asked: readonly Asked[], patienceMs: number): WaitFigures {
  const waits = asked.map(({ waitMs }) => waitMs ?? patienceMs);
  return {
    asked: asked.length,
    p50: percentile(waits, 0.5),
    p95: percentile(waits, 0.95),
    max: waits.length === 0 ? Number.NaN : Math.max(...waits),
    unanswered: asked.filter(({ waitMs }) => waitMs === null).length,
  };
}

/** Values of metrics as Prometheus writes them, by name with labels. */
export async function metricsOf(base: string): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${base}/metrics`, { signal: AbortSignal.timeout(LONGEST_MS) })).text();
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [
      line.slice(0, line.lastIndexOf(' ')),
      Number(line.slice(line.lastIndexOf(' ') + 1)),
    ]),
  );
}
