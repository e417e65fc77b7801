/** One at a time, in order of arrival: the interface of a node has a single lane for all its changes. */
export interface Lane {
  /**
   * Runs `work` when everything before it has ended, well or not. With a signal the turn ends with the signal at the
   * latest, and so does the wait for it: `work` was given the same signal, and touches nothing after it.
   */
  run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}

export function createLane(): Lane {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run(work, signal) {
      const before = last;
      const turn = signal ? turnUntil(before, work, signal) : before.then(work, work);
      // Whoever gives up waiting leaves the others where they are.
      last = Promise.allSettled([before, turn]);
      return turn;
    },
  };
}

async function turnUntil<T>(
  before: Promise<unknown>,
  work: () => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const { promise: calledOff, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await Promise.race([before, calledOff]);
    const going = work();
    // Nobody may be waiting for it any more when it fails.
    going.catch(() => undefined);
    return await Promise.race([going, calledOff]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
