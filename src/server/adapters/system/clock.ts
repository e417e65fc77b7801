import { AppError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports/clock.ts';

/** The machine's clock and timers. Timers of `deadline` do not keep the process alive; those of `sleep` do. */
export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  sleep,
  deadline,
};

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  if (ms <= 0) return turn(signal);
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}

/** A moment that has passed already is now: the others get their turn, and no timer makes a millisecond of it. */
function turn(signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    setImmediate(() => (signal?.aborted ? reject(signal.reason) : resolve()));
  });
}

function deadline(ms: number, parent?: AbortSignal): AbortSignal {
  const controller = new AbortController();
  if (parent?.aborted) {
    controller.abort(parent.reason);
    return controller.signal;
  }
  const stop = () => {
    clearTimeout(timer);
    controller.abort(parent?.reason);
  };
  const timer = setTimeout(() => {
    // A parent may live as long as the process: it must not collect a listener per call.
    parent?.removeEventListener('abort', stop);
    controller.abort(new AppError('timeout', `No answer within ${ms} ms.`, { details: { timeoutMs: ms } }));
  }, ms);
  timer.unref();
  parent?.addEventListener('abort', stop, { once: true });
  return controller.signal;
}
