import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How late timers fire, in seconds. */
export interface Lag {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface LoopLag {
  /** The worse of the last complete window and the running one. A short block shows in `max` only. */
  read(): Lag;
  stop(): void;
}

const NANOSECONDS = 1e9;
const NONE: Lag = { p50: 0, p99: 0, max: 0 };

/**
 * Watches the event loop of this thread. Bun has one histogram for all monitors of a process, so make only one.
 * It reports a block after the block; a frozen loop needs a watchdog of another thread.
 */
export function createLoopLag(options: { readonly windowMs: number }): LoopLag {
  const histogram = monitorEventLoopDelay({ resolution: 10 });
  let last = NONE;
  const running = (): Lag => ({
    p50: histogram.percentile(50) / NANOSECONDS,
    p99: histogram.percentile(99) / NANOSECONDS,
    max: histogram.max / NANOSECONDS,
  });
  histogram.enable();
  const timer = setInterval(() => {
    last = running();
    histogram.reset();
  }, options.windowMs);
  timer.unref();
  return {
    read: () => worse(last, running()),
    stop() {
      clearInterval(timer);
      histogram.disable();
    },
  };
}

function worse(a: Lag, b: Lag): Lag {
  return { p50: Math.max(a.p50, b.p50), p99: Math.max(a.p99, b.p99), max: Math.max(a.max, b.max) };
}
