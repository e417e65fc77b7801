/** Waiting in tests: poll a condition until it holds, within a limit. No test waits in any other way. */
export interface EventuallyOptions {
  /** Gives up after this long. Default 5,000 ms. */
  readonly withinMs?: number;
  /** Pause between two looks. Default 20 ms. */
  readonly everyMs?: number;
}

/**
 * Calls `look` until it neither throws nor returns false, and returns what it returned.
 * After `withinMs` the last failure is thrown, so that the test says what was not true yet.
 */
export async function eventually<T>(look: () => T | Promise<T>, options: EventuallyOptions = {}): Promise<T> {
  const { withinMs = 5_000, everyMs = 20 } = options;
  const end = performance.now() + withinMs;
  for (;;) {
    const failure = await attempt(look);
    if ('value' in failure) return failure.value;
    if (performance.now() >= end) throw failure.error;
    await Bun.sleep(everyMs);
  }
}

async function attempt<T>(look: () => T | Promise<T>): Promise<{ value: T } | { error: unknown }> {
  try {
    const value = await look();
    return value === false ? { error: new Error(`not true in time: ${look}`) } : { value };
  } catch (error) {
    return { error };
  }
}
