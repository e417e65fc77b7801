import { type SQL, sql } from 'drizzle-orm';
import type { PeerRef } from '../../../core/apply-job.ts';
import { accountId, chatId, type SubscriptionId, subscriptionId } from '../../../core/ids.ts';
import type { Ending } from '../../../core/ports/store.ts';
import type { Language } from '../../../core/ports/words.ts';
import type { Drizzle as Tx } from '../drizzle-session.ts';
import { restorePeers, type TouchedRow, toRef } from './restore-peers.ts';
import { isRunning } from './running.ts';

export interface Ended {
  readonly subscriptions: number;
  readonly peers: readonly PeerRef[];
  /** Endings whose users have no access any more. */
  readonly told: readonly SubscriptionId[];
}

interface EndedRow extends Record<string, unknown> {
  readonly id: string;
  readonly account_id: string;
  /** Its user heard of an end before. */
  readonly heard: boolean;
}

/**
 * Carries out the end of subscriptions: their accounts' peers become unwanted, unless another subscription runs.
 * Devices keep their addresses, so that a renewal brings the same configs back to life.
 * Indexes: subscriptions_due, accounts_pkey, devices_account, peers_device.
 */
export async function expireSubscriptions(tx: Tx, now: Date, limit: number): Promise<Ended> {
  const due = await tx.execute<EndedRow>(sql`
    update adit.subscriptions set expired_at = ${now.toISOString()}
     where id in (
       select id from adit.subscriptions
        where expired_at is null and ends_at <= ${now.toISOString()}
        order by ends_at limit ${limit} for update skip locked)
    returning id, account_id::text, limited_at is not null as heard`);
  return letGo(tx, due, now);
}

/** The same for subscriptions whose traffic is used up. Index: subscriptions_limited. */
export async function limitSubscriptions(tx: Tx, now: Date, limit: number): Promise<Ended> {
  const reached = await tx.execute<EndedRow>(sql`
    update adit.subscriptions set limited_at = ${now.toISOString()}
     where id in (
       select id from adit.subscriptions
        where traffic_limit_bytes is not null and limited_at is null and expired_at is null
          and used_bytes >= traffic_limit_bytes
        order by account_id limit ${limit} for update skip locked)
    returning id, account_id::text, false as heard`);
  return letGo(tx, reached, now);
}

async function letGo(tx: Tx, ended: readonly EndedRow[], now: Date): Promise<Ended> {
  if (ended.length === 0) return { subscriptions: 0, peers: [], told: [] };
  const accounts = [...new Set(ended.map((row) => row.account_id))];
  // A request for one more device holds its account: its peer is there to be seen once the lock is ours.
  await lockAccounts(tx, accounts);
  const lapsed = await tx.execute<{ id: string }>(sql`
    select a.id::text from adit.accounts a where a.id in ${accounts}
       and not exists (select from adit.subscriptions s where s.account_id = a.id and ${isRunning(now)})`);
  const without = new Set(lapsed.map((row) => row.id));
  const told = ended.filter((row) => without.has(row.account_id) && !row.heard);
  return {
    subscriptions: ended.length,
    peers: without.size === 0 ? [] : await unwant(tx, [...without], now),
    told: told.map((row) => subscriptionId(row.id)),
  };
}

const lockAccounts = (tx: Tx, accounts: readonly string[]) =>
  tx.execute(sql`select from adit.accounts where id in ${[...accounts]} order by id for no key update`);

async function unwant(tx: Tx, accounts: readonly string[], now: Date): Promise<readonly PeerRef[]> {
  const rows = await tx.execute<TouchedRow>(sql`
    update adit.peers p set wanted = false, generation = generation + 1, changed_at = ${now.toISOString()}
      from adit.devices d where d.account_id in ${[...accounts]} and p.device_id = d.id and p.wanted
    returning p.id, p.protocol`);
  return rows.map(toRef);
}

/** Takes back ends whose time is still to come. Index: subscriptions_ended. */
export async function reviveSubscriptions(tx: Tx, now: Date, limit: number): Promise<Omit<Ended, 'told'>> {
  const early = await tx.execute<{ account_id: string }>(sql`
    update adit.subscriptions set expired_at = null
     where id in (
       select id from adit.subscriptions where expired_at is not null and ends_at > ${now.toISOString()}
        order by ends_at limit ${limit} for update skip locked)
    returning account_id::text`);
  if (early.length === 0) return { subscriptions: 0, peers: [] };
  const accounts = [...new Set(early.map((row) => row.account_id))];
  await lockAccounts(tx, accounts);
  return { subscriptions: early.length, peers: await restorePeers(tx, accounts, now) };
}

interface EndingRow extends Record<string, unknown> {
  readonly account: string;
  readonly chat: string;
  readonly language: Language;
  readonly expired: boolean;
}

/** Indexes: subscriptions_pkey, accounts_pkey, subscriptions_account. */
export async function readEnding(tx: Tx, id: SubscriptionId, now: Date): Promise<Ending | null> {
  const running: SQL = sql`select from adit.subscriptions s where s.account_id = a.id and ${isRunning(now)}`;
  const rows = await tx.execute<EndingRow>(sql`
    select a.id::text as account, a.chat_id::text as chat, coalesce(a.language, a.language_hint) as language,
           e.limited_at is null as expired
      from adit.subscriptions e join adit.accounts a on a.id = e.account_id
     where e.id = ${id} and (e.expired_at is not null or e.limited_at is not null)
       and a.blocked_at is null and not exists (${running})`);
  const row = rows[0];
  if (row === undefined) return null;
  return {
    accountId: accountId(Number(row.account)),
    chatId: chatId(Number(row.chat)),
    language: row.language,
    ending: row.expired ? 'expired' : 'limited',
  };
}
