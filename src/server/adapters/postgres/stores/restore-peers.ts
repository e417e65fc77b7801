import { sql } from 'drizzle-orm';
import type { PeerRef } from '../../../core/apply-job.ts';
import { peerId } from '../../../core/ids.ts';
import type { Protocol } from '../../../core/protocol.ts';
import type { Drizzle as Tx } from '../drizzle-session.ts';
import { isRunning } from './running.ts';

export interface TouchedRow extends Record<string, unknown> {
  readonly id: string;
  readonly protocol: Protocol;
}

export const toRef = ({ id, protocol }: TouchedRow): PeerRef => ({ id: peerId(id), protocol });

/**
 * What expiry, a limit and pause took away comes back, where a subscription runs: the devices kept their addresses and
 * keys. Indexes: devices_account, peers_device, subscriptions_account.
 */
export async function restorePeers(
  tx: Tx,
  accounts: readonly (string | number)[],
  now: Date,
): Promise<readonly PeerRef[]> {
  const rows = await tx.execute<TouchedRow>(sql`
    update adit.peers p set wanted = true, generation = generation + 1, changed_at = ${now.toISOString()}
      from adit.devices d join adit.accounts a on a.id = d.account_id
     where d.account_id in ${[...accounts]} and d.state = 'active' and a.paused_at is null
       and p.device_id = d.id and not p.wanted and p.released_at is null
       and exists (select from adit.subscriptions s where s.account_id = d.account_id and ${isRunning(now)})
    returning p.id, p.protocol`);
  return rows.map(toRef);
}
