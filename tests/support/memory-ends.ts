import { latestStart } from '../../src/server/core/access.ts';
import { applyJob } from '../../src/server/core/apply-job.ts';
import type { AccountId, PeerId, SubscriptionId } from '../../src/server/core/ids.ts';
import type { NewJob } from '../../src/server/core/ports/jobs.ts';
import type { AccessStore } from '../../src/server/core/ports/store.ts';
import { tellJob } from '../../src/server/core/tell-job.ts';
import type { MemoryDatabase, PeerRow, SubscriptionRow, Tables } from './memory-database.ts';

interface Hands {
  changePeer(database: MemoryDatabase, tables: Tables, id: PeerId, change: Partial<PeerRow>): void;
  ownerOf(tables: Tables, peer: PeerRow): AccountId;
}

/** How access ends, and comes back, in memory. */
export function endsIn(
  database: MemoryDatabase,
  hands: Hands,
): Pick<AccessStore, 'expire' | 'endLimited' | 'revive' | 'ending'> {
  type Enqueue = (jobs: readonly NewJob[]) => void;

  function want(tables: Tables, enqueue: Enqueue, accounts: ReadonlySet<AccountId>, wanted: boolean): void {
    const peers = [...tables.peers.values()].filter(
      (each) =>
        each.wanted !== wanted && each.releasedAt === null && accounts.has(hands.ownerOf(tables, each)),
    );
    const changed = wanted ? peers.filter((each) => mayComeBack(tables, each)) : peers;
    for (const each of changed) hands.changePeer(database, tables, each.id, { wanted });
    enqueue(changed.map((each) => applyJob(each)));
  }

  function end(
    now: Date,
    limit: number,
    due: (row: SubscriptionRow) => boolean,
    mark: Partial<SubscriptionRow>,
  ): Promise<number> {
    return database.transaction((tables, enqueue) => {
      const ended = [...tables.subscriptions.values()].filter(due).slice(0, limit);
      for (const each of ended) tables.subscriptions.set(each.id, { ...each, ...mark });
      const lapsed = ended.filter((each) => !hasAccess(tables, each.accountId, now));
      want(tables, enqueue, new Set(lapsed.map((each) => each.accountId)), false);
      enqueue(lapsed.filter((each) => each.limitedAt === null).map((each) => tellJob(each.id)));
      return ended.length;
    });
  }

  return {
    expire: (now, limit) =>
      end(now, limit, (each) => each.expiredAt === null && each.endsAt <= now, { expiredAt: now }),
    endLimited: (now, limit) => end(now, limit, isUsedUp, { limitedAt: now }),
    revive: (now, limit) =>
      database.transaction((tables, enqueue) => {
        const early = [...tables.subscriptions.values()]
          .filter((each) => each.expiredAt !== null && each.endsAt > now)
          .slice(0, limit);
        for (const each of early) tables.subscriptions.set(each.id, { ...each, expiredAt: null });
        const back = early.map((each) => each.accountId).filter((id) => hasAccess(tables, id, now));
        want(tables, enqueue, new Set(back), true);
        return early.length;
      }),
    ending: (id, now) => database.transaction((tables) => endingOf(tables, id, now)),
  };
}

const isUsedUp = (each: SubscriptionRow) =>
  each.trafficLimitBytes !== null &&
  each.limitedAt === null &&
  each.expiredAt === null &&
  each.usedBytes >= each.trafficLimitBytes;

export const isRunning = (each: SubscriptionRow, now: Date) =>
  each.startsAt <= latestStart(now) && each.endsAt > now && each.limitedAt === null;

function hasAccess(tables: Tables, id: AccountId, now: Date): boolean {
  const own = [...tables.subscriptions.values()].filter((each) => each.accountId === id);
  return own.some((each) => isRunning(each, now));
}

function mayComeBack(tables: Tables, peer: PeerRow): boolean {
  const device = tables.devices.get(peer.deviceId)!;
  return device.state === 'active' && !tables.accounts.get(device.accountId)!.paused;
}

function endingOf(tables: Tables, id: SubscriptionId, now: Date) {
  const row = tables.subscriptions.get(id);
  const account = row && tables.accounts.get(row.accountId);
  if (!row || !account || account.blockedAt !== null || hasAccess(tables, account.id, now)) return null;
  if (row.expiredAt === null && row.limitedAt === null) return null;
  const language = account.language ?? account.languageHint;
  const ending = row.limitedAt === null ? ('expired' as const) : ('limited' as const);
  return { accountId: account.id, chatId: account.chatId, language, ending };
}
