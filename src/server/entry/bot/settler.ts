import type { UpdateId } from '../../core/ids.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Inbox } from '../../core/ports/store.ts';

/** Marks updates as handled. What cannot be written now is written later. */
export interface Settler {
  /** Never throws. */
  settle(id: UpdateId): Promise<void>;
  /** Writes what is owed. Never throws; repeating is safe. */
  repay(): Promise<void>;
}

/** A restart answers these few again, rather than memory growing while the database is away. */
const MOST_OWED = 10_000;

export function createSettler(inbox: Inbox, log: Log): Settler {
  let owed: UpdateId[] = [];

  async function write(id: UpdateId): Promise<boolean> {
    try {
      await inbox.settle(id);
      return true;
    } catch (error) {
      if (owed.length === 0) log.warn({ err: error, update: id }, 'updates are settled later');
      if (owed.length < MOST_OWED) owed.push(id);
      return false;
    }
  }

  async function repay(): Promise<void> {
    const debts = owed;
    owed = [];
    await Promise.all(debts.map(write));
  }

  return {
    async settle(id) {
      if (await write(id)) await repay();
    },
    repay,
  };
}
