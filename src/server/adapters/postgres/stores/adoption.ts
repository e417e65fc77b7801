import { sql } from 'drizzle-orm';
import type { NodeId } from '../../../core/ids.ts';
import type { AdoptionRefusal } from '../../../core/strangers.ts';
import type { Drizzle as Tx } from '../drizzle-session.ts';

/**
 * A stranger that is adopted holds its addresses as a peer of ours would: nobody else is given them. Each function is
 * part of the caller's transaction.
 */

/** An allowed-ip of a stranger inside one of the node's pools. */
interface Held extends Record<string, unknown> {
  readonly pool: number;
  /** One address, and not a network. */
  readonly single: boolean;
  /** Null: the pool never gives it out. */
  readonly position: number | null;
  readonly state: 'free' | 'leased' | 'resting' | null;
}

/** Makes it wanted, or answers and notes why it cannot be. */
export async function adoptStranger(
  tx: Tx,
  node: NodeId,
  key: string,
  by: { readonly name: string; readonly at: Date },
): Promise<AdoptionRefusal | null> {
  const held = await lockHeld(tx, node, key);
  const refusal =
    (await refusalOfNode(tx, node, key)) ?? held.map(refusalOf).find((each) => each !== null) ?? null;
  if (refusal !== null) {
    await tx.execute(sql`
      update adit.quarantined_peers set refusal = ${refusal} where node_id = ${node} and key = ${key}`);
    return refusal;
  }
  await setState(tx, held, 'leased', null);
  await tx.execute(sql`
    update adit.quarantined_peers
       set state = 'adopted', refusal = null, decided_by = ${by.name}, decided_at = ${by.at.toISOString()}
     where node_id = ${node} and key = ${key}`);
  return null;
}

/** Gives back what an adopted one held; of one that was not, nothing changes. */
export async function releaseStranger(tx: Tx, node: NodeId, key: string, now: Date): Promise<void> {
  const rows = await tx.execute(sql`
    select from adit.quarantined_peers where node_id = ${node} and key = ${key} and state = 'adopted' for update`);
  if (rows.length === 0) return;
  await setState(tx, await lockHeld(tx, node, key), 'resting', now);
}

function refusalOf({ single, position, state }: Held): AdoptionRefusal | null {
  if (!single) return 'network-overlaps';
  // Such an IPv6 address belongs to no IPv4 one of the pool: it is never given out.
  if (position === null) return null;
  if (state === null) return 'address-reserved';
  return state === 'leased' ? 'address-taken' : null;
}

/** What it is to be on its node, and whether another one adopted there has the same address. */
async function refusalOfNode(tx: Tx, node: NodeId, key: string): Promise<AdoptionRefusal | null> {
  const rows = await tx.execute<{ protocol: string; doubled: boolean }>(sql`
    select n.protocol, exists (
             select from adit.quarantined_peers o
              where o.node_id = q.node_id and o.key <> q.key and o.state = 'adopted' and o.allowed_ips && q.allowed_ips
           ) as doubled
      from adit.quarantined_peers q join adit.nodes n on n.id = q.node_id
     where q.node_id = ${node} and q.key = ${key} for update of q`);
  // A VLESS user's id is made from our key: one that we did not make cannot be put back.
  if (rows[0]?.protocol !== 'wireguard') return 'not-possible';
  return rows[0].doubled ? 'address-taken' : null;
}

/** An IPv6 address follows from the IPv4 one at the same offset, so both lie in one row. */
async function lockHeld(tx: Tx, node: NodeId, key: string): Promise<readonly Held[]> {
  return tx.execute<Held & Record<string, unknown>>(sql`
    with nets as (
      select unnest(allowed_ips)::cidr as net from adit.quarantined_peers where node_id = ${node} and key = ${key}
    ), inside as (
      select l.id as pool, masklen(net) = case family(net) when 4 then 32 else 128 end as single,
             case when family(net) = 4 and masklen(net) = 32
                  then (host(net)::inet - host(network(l.cidr4))::inet)::int
                  when family(net) = 6 and masklen(net) = 128
                       and net <<= set_masklen(l.cidr6, greatest(masklen(l.cidr6), 98))
                  then (host(net)::inet - host(network(l.cidr6))::inet)::int end as position
        from nets join adit.pools l on l.node_id = ${node}
         and case family(net) when 4 then l.cidr4 && net else l.cidr6 && net end
    )
    select i.pool, i.single, i.position, a.state
      from inside i left join lateral (
        select a.state from adit.addresses a
         where a.pool_id = i.pool and a.position = i.position for no key update
      ) a on true`);
}

async function setState(
  tx: Tx,
  held: readonly Held[],
  state: 'leased' | 'resting',
  restingSince: Date | null,
): Promise<void> {
  for (const { pool, position } of held.filter((each) => each.position !== null)) {
    await tx.execute(sql`
      update adit.addresses set state = ${state}, resting_since = ${restingSince?.toISOString() ?? null}
       where pool_id = ${pool} and position = ${position}`);
  }
}
