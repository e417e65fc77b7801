import type { Standing } from '../../src/server/core/ports/backend.ts';
import type { UserStore } from '../../src/server/core/ports/user-store.ts';
import type { MemoryDatabase } from './memory-database.ts';
import { pendingIssue } from './memory-peer-store.ts';

/** Small, so that a few users already make several pages. */
const PAGE = 7;

/** VLESS users as the worker and the reconcile see them, in memory. */
export function createMemoryUserStore(database: MemoryDatabase): UserStore {
  return {
    targets: (ids) =>
      database.transaction((tables) =>
        ids.flatMap((id) => {
          const peer = tables.peers.get(id);
          if (peer?.protocol !== 'vless') return [];
          const { generation, wanted, keyNumber } = peer;
          return [{ peerId: id, generation, wanted, keyNumber, issue: pendingIssue(tables, peer) }];
        }),
      ),
    async *wanted(nodeId) {
      let last = '';
      for (;;) {
        const page = await database.transaction(({ peers }) =>
          [...peers.values()]
            .filter((each) => each.nodeId === nodeId && each.wanted && each.id > last)
            .sort((a, b) => (a.id < b.id ? -1 : 1))
            .slice(0, PAGE),
        );
        if (page.length === 0) return;
        yield page.map(({ id, keyNumber, generation, appliedGeneration }) => ({
          peerId: id,
          keyNumber,
          applied: generation === appliedGeneration,
        }));
        last = page.at(-1)!.id;
      }
    },
    standing: (nodeId, ids) =>
      database.transaction(({ peers }) => {
        const known = ids.flatMap((id): [string, Standing][] => {
          const peer = peers.get(id);
          if (peer?.nodeId !== nodeId) return [];
          const applied = peer.generation === peer.appliedGeneration;
          return [[id, peer.wanted ? 'wanted' : applied ? 'unwanted' : 'underway']];
        });
        return new Map(known);
      }),
  };
}
