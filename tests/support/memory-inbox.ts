import type { UpdateId } from '../../src/server/core/ids.ts';
import type { Inbox, StoredUpdate } from '../../src/server/core/ports/store.ts';

/** An Inbox in memory, with the switches a test needs. */
export interface MemoryInbox extends Inbox {
  /** Marks as handled; false when it was before. What a desk does inside its transaction. */
  settleOnce(id: UpdateId): boolean;
  /** Every call fails with this until it is null again. */
  failure: Error | null;
  /** Resolves before every accept: hold it to be a slow database. */
  gate: Promise<void>;
  readonly acceptedBatches: number[];
  unsettledIds(): readonly UpdateId[];
}

export function createMemoryInbox(): MemoryInbox {
  const stored = new Map<UpdateId, StoredUpdate>();
  const settled = new Set<UpdateId>();
  return {
    failure: null,
    gate: Promise.resolve(),
    acceptedBatches: [],
    async accept(updates) {
      await this.gate;
      if (this.failure) throw this.failure;
      const fresh = updates.filter((each) => !stored.has(each.id));
      for (const each of fresh) stored.set(each.id, each);
      this.acceptedBatches.push(updates.length);
      return new Set(fresh.map((each) => each.id));
    },
    async settle(id) {
      if (this.failure) throw this.failure;
      settled.add(id);
    },
    async unsettled(limit) {
      if (this.failure) throw this.failure;
      return this.unsettledIds()
        .slice(0, limit)
        .map((id) => stored.get(id) as StoredUpdate);
    },
    async forget() {
      return 0;
    },
    settleOnce(id) {
      if (settled.has(id)) return false;
      settled.add(id);
      return true;
    },
    unsettledIds: () => [...stored.keys()].filter((id) => !settled.has(id)),
  };
}
