import { AppError } from '../../src/server/core/errors.ts';
import type { CounterStore, TrafficStep } from '../../src/server/core/ports/traffic.ts';
import type { MemoryDatabase, Tables } from './memory-database.ts';
import { isRunning } from './memory-ends.ts';

/** Counters in memory, with the guards of the real table. */
export function createMemoryCounterStore(database: MemoryDatabase): CounterStore {
  return {
    known: ({ node, protocol }, keys) =>
      database.transaction((tables) =>
        [...tables.peers.values()].flatMap((peer) => {
          const key = protocol === 'wireguard' ? peer.publicKey : peer.id;
          if (peer.nodeId !== node || key === null || !keys.includes(key)) return [];
          return [{ key, peerId: peer.id, counter: tables.counters.get(peer.id) ?? null }];
        }),
      ),
    record: (holder, steps, now) =>
      database.transaction((tables) => {
        if (tables.nodes.get(holder.id)?.epoch !== holder.epoch) {
          throw new AppError('conflict', 'Another process has taken this node over.');
        }
        const valid = steps.filter((each) => standsWhereItBegins(tables, each));
        for (const each of valid) write(tables, each, now);
        return valid.length;
      }),
    anyLimit: (now) =>
      database.transaction(({ subscriptions }) =>
        [...subscriptions.values()].some((each) => each.trafficLimitBytes !== null && isRunning(each, now)),
      ),
  };
}

function standsWhereItBegins({ counters }: Tables, { peerId, known }: TrafficStep): boolean {
  return Bun.deepEquals(counters.get(peerId) ?? null, known);
}

function write(tables: Tables, { peerId, known, next }: TrafficStep, now: Date): void {
  tables.counters.set(peerId, next);
  const bytes = next.received + next.sent - (known?.received ?? 0) - (known?.sent ?? 0);
  const owner = tables.devices.get(tables.peers.get(peerId)!.deviceId)!.accountId;
  const [running] = [...tables.subscriptions.values()]
    .filter((each) => each.accountId === owner && isRunning(each, now))
    .sort((a, b) => b.endsAt.getTime() - a.endsAt.getTime());
  if (running) tables.subscriptions.set(running.id, { ...running, usedBytes: running.usedBytes + bytes });
}
