import { AppError } from '../../src/server/core/errors.ts';
import type { UpdateId } from '../../src/server/core/ids.ts';
import type { Inbox, NodeStore } from '../../src/server/core/ports/store.ts';
import { addPool, wakeResting } from './memory-addresses.ts';
import type { MemoryDatabase, PoolRow } from './memory-database.ts';

/** Nodes, their pools and their runs, in memory. */
export function createMemoryNodeStore(database: MemoryDatabase): NodeStore {
  return {
    register: ({ id, publicKey, endpoint, pools }) =>
      database.transaction((tables) => {
        tables.nodes.set(id, { id, publicKey, endpoint, epoch: tables.nodes.get(id)?.epoch ?? 0 });
        for (const { nodeId, cidr4 } of tables.pools.values()) {
          const left = nodeId === id && !pools.some((each) => each.cidr4 === cidr4);
          if (left) throw new AppError('conflict', `${cidr4} is left out.`);
        }
        for (const each of pools) addPool(tables, id, each);
      }),
    nextEpoch: (id) =>
      database.transaction((tables) => {
        const node = tables.nodes.get(id);
        if (!node) throw new AppError('not_found', `There is no node ${id}.`);
        tables.nodes.set(id, { ...node, epoch: node.epoch + 1 });
        return node.epoch + 1;
      }),
    usage: () =>
      database.transaction(({ pools, addresses }) =>
        [...pools.values()].sort(byName).map(({ id, cidr4 }) => {
          const own = [...addresses.values()].filter((each) => each.poolId === id);
          const count = (state: string) => own.filter((each) => each.state === state).length;
          return { pool: cidr4, free: count('free'), leased: count('leased'), resting: count('resting') };
        }),
      ),
    wakeResting: (restedBefore) => database.transaction((tables) => wakeResting(tables, restedBefore)),
    saveRun: (run) => database.transaction(({ runs }) => void runs.set(runs.size, run)),
    addedPools: async () => [],
    forgetRuns: (before) =>
      database.transaction(({ runs }) => {
        const old = [...runs].filter(([, each]) => each.startedAt < before);
        for (const [key] of old) runs.delete(key);
        return old.length;
      }),
  };
}

const byName = (a: PoolRow, b: PoolRow) => (a.cidr4 < b.cidr4 ? -1 : 1);

/** Updates in memory, kept until their effect has committed. */
export function createMemoryInbox(database: MemoryDatabase): Inbox {
  return {
    accept: (incoming) =>
      database.transaction(({ updates }) => {
        const fresh = new Set<UpdateId>();
        for (const { id, payload } of incoming) {
          if (updates.has(id)) continue;
          updates.set(id, {
            id,
            payload: structuredClone(payload),
            receivedAt: database.clock.now(),
            handledAt: null,
          });
          fresh.add(id);
        }
        return fresh;
      }),
    settle: (id) =>
      database.transaction(({ updates }) => {
        const row = updates.get(id);
        if (row && row.handledAt === null) {
          updates.set(id, { ...row, payload: null, handledAt: database.clock.now() });
        }
      }),
    unsettled: (limit) =>
      database.transaction(({ updates }) =>
        [...updates.values()]
          .filter((each) => each.handledAt === null)
          .sort((a, b) => a.id - b.id)
          .slice(0, limit)
          .map(({ id, payload }) => ({ id, payload })),
      ),
    forget: (before) =>
      database.transaction(({ updates }) => {
        const old = [...updates.values()].filter(
          (each) => each.handledAt !== null && each.receivedAt < before,
        );
        for (const each of old) updates.delete(each.id);
        return old.length;
      }),
  };
}
