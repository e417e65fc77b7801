import { and, asc, isNotNull, isNull, lt, sql } from 'drizzle-orm';
import { createGroupCommit } from '../../../core/group-commit.ts';
import { type UpdateId, updateId } from '../../../core/ids.ts';
import type { Inbox, StoredUpdate } from '../../../core/ports/store.ts';
import type { Database } from '../client.ts';
import type { Drizzle } from '../drizzle-session.ts';
import { updates } from '../schema.ts';
import { storableJson } from './storable.ts';

const LARGEST_WRITE = 500;
const FORGET_PAGE = 5_000;

/** Updates kept from the moment they are accepted until their effect has committed. */
export function createInbox(database: Database): Inbox {
  const settling = createGroupCommit(async (ids: readonly UpdateId[]) => {
    await database.read((tx) => settle(tx, ids));
    return ids.map(() => undefined);
  }, LARGEST_WRITE);

  // Webhooks arrive one by one; a burst of them is stored in a few statements all the same.
  const accepting = createGroupCommit(async (batch: readonly StoredUpdate[]) => {
    const fresh = await insertNew(database, batch);
    return batch.map((each) => fresh.delete(each.id));
  }, LARGEST_WRITE);

  return {
    async accept(incoming) {
      const isNew = await Promise.all(incoming.map((each) => accepting.submit(each)));
      return new Set(incoming.filter((_, index) => isNew[index]).map((each) => each.id));
    },
    settle: (id) => settling.submit(id),
    async unsettled(limit) {
      const rows = await database.read((tx) =>
        tx
          .select({ id: updates.id, payload: updates.payload })
          .from(updates)
          .where(and(isNull(updates.handledAt), isNotNull(updates.payload)))
          .orderBy(asc(updates.id))
          .limit(limit),
      );
      return rows.map((row) => ({ id: updateId(row.id), payload: row.payload }));
    },
    async forget(before) {
      let total = 0;
      for (;;) {
        const gone = await forgetPage(database, before);
        total += gone;
        if (gone === 0) return total;
      }
    },
  };
}

/**
 * An update may be settled because nobody knows whether it was stored: the connection was lost over it. Its insert may
 * come to life on the server after this, so an id that is not there is written down as handled. In order of id, as every
 * writer of several.
 */
async function settle(tx: Drizzle, ids: readonly UpdateId[]): Promise<void> {
  await tx.execute(sql`
    insert into adit.updates as u (id, handled_at)
    select distinct id, now() from unnest(${sql.param([...ids])}::bigint[]) as given(id) order by id
    on conflict (id) do update set handled_at = now(), payload = null where u.handled_at is null`);
}

/**
 * Telegram's numbers rise with time, so the old ones are at the head of updates_pkey: a page of it is looked at and no
 * more, however many updates are kept. One short statement a page, for a week of a busy bot is millions.
 */
async function forgetPage(database: Database, before: Date): Promise<number> {
  const head = sql`(select id from adit.updates order by id limit ${FORGET_PAGE})`;
  const gone = await database.read((tx) =>
    tx
      .delete(updates)
      .where(and(sql`${updates.id} in ${head}`, isNotNull(updates.handledAt), lt(updates.receivedAt, before)))
      .returning({ id: updates.id }),
  );
  return gone.length;
}

/** Ids that were not known before. The same id twice in one batch is new once. */
async function insertNew(database: Database, batch: readonly StoredUpdate[]): Promise<Set<UpdateId>> {
  const unique = new Map(batch.map((each) => [each.id, each]));
  // Two instances that store the same updates never wait for each other in a circle.
  const inOrder = [...unique.values()].sort((a, b) => a.id - b.id);
  const rows = await database.read((tx) =>
    tx
      .insert(updates)
      .values(inOrder.map((each) => ({ id: each.id, payload: storableJson(each.payload) })))
      .onConflictDoNothing()
      .returning({ id: updates.id }),
  );
  return new Set(rows.map((row) => updateId(row.id)));
}
