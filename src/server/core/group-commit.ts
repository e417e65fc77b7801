/**
 * Group commit: whatever arrives while a batch is in flight forms the next batch.
 *
 * A lone caller waits for nothing; a burst of a thousand becomes a few dozen runs. There is no timer: the
 * length of a run is the only delay.
 */
export interface GroupCommit<Item, Result> {
  /** Resolves with this item's own result; rejects with what the whole batch was rejected with. */
  submit(item: Item): Promise<Result>;
  /** Items waiting or in flight. */
  readonly size: number;
  /** Resolves when nothing waits or is in flight. */
  idle(): Promise<void>;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  resolve(result: Result): void;
  reject(reason: unknown): void;
}

/** `run` gets 1…maxBatch items in order of arrival and answers one result for each, in the same order. */
export function createGroupCommit<Item, Result>(
  run: (items: readonly Item[]) => Promise<readonly Result[]>,
  maxBatch: number,
): GroupCommit<Item, Result> {
  const waiting: Waiting<Item, Result>[] = [];
  let inFlight = 0;
  let draining: Promise<void> | null = null;

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, maxBatch);
      inFlight = batch.length;
      await settle(batch);
      inFlight = 0;
    }
    draining = null;
  }

  async function settle(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await run(batch.map((each) => each.item));
      for (const [index, each] of batch.entries()) each.resolve(results[index] as Result);
    } catch (error) {
      for (const each of batch) each.reject(error);
    }
  }

  return {
    submit(item) {
      const { promise, resolve, reject } = Promise.withResolvers<Result>();
      waiting.push({ item, resolve, reject });
      draining ??= Promise.resolve().then(drain);
      return promise;
    },
    get size() {
      return waiting.length + inFlight;
    },
    async idle() {
      while (draining) await draining;
    },
  };
}
