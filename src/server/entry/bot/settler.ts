import type { UpdateId } from '../../core/ids.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Inbox } from '../../core/ports/store.ts';

/** Marks updates as handled. What cannot be written now is written with a later one. */
export interface Settler {
  /** Never throws. */
  settle(id: UpdateId): Promise<void>;
  /** To be settled when the debts are paid: for an update that may or may not have been stored. */
  owe(id: UpdateId): void;
  /** Settles what is owed, if the database answers. Never throws. */
  payDebts(): Promise<void>;
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
      owe(id);
      return false;
    }
  }

  function owe(id: UpdateId): void {
    if (owed.length < MOST_OWED) owed.push(id);
  }

  /** The first one shows whether the database answers at all. */
  async function payDebts(): Promise<void> {
    const [first, ...rest] = owed;
    if (first === undefined) return;
    owed = [];
    if (await write(first)) await Promise.all(rest.map(write));
    else rest.forEach(owe);
  }

  return {
    async settle(id) {
      if (await write(id)) await payDebts();
    },
    owe,
    payDebts,
  };
}
