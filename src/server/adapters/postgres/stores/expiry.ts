import { sql } from 'drizzle-orm';
import type { PeerRef } from '../../../core/apply-job.ts';
import { peerId } from '../../../core/ids.ts';
import type { Protocol } from '../../../core/protocol.ts';
import type { Drizzle as Tx } from '../drizzle-session.ts';

export interface Expired {
  readonly subscriptions: number;
  readonly peers: readonly PeerRef[];
}

/**
 * Carries out the end of subscriptions: their accounts' peers become unwanted, unless another subscription runs.
 * Devices keep their addresses, so that a renewal brings the same configs back to life.
 * Indexes: subscriptions_due, accounts_pkey, devices_account, peers_device.
 */
export async function expireSubscriptions(tx: Tx, now: Date, limit: number): Promise<Expired> {
  const due = await tx.execute<{ account_id: string }>(sql`
    update adit.subscriptions set expired_at = ${now.toISOString()}
     where id in (
       select id from adit.subscriptions
        where expired_at is null and ends_at <= ${now.toISOString()}
        order by ends_at limit ${limit} for update skip locked)
    returning account_id::text`);
  if (due.length === 0) return { subscriptions: 0, peers: [] };
  const accounts = [...new Set(due.map((row) => row.account_id))];
  // A request for one more device holds its account: its peer is there to be seen once the lock is ours.
  await tx.execute(sql`select from adit.accounts where id in ${accounts} order by id for no key update`);
  const peers = await tx.execute<{ id: string; protocol: Protocol }>(sql`
    update adit.peers p set wanted = false, generation = generation + 1, changed_at = ${now.toISOString()}
      from adit.devices d
     where d.account_id in ${accounts} and p.device_id = d.id and p.wanted
       and not exists (
         select from adit.subscriptions s
          where s.account_id = d.account_id and s.starts_at <= ${now.toISOString()} and s.ends_at > ${now.toISOString()})
    returning p.id, p.protocol`);
  const touched = peers.map(({ id, protocol }) => ({ id: peerId(id), protocol }));
  return { subscriptions: due.length, peers: touched };
}
